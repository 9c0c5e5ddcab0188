import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningDaemon } from '../../support/daemon.ts';
import { answering, get } from '../../support/functions.ts';
import { RawConnection, rawRequest } from '../../support/raw-http.ts';
import { expectUntouched, HELLO, JSON_TYPE, startTarget } from './support.ts';

let daemon: RunningDaemon;
let id: string;

beforeAll(async () => {
  ({ daemon, id } = await startTarget());
});
afterAll(() => daemon[Symbol.asyncDispose]());

describe('too much', () => {
  test.each(['application/json', 'multipart/form-data; boundary=b'])(
    'an announced or an endless body of %s is refused before it fills the memory',
    async (type) => {
      const head = `POST /lambda HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\n`;
      const announced = await rawRequest(daemon.url, `${head}Content-Length: 99999999999\r\n\r\n`);
      expect(announced.status).toBe(413);
      using endless = new RawConnection(daemon.url);
      endless.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
      const feeding = setInterval(() => endless.send(chunk), 1);
      try {
        const answer = await endless.answer();
        expect([answer.status, answer.headers.connection]).toEqual([413, 'close']);
      } finally {
        clearInterval(feeding);
      }
      await expectUntouched(daemon);
    },
  );

  test('headers are bounded', async () => {
    const big = await rawRequest(
      daemon.url,
      `GET /lambda/list HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
    );
    expect(big.status).toBe(431);
    expect(JSON.parse(big.body)).toEqual({ error: expect.stringContaining('64 kB') });
    const path = await rawRequest(
      daemon.url,
      `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    expect(path.status).toBe(431);
  });
});

describe('paths lead nowhere else', () => {
  test('by the name of an uploaded file', async () => {
    const before = readdirSync(tmpdir());
    for (const name of [
      '../../../../tmp/escaped.mjs',
      '/tmp/escaped.mjs',
      '..\\..\\escaped.mjs',
      'a\0b',
      '%2e%2e%2fx',
      '.',
    ]) {
      const body = `--b\r\nContent-Disposition: form-data; name="code"; filename="${name}"\r\n\r\n${answering('up')}\r\n${[
        'title',
        'runtime',
        'version',
      ]
        .map(
          (field) =>
            `--b\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${HELLO[field as 'title']}\r\n`,
        )
        .join('')}--b--\r\n`;
      const response = await fetch(`${daemon.url}/lambda`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body,
      });
      expect([name, response.status]).toEqual([name, 200]);
      const created = (await response.json()) as string;
      expect((await get(`${daemon.url}/endpoint/${created}`)).text).toBe('up');
      await fetch(`${daemon.url}/lambda?id=${created}`, { method: 'DELETE' });
    }
    expect(
      readdirSync(tmpdir()).filter((name) => !before.includes(name) && name.includes('escaped')),
    ).toEqual([]);
    const files = readdirSync(daemon.dataDir, { recursive: true }) as string[];
    expect(files.filter((name) => name.includes('escaped'))).toEqual([]);
  });

  test.each([
    'handler.mjs',
    './handler.mjs',
    '~/handler.mjs',
    '',
    'file:///etc/passwd',
    '/etc/passwd',
    '/etc/../etc',
    '/dev/zero',
    '/no/such/folder',
    '/tmp/\0/handler.mjs',
    `/${'a'.repeat(5_000)}`,
    '/proc/self/environ',
  ])('by linking %j', async (path) => {
    const response = await fetch(`${daemon.url}/_lambdock/link`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ path }),
    });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toMatch(/path/);
    await expectUntouched(daemon);
  });

  test('by the path of an endpoint, which is the function’s own business', async () => {
    const seen = async (path: string) => {
      const answer = await rawRequest(daemon.url, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      return [answer.status, answer.status === 200 ? JSON.parse(answer.body) : undefined];
    };
    for (const inner of [
      '/../../lambda/list',
      '/%2e%2e/%2e%2e/lambda',
      '//lambda',
      '/..%2f..%2flambda',
      '/%00',
      '/\\..\\x',
    ]) {
      expect(await seen(`/endpoint/${id}${inner}`)).toEqual([200, inner]);
    }
    for (const path of [
      '/endpoint/../lambda/list',
      '/endpoint/%2e%2e/lambda/list',
      `/endpoint/${id}%2f..%2f`,
      `/endpoint/${id}..`,
      `/endpoint/${id.toUpperCase()}X`,
      `/endpoint//${id}`,
      `/ENDPOINT/${id}`,
      `//endpoint/${id}`,
    ]) {
      expect([path, ...(await seen(path))]).toEqual([path, 404, undefined]);
    }
    for (const path of [
      '/lambda/../_lambdock/health',
      '/_lambdock/../lambda/list',
      '/lambda/%2e%2e/list',
      '//lambda/list',
    ]) {
      expect([path, (await seen(path))[0]]).toEqual([path, expect.toBeOneOf([400, 404])]);
    }
  });
});
