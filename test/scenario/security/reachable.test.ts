import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { get } from '../../support/functions.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { countFunctions, HELLO, JSON_TYPE } from './support.ts';

describe('listening on every address', () => {
  const TOKEN = 'correct-horse-battery-staple';
  const ORIGIN = 'https://tools.example';
  let open: RunningDaemon;
  let openId: string;
  const authorized = { authorization: `Bearer ${TOKEN}` };

  beforeAll(async () => {
    open = await startDaemon({
      args: ['--host', '0.0.0.0', '--allowed-origins', ORIGIN, '--allowed-hosts', 'dev.example.test'],
      env: { LAMBDOCK_TOKEN: TOKEN },
    });
    const response = await create(authorized);
    openId = (await response.json()) as string;
  });

  afterAll(() => open[Symbol.asyncDispose]());

  function create(headers: Record<string, string>): Promise<Response> {
    return fetch(`${open.url}/lambda`, {
      method: 'POST',
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify({ ...HELLO, title: 'mine' }),
    });
  }

  test('takes changes with the token only', async () => {
    const wrong = [
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(0, -1)}`,
      `Basic ${TOKEN}`,
    ];
    for (const authorization of [undefined, ...wrong, `Bearer ${TOKEN.toUpperCase()}`]) {
      const response = await create(authorization === undefined ? {} : { authorization });
      expect([authorization, response.status]).toEqual([authorization, 401]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      const { error } = (await response.json()) as { error: string };
      expect(error).toMatch(/token/);
      expect(error).not.toContain(TOKEN);
    }
    for (const [method, path] of [
      ['PATCH', '/lambda'],
      ['DELETE', `/lambda?id=${openId}`],
      ['POST', '/_lambdock/reset'],
      ['POST', '/_lambdock/stop'],
      ['POST', '/_lambdock/link'],
      ['POST', `/lambda?token=${TOKEN}`],
    ] as const) {
      expect([path, (await fetch(open.url + path, { method })).status]).toEqual([path, 401]);
    }
    expect(await countFunctions(open.url)).toBe(1);
    const renamed = await fetch(`${open.url}/lambda`, {
      method: 'PATCH',
      headers: { ...JSON_TYPE, authorization: `bearer ${TOKEN}` },
      body: JSON.stringify({ id: openId, title: 'renamed' }),
    });
    expect(renamed.status).toBe(200);
  });

  test('leaves functions to answer for themselves, under the address that was reached', async () => {
    const { port } = new URL(open.url);
    expect(await get(`http://127.0.0.2:${port}/endpoint/${openId}`)).toEqual({
      status: 200,
      text: 'planted',
    });
    for (const [host, status] of [
      ['127.0.0.2', 200],
      ['dev.example.test', 200],
      [`DEV.example.test:${port}`, 200],
      ['192.0.2.7', 403],
      ['evil.example', 403],
      ['sub.dev.example.test', 403],
    ] as const) {
      const answer = await rawRequest(open.url, `GET /endpoint/${openId} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect([host, answer.status]).toEqual([host, status]);
    }
  });

  test('answers preflights of allowed origins, and shows them refusals', async () => {
    const preflight = await fetch(`${open.url}/lambda`, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'PATCH' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(preflight.headers.get('vary')).toMatch(/origin/i);
    const refused = await create({ origin: ORIGIN });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, ORIGIN]);
    const list = await fetch(`${open.url}/lambda/list`, { headers: { origin: ORIGIN } });
    expect([list.status, list.headers.get('access-control-allow-origin')]).toEqual([200, ORIGIN]);
    for (const origin of ['https://tools.example.evil.example', 'http://tools.example', `${ORIGIN}:444`]) {
      expect((await fetch(`${open.url}/lambda/list`, { headers: { origin } })).status).toBe(403);
    }
  });

  test('makes up a token where none is given, for this user only', async () => {
    await using other = await startDaemon({ args: ['--host', '0.0.0.0'] });
    const file = join(other.dataDir, 'daemon.json');
    const { token } = JSON.parse(readFileSync(file, 'utf8')) as { token: string };
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const refused = await fetch(`${other.url}/_lambdock/reset`, { method: 'POST' });
    expect(refused.status).toBe(401);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(`${other.url}/_lambdock/reset`, { method: 'POST', headers })).status).toBe(200);
  });
});
