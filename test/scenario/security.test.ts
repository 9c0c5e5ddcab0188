import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ManualClock } from '../../src/clock/manual-clock.ts';
import { Presigner } from '../../src/storage/objects/presign.ts';
import { openDatabase } from '../../src/storage/sqlite/database.ts';
import { SettingsTable } from '../../src/storage/sqlite/settings-table.ts';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';
import { RawConnection, rawRequest } from '../support/raw-http.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const HELLO = { title: 'planted', runtime: 'node', version: '20', code: answering('planted') };
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
/** Frames and paths of lambdock's own; a function's file has neither. */
const OURS = /node_modules|\/dist\/|\/src\/|runtimes\/|node:internal|\.ts:\d|daemon-[A-Z0-9]{8}\.js/;

let daemon: RunningDaemon;
let id: string;

beforeAll(async () => {
  daemon = await startDaemon({ args: ['--max-code-bytes', '64kb'] });
  id = await createFunction(daemon.url, { code: 'export default (req, res) => res.json(req.url);' });
  await get(`${daemon.url}/endpoint/${id}`);
});

afterAll(() => daemon[Symbol.asyncDispose]());

async function countFunctions(url = daemon.url): Promise<number> {
  return ((await (await fetch(`${url}/lambda/list`)).json()) as { cnt: number }).cnt;
}

/** Whether something answers there, and nothing was created or deleted. */
async function expectUntouched(): Promise<void> {
  expect(daemon.process.exitCode).toBeNull();
  expect(await countFunctions()).toBe(1);
}

function requestText(method: string, path: string, headers: Record<string, string>, body = ''): string {
  const fields = { ...headers, ...(body !== '' && { 'content-length': String(Buffer.byteLength(body)) }) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

/** Calls of every kind, with which a page could read or change something. */
function everyCall(): [method: string, path: string, body?: string][] {
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

describe('a page on a name that was rebound to this machine', () => {
  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '169.254.169.254',
    '0x7f.1',
    '',
  ])('is refused everywhere under the Host %j', async (name) => {
    const host = name === '' ? '' : `${name}:${new URL(daemon.url).port}`;
    for (const [method, path, body] of everyCall()) {
      // What the browser sends: its own page's origin, which is the rebound name.
      const headers = { host, origin: `http://${host}`, ...JSON_TYPE };
      const answer = await rawRequest(daemon.url, requestText(method, path, headers, body));
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(JSON.parse(answer.body)).toEqual({ error: expect.stringContaining('host') });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    await expectUntouched();
  });

  test('gets no web socket, and no upgrade of another kind', async () => {
    for (const path of [`/endpoint/${id}`, '/_lambdock/journal', '/lambda/list']) {
      for (const upgrade of [UPGRADE, 'Connection: Upgrade\r\nUpgrade: h2c\r\n']) {
        const answer = await rawRequest(
          daemon.url,
          `GET ${path} HTTP/1.1\r\nHost: evil.example\r\n${upgrade}\r\n`,
        );
        expect(answer.status).toBe(403);
      }
    }
  });

  test('is not let in by hiding its Host behind many headers or another Host', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `a${index}: 1\r\n`).join('');
    const hidden = await rawRequest(
      daemon.url,
      `GET /lambda/list HTTP/1.1\r\n${many}Host: evil.example\r\n\r\n`,
    );
    expect(hidden.status).toBe(403);
    const second = await rawRequest(
      daemon.url,
      'GET /lambda/list HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n',
    );
    expect(second.status).toBe(403);
    const none = await rawRequest(daemon.url, 'GET /lambda/list HTTP/1.1\r\n\r\n');
    expect(none.status).toBe(400);
  });
});

describe('a page of another site', () => {
  test.each<[what: string, headers: Record<string, string>, body: string]>([
    ['text/plain with JSON in it', { 'content-type': 'text/plain' }, JSON.stringify(HELLO)],
    [
      'a form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      new URLSearchParams(HELLO).toString(),
    ],
    [
      'a multipart form',
      { 'content-type': 'multipart/form-data; boundary=b' },
      `${Object.entries(HELLO)
        .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
        .join('')}--b--\r\n`,
    ],
    ['no content type', {}, JSON.stringify(HELLO)],
    ['JSON, as if preflight did not exist', JSON_TYPE, JSON.stringify(HELLO)],
  ])('can not create a function by %s', async (_what, headers, body) => {
    for (const sender of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:3000' },
      { origin: 'http://evil.localhost.example' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ]) {
      const host = new URL(daemon.url).host;
      const text = requestText(
        'POST',
        '/lambda',
        { host, ...sender, ...headers } as Record<string, string>,
        body,
      );
      const answer = await rawRequest(daemon.url, text);
      expect([sender, answer.status]).toEqual([sender, 403]);
      expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
    }
    await expectUntouched();
  });

  test('can neither read nor change anything else', async () => {
    for (const [method, path, body] of everyCall()) {
      const headers = { host: new URL(daemon.url).host, origin: 'https://evil.example', ...JSON_TYPE };
      const answer = await rawRequest(daemon.url, requestText(method, path, headers, body));
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    await expectUntouched();
  });

  test('sees its refusal although it sends much', async () => {
    const response = await fetch(`${daemon.url}/lambda`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', ...JSON_TYPE },
      body: Buffer.alloc(4_000_000, ' '),
    });
    expect(response.status).toBe(403);
  });

  test('gets no preflight through to the API, and not to a function', async () => {
    for (const path of ['/lambda', `/endpoint/${id}`, '/_lambdock/reset']) {
      const response = await fetch(daemon.url + path, {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      });
      expect([path, response.status]).toEqual([path, 403]);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('can link to a function, and not embed it', async () => {
    const visit = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    const call = async (headers: Record<string, string>) => {
      const { host } = new URL(daemon.url);
      const text = requestText('GET', `/endpoint/${id}`, { host, ...headers });
      return (await rawRequest(daemon.url, text)).status;
    };
    expect(await call(visit)).toBe(200);
    expect(await call({ ...visit, 'sec-fetch-dest': 'iframe' })).toBe(403);
    expect(await call({ ...visit, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' })).toBe(403);
    expect(await call({ ...visit, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' })).toBe(403);
  });

  test('gets no web socket to a function; a page of a local server does', async () => {
    const socketOf = (origin: string | undefined) =>
      new Promise<number>((resolve, reject) => {
        const url = `${daemon.url.replace('http', 'ws')}/endpoint/${chat}`;
        const socket = new WebSocket(url, { ...(origin !== undefined && { origin }) });
        socket.on('open', () => {
          resolve(101);
          socket.terminate();
        });
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
        socket.on('error', reject);
      });
    const chat = await createFunction(daemon.url, {
      code: `import { createHash } from 'node:crypto';
export default (req, res) => res.end();
export function upgrade(req, socket) {
  const accept = createHash('sha1').update(req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Accept: ' + accept + '\\r\\n\\r\\n');
  socket.on('end', () => socket.end()).resume();
}
`,
    });
    expect(await socketOf('https://evil.example')).toBe(403);
    expect(await socketOf('null')).toBe(403);
    expect(await socketOf('http://localhost:5173')).toBe(101);
    expect(await socketOf(daemon.url)).toBe(101);
    expect(await socketOf(undefined)).toBe(101);
    await fetch(`${daemon.url}/lambda?id=${chat}`, { method: 'DELETE' });
  });
});

test.runIf(process.platform === 'linux')('only this machine can connect, and only by 127.0.0.1', async () => {
  const port = Number(new URL(daemon.url).port);
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const listening = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(([, address, , state]) => state === '0A' && address?.endsWith(`:${hex}`))
      .map(([, address]) => address),
  );
  expect(listening).toEqual([`0100007F:${hex}`]);
  const refused = await new Promise((resolve) => {
    connect(port, '127.0.0.2')
      .once('connect', () => resolve('connected'))
      .once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(refused).toBe('ECONNREFUSED');
});

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
      await expectUntouched();
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
    await expectUntouched();
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

describe('a presigned URL', () => {
  let dataDir: string;
  let signing: RunningDaemon;
  let stored: string;
  let other: string;
  let secretAccessKey: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'lambdock-presigned-'));
    const first = await startDaemon({ dataDir });
    stored = await createFunction(first.url, { code: answering('secret') });
    other = await createFunction(first.url, { code: answering('other') });
    await first.stop();
    const database = openDatabase(join(dataDir, 'lambdock.db'));
    secretAccessKey = new SettingsTable(database).get('signing-secret')!;
    database[Symbol.dispose]();
    signing = await startDaemon({ dataDir });
  });

  afterAll(async () => {
    await signing[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** A URL that lasts a minute, signed some time ago. */
  function sign(bucket: string, key: string, age = 0): string {
    const clock = new ManualClock(Date.now() - age);
    const presigner = new Presigner({
      accessKeyId: 'lambdock',
      secretAccessKey,
      clock,
      baseUrl: () => signing.url,
    });
    return presigner.signGet(bucket, key, 60_000);
  }

  test('gives the one object it is for, as long as it lasts', async () => {
    const url = sign('aws-lambda-clone', stored);
    expect(await get(url)).toEqual({ status: 200, text: answering('secret') });
    const expired = await fetch(sign('aws-lambda-clone', stored, 120_000));
    expect([expired.status, await expired.json()]).toEqual([403, { error: 'Request has expired' }]);
  });

  test('that was changed in any way gives nothing', async () => {
    const url = sign('aws-lambda-clone', stored);
    const last = url.at(-1) === '0' ? '1' : '0';
    for (const changed of [
      url.replace(stored, other),
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604800'),
      url.replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20990101'),
      `${url.slice(0, -1)}${last}`,
      url.replace(/X-Amz-Signature=\w+/, `X-Amz-Signature=${'0'.repeat(64)}`),
      url.replace('lambdock%2F', 'someone%2F'),
      `${url}&extra=1`,
      `${url}&X-Amz-Expires=604800`,
      url.replace('127.0.0.1', 'localhost'),
      url.replace('/aws-lambda-clone/', '/aws-lambda-clone/%2e%2e%2faws-lambda-clone/'),
    ]) {
      const response = await fetch(changed);
      expect([changed, response.status]).toEqual([changed, expect.toBeOneOf([400, 403])]);
      expect(await response.json()).toEqual({ error: expect.any(String) });
    }
    for (const method of ['PUT', 'POST', 'DELETE']) {
      const response = await fetch(url, { method });
      expect([method, response.status]).toEqual([method, expect.toBeOneOf([403, 405])]);
    }
  });

  test('does not reach files, even when it is signed for them', async () => {
    for (const [bucket, key] of [
      ['aws-lambda-clone', '../../lambdock.db'],
      ['aws-lambda-clone', '/etc/passwd'],
      ['aws-lambda-clone', 'a\0b'],
      ['..', 'lambdock.db'],
      ['aws-lambda-clone', 'x'.repeat(2_000)],
      ['UPPER', 'x'],
    ] as const) {
      const response = await fetch(sign(bucket, key));
      expect([bucket, key, response.status]).toEqual([bucket, key, expect.toBeOneOf([400, 403, 404])]);
    }
  });
});
