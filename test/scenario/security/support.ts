import { expect } from 'vitest';
import { createFunction, type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { answering, get } from '../../support/functions.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };
export const HELLO = { title: 'planted', runtime: 'node', version: '20', code: answering('planted') };

/** A daemon with one function, which nobody is to reach who must not. */
export async function startTarget(): Promise<{ daemon: RunningDaemon; id: string }> {
  const daemon = await startDaemon({ args: ['--max-code-bytes', '64kb'] });
  const id = await createFunction(daemon.url, { code: 'export default (req, res) => res.json(req.url);' });
  await get(`${daemon.url}/endpoint/${id}`);
  return { daemon, id };
}

export async function countFunctions(url: string): Promise<number> {
  return ((await (await fetch(`${url}/lambda/list`)).json()) as { cnt: number }).cnt;
}

/** Whether something answers there, and nothing was created or deleted. */
export async function expectUntouched(daemon: RunningDaemon): Promise<void> {
  expect(daemon.process.exitCode).toBeNull();
  expect(await countFunctions(daemon.url)).toBe(1);
}

export function requestText(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): string {
  const fields = { ...headers, ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Calls of every kind, with which a page could read or change something. */
export function everyCall(id: string): [method: string, path: string, body?: string][] {
  return [
    ['GET', '/'],
    ['GET', '/lambda/setup'],
    ['GET', '/lambda/list'],
    ['GET', `/lambda?id=${id}`],
    ['GET', `/lambda/${id}/logs?follow=false`],
    ['GET', `/lambda/${id}/status`],
    ['POST', '/lambda', JSON.stringify(HELLO)],
    ['PATCH', '/lambda', JSON.stringify({ id, title: 'changed' })],
    ['DELETE', `/lambda?id=${id}`],
    ['GET', '/openapi.json'],
    ['GET', `/endpoint/${id}`],
    ['POST', `/endpoint/${id}/deeper`, '{}'],
    ['OPTIONS', `/endpoint/${id}`],
    ['GET', '/_lambdock/health'],
    ['GET', '/_lambdock/journal'],
    ['GET', '/_lambdock/exchanges/1'],
    ['GET', '/_lambdock/doctor'],
    ['POST', '/_lambdock/reset'],
    ['POST', '/_lambdock/stop'],
    ['POST', '/_lambdock/link', JSON.stringify({ path: '/etc' })],
    ['GET', `/aws-lambda-clone/${id}?X-Amz-Signature=${'0'.repeat(64)}`],
    ['GET', '/no/such/path'],
  ];
}
