import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { answering, link, sourceFolder } from '../../support/functions.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { JSON_TYPE, startTarget } from './support.ts';

/** Frames and paths of lambdock's own; a function's file has neither. */
const OURS = /node_modules|\/dist\/|\/src\/|runtimes\/|node:internal|\.ts:\d|daemon-[A-Z0-9]{8}\.js/;

let daemon: RunningDaemon;
let id: string;

beforeAll(async () => {
  ({ daemon, id } = await startTarget());
});
afterAll(() => daemon[Symbol.asyncDispose]());

describe('what is not meant for the caller', () => {
  test('stays out of every error', async () => {
    const bodies: string[] = [];
    const json = (value: unknown) => ({ method: 'POST', headers: JSON_TYPE, body: JSON.stringify(value) });
    const calls: [string, RequestInit][] = [
      ['/nothing/here', {}],
      ['/lambda', { method: 'PUT' }],
      ['/lambda?id=x', {}],
      [`/lambda?id=${'0'.repeat(24)}`, {}],
      ['/lambda/%E0%A4%A/status', {}],
      ['/lambda/list?sort=constructor', {}],
      ['/lambda/list?limit=1&limit=2', {}],
      ['/lambda', { method: 'POST', headers: JSON_TYPE, body: '{"title":' }],
      ['/lambda', json({ title: {}, runtime: [], version: null, code: 5 })],
      ['/lambda', json({ __proto__: null, constructor: 1 })],
      ['/lambda', { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' }],
      ['/lambda', { method: 'POST', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: 'x' }],
      ['/_lambdock/link', json({ path: daemon.dataDir })],
      ['/endpoint/x', {}],
      [`/endpoint/${'0'.repeat(24)}`, {}],
      [`/aws-lambda-clone/${id}?X-Amz-Signature=1`, {}],
      ['/_lambdock/stop', {}],
    ];
    for (const [path, init] of calls) {
      const response = await fetch(daemon.url + path, init);
      expect([path, response.status]).toEqual([path, expect.toSatisfy((s: number) => s >= 400 && s < 500)]);
      bodies.push(await response.text());
    }
    for (const body of bodies) {
      expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
      expect(body).not.toMatch(OURS);
      expect(body).not.toMatch(/ {4}at /);
    }
  });

  test('of a bug of ours is told by a number only, which the log explains', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-damaged-'));
    await using damaged = await startDaemon({ dataDir });
    const lost = await createFunction(damaged.url, { code: answering('x') });
    rmSync(join(dataDir, 'objects'), { recursive: true });
    rmSync(join(dataDir, 'packages'), { recursive: true });
    const response = await fetch(`${damaged.url}/lambda?id=${lost}`);
    expect(response.status).toBe(500);
    const { error } = (await response.json()) as { error: string };
    const requestId = /[0-9a-f-]{36}/.exec(error)![0];
    expect(error).not.toContain(dataDir);
    const logFile = join(dataDir, 'daemon.log');
    const log = await eventually(() => {
      const text = existsSync(logFile) ? readFileSync(logFile, 'utf8') : '';
      return text.includes(requestId) ? text : undefined;
    });
    expect(log).toContain('missing or damaged');
    await damaged.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  test('does not reach a page through an error, nor run in it', async () => {
    using source = sourceFolder({
      'handler.mjs': 'throw new Error("<script>alert(1)</script>");\n',
    });
    const { endpoint, id: linked } = await link(daemon.url, source.path, {
      title: '<img src=x onerror=alert(1)>',
    });
    const { port } = new URL(daemon.url);
    const look = (path: string) =>
      rawRequest(
        daemon.url,
        `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: none\r\n\r\n`,
      );
    for (const path of [new URL(endpoint).pathname, '/endpoint/<script>alert(1)</script>']) {
      const page = await look(path);
      expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.body).toContain('&#60;script&#62;');
      expect(page.body).not.toMatch(/<script|<img/);
      expect(page.body).not.toMatch(OURS);
    }
    await fetch(`${daemon.url}/lambda?id=${linked}`, { method: 'DELETE' });
  });

  test.runIf(process.platform !== 'win32')('is kept from other users of the machine', () => {
    const modeOf = (name: string) => statSync(join(daemon.dataDir, name)).mode & 0o777;
    for (const file of ['daemon.json', 'lambdock.db', 'lambdock.db-wal']) {
      expect([file, modeOf(file)]).toEqual([file, 0o600]);
    }
    for (const folder of ['objects', 'packages']) expect([folder, modeOf(folder)]).toEqual([folder, 0o700]);
    const objects = readdirSync(join(daemon.dataDir, 'objects'), { recursive: true, withFileTypes: true });
    for (const file of objects.filter((entry) => entry.isFile())) {
      expect(statSync(join(file.parentPath, file.name)).mode & 0o077).toBe(0);
    }
  });
});
