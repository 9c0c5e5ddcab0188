import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { descendants } from '../../support/processes.ts';

export const NODE = { title: 'hostile', runtime: 'node', version: '20' };
export const UP = 'export default (req, res) => res.send("up");\n';

export interface Answer {
  status: number;
  body: unknown;
}

export async function call(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url + path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** Whatever a test did, the daemon ran into no bug of ours. */
export function expectNoBug(one: RunningDaemon): void {
  expect(one.output()).not.toMatch(/internal error|Unhandled|MaxListeners/);
  expect(existsSync(join(one.dataDir, 'daemon.log'))).toBe(false);
}

/** A daemon with short patience, on which a file's tests have no mercy. */
export class Victim {
  #daemon: RunningDaemon | undefined;

  get daemon(): RunningDaemon {
    return this.#daemon!;
  }

  readonly start = async (): Promise<void> => {
    this.#daemon = await startDaemon({
      args: [
        '--request-timeout',
        '3s',
        '--start-timeout',
        '6s',
        '--hold-timeout',
        '1m',
        '--max-code-bytes',
        '256kb',
      ],
    });
  };

  readonly stop = async (): Promise<void> => this.daemon[Symbol.asyncDispose]();

  readonly call = (method: string, path: string, body?: unknown): Promise<Answer> =>
    call(this.daemon.url, method, path, body);

  /** A function and its endpoint's URL. */
  readonly create = async (code: string, options: { runtime?: string; version?: string } = {}) => {
    const id = await createFunction(this.daemon.url, { code, ...options });
    return { id, endpoint: `${this.daemon.url}/endpoint/${id}` };
  };

  readonly remove = (id: string): Promise<Answer> => this.call('DELETE', `/lambda?id=${id}`);

  readonly statusOf = async (id: string) =>
    (await this.call('GET', `/lambda/${id}/status`)).body as {
      state: string;
      lastError?: { message: string; stack?: string };
    };

  readonly logOf = async (id: string): Promise<{ seq: number; text: string; stream: string }[]> => {
    const text = await (await fetch(`${this.daemon.url}/lambda/${id}/logs?follow=false`)).text();
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, line]) => JSON.parse(line!));
  };

  readonly expectAlive = async (): Promise<void> => {
    expect((await fetch(`${this.daemon.url}/_lambdock/health`)).status).toBe(200);
  };

  /** After all tests of a file. */
  readonly expectNothingLeft = async (): Promise<void> => {
    const { body } = await this.call('GET', '/lambda/list?limit=1000');
    const { lambdas } = body as { lambdas: { id: string }[] };
    await Promise.all(lambdas.map(({ id }) => this.remove(id)));
    expectNoBug(this.daemon);
    // Runtime processes kept in reserve remain: one of each language in use, perhaps a second one.
    await eventually(() => descendants(this.daemon.pid).length <= 4);
  };
}
