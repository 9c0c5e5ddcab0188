import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createFunction, type RunningDaemon } from '../../support/daemon.ts';
import { rawRequest } from '../../support/raw-http.ts';
import { everyCall, expectUntouched, HELLO, JSON_TYPE, requestText, startTarget } from './support.ts';

const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

let daemon: RunningDaemon;
let id: string;

beforeAll(async () => {
  ({ daemon, id } = await startTarget());
});
afterAll(() => daemon[Symbol.asyncDispose]());

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
    for (const [method, path, body] of everyCall(id)) {
      // What the browser sends: its own page's origin, which is the rebound name.
      const headers = { host, origin: `http://${host}`, ...JSON_TYPE };
      const answer = await rawRequest(daemon.url, requestText(method, path, headers, body));
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(JSON.parse(answer.body)).toEqual({ error: expect.stringContaining('host') });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    await expectUntouched(daemon);
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
    await expectUntouched(daemon);
  });

  test('can neither read nor change anything else', async () => {
    for (const [method, path, body] of everyCall(id)) {
      const headers = { host: new URL(daemon.url).host, origin: 'https://evil.example', ...JSON_TYPE };
      const answer = await rawRequest(daemon.url, requestText(method, path, headers, body));
      expect([method, path, answer.status]).toEqual([method, path, 403]);
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    }
    await expectUntouched(daemon);
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
