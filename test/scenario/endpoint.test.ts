import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { createFunction, eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';
import { descendants, isAlive } from '../support/processes.ts';
import { RawConnection, rawRequest } from '../support/raw-http.ts';

const MB = 1024 * 1024;
const FIRST_GO_BUILD = 300_000;

let daemon: RunningDaemon;
/** Says what it got: method, URL, headers as sent, and the body's length and hash. */
let mirror: string;

beforeAll(async () => {
  daemon = await startDaemon({ args: ['--request-timeout', '2s', '--hold-timeout', '10s'] });
  mirror = await create(`import { createHash } from 'node:crypto';
export default function handler(req, res) {
  const hash = createHash('sha256');
  let length = 0;
  req.on('data', (chunk) => { hash.update(chunk); length += chunk.length; });
  req.on('end', () => {
    const { method, url, rawHeaders, rawTrailers, httpVersion } = req;
    res.set('x-method', method);
    res.json({ method, url, rawHeaders, rawTrailers, httpVersion, length, sha256: hash.digest('hex') });
  });
}
`);
});

afterAll(() => daemon[Symbol.asyncDispose]());

interface Seen {
  method: string;
  url: string;
  rawHeaders: string[];
  rawTrailers: string[];
  httpVersion: string;
  length: number;
  sha256: string;
}

/** Creates a function that lives as long as the test that made it. */
async function create(code: string, runtime = 'node', version = '20'): Promise<string> {
  const id = await createFunction(daemon.url, { code, runtime, version });
  return `${daemon.url}/endpoint/${id}`;
}

function pathOf(endpoint: string): string {
  return new URL(endpoint).pathname;
}

/** Sends a request head and body exactly as given, to `endpoint`. */
function raw(endpoint: string, head: string, body = ''): ReturnType<typeof rawRequest> {
  return rawRequest(daemon.url, `${head.replace('$', pathOf(endpoint))}\r\nHost: localhost\r\n\r\n${body}`);
}

function residentMb(): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'latin1'))![1]) / 1024;
}

describe('any request', () => {
  test('arrives with its method, whichever HTTP knows', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH'];
    for (const method of methods) {
      const answer = await raw(mirror, `${method} $/a?b=1 HTTP/1.1\r\nContent-Length: 0`);
      expect([method, answer.status, answer.headers['x-method']]).toEqual([method, 200, method]);
      expect(JSON.parse(answer.body)).toMatchObject({ method, url: '/a?b=1' });
    }
    using connection = new RawConnection(daemon.url);
    const path = pathOf(mirror);
    connection.send(
      `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\nGET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    const head = await connection.answer({ bodiless: true });
    expect([head.status, head.headers['x-method']]).toEqual([200, 'HEAD']);
    expect((await connection.answer()).headers['x-method']).toBe('GET');
    expect((await raw(mirror, 'FOO $ HTTP/1.1')).status).toBe(400);
  });

  test('keeps its path and headers as they were sent, repeated ones too', async () => {
    const answer = await raw(
      mirror,
      'GET $/a%20b/%E2%82%AC/../x?q=%2F&q=2&= HTTP/1.1\r\nX-Twice: 1\r\nx-twice: 2\r\nCookie: a=1\r\nCookie: b=2\r\nX-Latin: caf\xe9\r\nX-Empty:\r\nX-Spaced: \t in  between \t',
    );
    const seen = JSON.parse(Buffer.from(answer.body, 'latin1').toString()) as Seen;
    expect(seen.url).toBe('/a%20b/%E2%82%AC/../x?q=%2F&q=2&=');
    const pairs = seen.rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name, seen.rawHeaders[index + 1]]] : [],
    );
    for (const pair of [
      ['X-Twice', '1'],
      ['x-twice', '2'],
      ['Cookie', 'a=1'],
      ['Cookie', 'b=2'],
      ['X-Latin', 'café'],
      ['X-Empty', ''],
      ['X-Spaced', 'in  between'],
    ]) {
      expect(pairs).toContainEqual(pair);
    }
  });

  test('brings along thousands of headers, up to 64 kB of them', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `h${index}: ${index}`).join('\r\n');
    const answer = await raw(mirror, `POST $ HTTP/1.1\r\n${many}\r\nContent-Length: 5`, 'hello');
    const seen = JSON.parse(answer.body) as Seen;
    expect([seen.length, seen.rawHeaders.includes('h2999')]).toEqual([5, true]);
    const large = await raw(mirror, `GET $ HTTP/1.1\r\nX-Large: ${'x'.repeat(70_000)}`);
    expect(large.status).toBe(431);
    expect(JSON.parse(large.body)).toEqual({ error: expect.any(String) });
  });

  test('may come in chunks, with extensions and trailers', async () => {
    const answer = await raw(
      mirror,
      'POST $ HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum',
      '5;ext=1\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 42\r\n\r\n',
    );
    expect(JSON.parse(answer.body)).toMatchObject({ length: 6, rawTrailers: ['X-Sum', '42'] });
  });

  test.each([
    ['a length and chunks', 'Content-Length: 3\r\nTransfer-Encoding: chunked'],
    ['two lengths', 'Content-Length: 3\r\nContent-Length: 4'],
    ['a negative length', 'Content-Length: -1'],
    ['a length with a sign', 'Content-Length: +3'],
    ['another last coding', 'Transfer-Encoding: chunked, identity'],
    ['a space before the colon', 'X-Bad : 1'],
    ['a folded line', 'X-Folded: 1\r\n 2\r\nX: 3\r\nTransfer-Encoding: chunked\r\nContent-Length: 1'],
    ['a bare line feed', 'X: 1\nContent-Length: 3'],
    ['a NUL', 'X: a\0b'],
  ])('that could be read in two ways, having %s, is refused', async (_what, fields) => {
    using connection = new RawConnection(daemon.url);
    connection.send(`POST ${pathOf(mirror)} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\nabc`);
    const answer = await connection.answer();
    expect([answer.status, answer.headers.connection]).toEqual([400, 'close']);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
    await connection.closed;
  });

  test('is invited to send its body when it asks first', async () => {
    using connection = new RawConnection(daemon.url);
    connection.send(
      `POST ${pathOf(mirror)} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
    );
    await connection.until((received) =>
      received.startsWith('HTTP/1.1 100 Continue\r\n\r\n') ? true : undefined,
    );
    const answer = await connection.send('hello').answer();
    expect(JSON.parse(answer.body)).toMatchObject({ length: 5 });
    expect(JSON.parse(answer.body).rawHeaders).not.toContain('Expect');
  });

  test('of HTTP/1.0 gets an answer that it can read', async () => {
    const chunked = await create(
      'export default (req, res) => { res.write("one "); setTimeout(() => res.end("two"), 50); };',
    );
    using connection = new RawConnection(daemon.url);
    connection.send(`GET ${pathOf(chunked)} HTTP/1.0\r\n\r\n`);
    const answer = await connection.answer();
    expect([answer.status, answer.body, answer.headers['transfer-encoding']]).toEqual([
      200,
      'one two',
      undefined,
    ]);
    await connection.closed;
    using kept = new RawConnection(daemon.url);
    const old = `GET ${pathOf(mirror)} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`;
    expect((await kept.send(old).answer()).status).toBe(200);
    expect((await kept.send(old).answer()).status).toBe(200);
  });

  test('shares its connection with those before and after, in order', async () => {
    using connection = new RawConnection(daemon.url);
    const slow = await create(
      'export default (req, res) => setTimeout(() => res.send(req.url), req.url === "/0" ? 200 : 0);',
    );
    await get(slow);
    const one = (index: number) => `GET ${pathOf(slow)}/${index} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    connection.send([0, 1, 2, 3].map(one).join(''));
    for (const index of [0, 1, 2, 3]) expect((await connection.answer()).body).toBe(`/${index}`);
    const upgrade =
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n';
    connection.send([4, 5, 6].map((index) => one(index).replace('\r\n', `\r\n${upgrade}`)).join('') + one(7));
    for (const index of [4, 5, 6, 7]) expect((await connection.answer()).body).toBe(`/${index}`);
  });
});

describe('large bodies', () => {
  test.runIf(process.platform === 'linux')(
    'of 50 MB pass both ways while the daemon stays small',
    async () => {
      const source = await create(`import { createHash } from 'node:crypto';
const part = Buffer.alloc(65_521, 'lambdock');
export default async function handler(req, res) {
  for (let sent = 0; sent < ${50 * MB}; sent += part.length)
    if (!res.write(part)) await new Promise((resolve) => res.once('drain', resolve));
  res.end();
}
`);
      await get(mirror);
      await (await fetch(source)).arrayBuffer();
      const before = residentMb();
      let most = 0;
      const sampling = setInterval(() => {
        most = Math.max(most, residentMb());
      }, 20);
      onTestFinished(() => clearInterval(sampling));
      const body = Buffer.alloc(50 * MB, randomBytes(65_521));
      const uploaded = await fetch(mirror, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body,
      });
      const seen = (await uploaded.json()) as Seen;
      expect([seen.length, seen.sha256]).toEqual([
        body.length,
        createHash('sha256').update(body).digest('hex'),
      ]);
      let received = 0;
      for await (const chunk of (await fetch(source)).body!) received += chunk.length;
      expect(received).toBeGreaterThanOrEqual(50 * MB);
      expect(most - before).toBeLessThan(48);
    },
  );

  test.runIf(process.platform === 'linux')('wait in the function when the client does not read', async () => {
    const endless = await create(`const part = Buffer.alloc(65_536);
let sent = 0;
export default async function handler(req, res) {
  if (req.url === '/sent') return res.send(String(sent));
  while (!res.destroyed) {
    sent += part.length;
    if (!res.write(part)) await new Promise((resolve) => res.once('drain', resolve).once('close', resolve));
  }
}
`);
    await get(`${endless}/sent`);
    const before = residentMb();
    using lazy = new RawConnection(daemon.url);
    lazy.socket.pause();
    lazy.send(`GET ${pathOf(endless)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const amount = async () => Number((await get(`${endless}/sent`)).text);
    let last = -1;
    await eventually(async () => {
      const now = await amount();
      const stalled = now > 0 && now === last;
      last = now;
      await sleep(100);
      return stalled;
    });
    expect(last).toBeLessThan(32 * MB);
    expect(residentMb() - before).toBeLessThan(32);
  });

  test('may be left unread by the function, which answers at once', async () => {
    const rash = await create('export default (req, res) => res.status(413).send("no, thanks");');
    await get(rash);
    for (let round = 0; round < 5; round++) {
      const response = await fetch(rash, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Buffer.alloc(8 * MB),
      });
      expect([response.status, await response.text()]).toEqual([413, 'no, thanks']);
    }
    expect((await get(rash)).status).toBe(413);
  });

  test('are answered before they have arrived, where the function is quick', async () => {
    const quick = await create('export default (req, res) => { res.send("early"); };');
    await get(quick);
    using connection = new RawConnection(daemon.url);
    connection.send(
      `POST ${pathOf(quick)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\nstart`,
    );
    expect((await connection.answer()).body).toBe('early');
  });
});

describe('streams', () => {
  test('of events pass as they are written', async () => {
    const events = await create(`export default function handler(req, res) {
  res.set('content-type', 'text/event-stream');
  res.flushHeaders();
  let n = 0;
  const timer = setInterval(() => res.write('data: ' + n++ + '\\n\\n'), 50);
  req.on('close', () => clearInterval(timer));
}
`);
    const leaving = new AbortController();
    const response = await fetch(events, { signal: leaving.signal });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const reader = response.body!.getReader();
    for (let n = 0; n < 3; n++) {
      const { value } = await reader.read();
      expect(Buffer.from(value!).toString()).toBe(`data: ${n}\n\n`);
    }
    leaving.abort();
  });

  test('may last longer than an answer may take to begin', async () => {
    const long = await create(
      'export default (req, res) => { res.write("a"); setTimeout(() => res.end("b"), 2_500); };',
    );
    expect(await get(long)).toEqual({ status: 200, text: 'ab' });
  });

  test('of web sockets carry text and bytes both ways and close on both sides', async () => {
    // The function's own copy of `ws`, as it would have in its node_modules.
    const ws = createRequire(import.meta.url).resolve('ws');
    using source = sourceFolder({
      'handler.mjs': `import { createRequire } from 'node:module';
const { WebSocketServer } = createRequire(import.meta.url)(${JSON.stringify(ws)});
const sockets = new WebSocketServer({ noServer: true });
let open = 0;
export default (req, res) => res.send(String(open));
export function upgrade(req, socket, head) {
  sockets.handleUpgrade(req, socket, head, (connection) => {
    open++;
    connection.on('close', () => open--);
    connection.send(req.url + ' ' + req.headers['x-forwarded-prefix']);
    connection.on('message', (data, binary) => connection.send(data, { binary }));
  });
}
`,
    });
    const { endpoint } = await link(daemon.url, source.path);
    const socket = new WebSocket(`${endpoint.replace('http', 'ws')}/room?x=1`);
    const inbox: (string | Buffer)[] = [];
    socket.on('message', (data: Buffer, binary) => inbox.push(binary ? data : data.toString()));
    await once(socket, 'open');
    await eventually(() => inbox[0] === `/room?x=1 ${pathOf(endpoint)}`);
    const large = randomBytes(2 * MB);
    socket.send('hällo');
    socket.send(large);
    await eventually(() => inbox.length === 3);
    expect(inbox[1]).toBe('hällo');
    expect(large.equals(inbox[2] as Buffer)).toBe(true);
    expect((await get(endpoint)).text).toBe('1');
    socket.close(4000, 'bye');
    expect(await once(socket, 'close')).toEqual([4000, Buffer.from('bye')]);
    await eventually(async () => (await get(endpoint)).text === '0');
    // One that just vanishes is noticed, too.
    const vanishing = new WebSocket(endpoint.replace('http', 'ws'));
    await once(vanishing, 'open');
    vanishing.terminate();
    await eventually(async () => (await get(endpoint)).text === '0');
  });

  test('to a function without web sockets, or to none, are refused as any request is', async () => {
    const refusal = async (endpoint: string) => {
      const socket = new WebSocket(endpoint.replace('http', 'ws'));
      const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
      socket.on('error', () => {}).terminate();
      return response.statusCode;
    };
    expect(await refusal(`${daemon.url}/endpoint/${'0'.repeat(24)}`)).toBe(404);
    expect(await refusal(await create('throw new Error("broken")'))).toBe(502);
    expect(await refusal(await create(answering('no sockets here')))).toBe(200);
  });
});

describe('a client that leaves', () => {
  test('frees the old process after a reload', async () => {
    using source = sourceFolder({
      'handler.mjs':
        'export default (req, res) => { if (req.url === "/pid") res.send(String(process.pid)); else res.write("begun"); };\n',
    });
    const { endpoint } = await link(daemon.url, source.path);
    const old = Number((await get(`${endpoint}/pid`)).text);
    const leaving = new AbortController();
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await fetch(endpoint, { signal: leaving.signal });
        await response.body!.getReader().read();
      }),
    );
    writeFileSync(source.file('handler.mjs'), answering('new'));
    await eventually(async () => (await get(endpoint)).text === 'new');
    expect(isAlive(old)).toBe(true);
    leaving.abort();
    await eventually(() => !isAlive(old), 5_000);
  });

  test('while its function starts is not waited for', async () => {
    const slow = await create(
      `await new Promise((resolve) => setTimeout(resolve, 700));\n${answering('late')}`,
    );
    const connections = Array.from({ length: 20 }, () => new RawConnection(daemon.url));
    for (const connection of connections) {
      connection.send(`GET ${pathOf(slow)} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    }
    await sleep(100);
    for (const connection of connections) connection[Symbol.dispose]();
    expect(await get(slow)).toEqual({ status: 200, text: 'late' });
  });

  test('in the middle of its body ends the function’s request', async () => {
    const counting = await create(`let aborted = 0;
export default function handler(req, res) {
  if (req.method === 'GET') return res.send(String(aborted));
  req.on('aborted', () => aborted++).resume();
}
`);
    expect((await get(counting)).text).toBe('0');
    using connection = new RawConnection(daemon.url);
    connection.send(
      `POST ${pathOf(counting)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: x/y\r\nContent-Length: 100\r\n\r\nhalf`,
    );
    await sleep(100);
    connection.socket.resetAndDestroy();
    await eventually(async () => (await get(counting)).text === '1');
  });
});

describe('an answer that is not HTTP', () => {
  test.each([
    ['garbage', 'garbage\r\n\r\n'],
    ['a header without a colon', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n'],
    ['a name with a space', 'HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n'],
    ['a control character', 'HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nx: y\n\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['HTTP/3', 'HTTP/3.0 200 OK\r\n\r\n'],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    ],
    ['100 kB of headers', `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['nothing at all', ''],
  ])('of a Node function, %s, is a 502 and ends nothing', async (_what, text) => {
    const id = await create(
      `export default (req, res) => { if (req.url === '/ok') res.send('ok'); else res.socket.end(Buffer.from(${JSON.stringify(text)}, 'latin1')); };`,
    );
    const { status, text: body } = await get(id);
    expect([status, JSON.parse(body)]).toEqual([502, { error: expect.any(String) }]);
    expect((await get(`${id}/ok`)).text).toBe('ok');
  });

  test('of a Python function is a 502 or its own 500, and ends nothing', async () => {
    const id = await create(
      `from flask import request, Response

def handler():
    if request.path == "/ok":
        return "ok"
    response = Response("body")
    if request.path == "/value":
        response.headers._list.append(("x", "a\\x01b"))
    else:
        response.headers._list.append(("bad name", "x"))
    return response
`,
      'python',
      '3.12',
    );
    for (const path of ['/value', '/name']) {
      const { status, text } = await get(id + path);
      expect([path, status]).toEqual([path, 502]);
      expect(JSON.parse(text)).toEqual({ error: expect.stringMatching(/not valid HTTP/) });
    }
    expect((await get(`${id}/ok`)).text).toBe('ok');
  });

  test('of a Go function is a 502, and ends nothing', { timeout: FIRST_GO_BUILD }, async () => {
    const id = await create(
      `package main

import "net/http"

func handler(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ok" {
		w.Write([]byte("ok"))
		return
	}
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	connection.Write([]byte("HTTP/1.1 200 OK\\r\\nbad header\\r\\n\\r\\n"))
	connection.Close()
}
`,
      'golang',
      '1.22',
    );
    const ready = async (path: string) => {
      const answer = await get(id + path);
      return answer.status === 503 ? undefined : answer;
    };
    expect(await eventually(() => ready('/ok'), FIRST_GO_BUILD)).toEqual({ status: 200, text: 'ok' });
    const { status, text } = await get(id);
    expect([status, JSON.parse(text)]).toEqual([502, { error: expect.any(String) }]);
    expect((await get(`${id}/ok`)).text).toBe('ok');
  });

  test('that breaks off after it has begun is cut, not completed', async () => {
    for (const [text, after] of [
      ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', ''],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', ''],
      ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', 'nonsense'],
    ] as const) {
      const id = await create(
        `export default (req, res) => { res.socket.write(${JSON.stringify(text)}); setTimeout(() => res.socket.end(${JSON.stringify(after)}), 100); };`,
      );
      const response = await fetch(id);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });
});

describe('an endpoint without an answer says why', () => {
  test.each([
    ['404 for an unknown function', 404, () => `${daemon.url}/endpoint/${'0'.repeat(24)}`],
    ['502 for code that does not load', 502, () => create('throw new Error("at the top");')],
    ['502 for a process that ends', 502, () => create('export default () => process.exit(3);')],
    ['504 for a function that does not answer', 504, () => create('export default () => {};')],
  ])('%s, in JSON, and a HEAD the same without a body', async (_what, status, make) => {
    const endpoint = await make();
    const response = await fetch(endpoint);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ error: expect.any(String) });
    using connection = new RawConnection(daemon.url);
    connection.send(`HEAD ${pathOf(endpoint)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const head = await connection.answer({ bodiless: true });
    await connection.closed;
    expect([head.status, connection.received]).toEqual([status, '']);
    expect(head.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  test('503 and when to come back while it crashes again and again', async () => {
    const crashing = await create(
      'export default (req, res) => { if (req.method === "POST") process.exit(1); res.send("up"); };',
    );
    const unavailable = await eventually(async () => {
      const response = await fetch(crashing, { method: 'POST' });
      await response.clone().arrayBuffer();
      return response.status === 503 && response;
    });
    expect(Number(unavailable.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await unavailable.json()).toEqual({ error: expect.stringMatching(/crashing.*exit code 1/) });
    await eventually(async () => (await get(crashing)).text === 'up');
  });

  test('504 when the function hangs, which is then ended, said to have hung, and replaced', async () => {
    const looping = await create(
      'export default (req, res) => { if (req.method === "POST") for (;;); res.send("up"); };',
    );
    expect((await get(looping)).text).toBe('up');
    expect((await fetch(looping, { method: 'POST' })).status).toBe(504);
    // One that comes before this is found out shares the fate of the first.
    await eventually(async () => (await get(looping)).text === 'up');
    const status = await fetch(`${looping.replace('endpoint', 'lambda')}/status`);
    expect(await status.json()).toMatchObject({
      state: 'ready',
      lastError: { message: expect.stringMatching(/did not respond.*loop/) },
    });
  });
});

test('requests that come while a function starts are all held and answered', async () => {
  const starting = await create(
    `await new Promise((resolve) => setTimeout(resolve, 500));\n${answering('ready')}`,
  );
  const answers = await Promise.all(Array.from({ length: 50 }, () => get(starting)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 ready']));
});

test('200 requests at once reach one function, each with its own answer', async () => {
  const gathering = await create(`let waiting = [];
export default function handler(req, res) {
  waiting.push(() => res.send(req.url));
  if (waiting.length < 200) return;
  for (const answer of waiting) answer();
  waiting = [];
}
`);
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  onTestFinished(() => agent.destroy());
  const call = (index: number) =>
    new Promise<string>((resolve, reject) => {
      request(`${gathering}/${index}`, { agent }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve(`${response.statusCode} ${text}`);
      })
        .on('error', reject)
        .end();
    });
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => call(index)));
    expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => `200 /${index}`));
  }
  expect(descendants(daemon.pid).length).toBeGreaterThan(0);
});

test('when the daemon stops, event streams and web sockets do not hold it up', async () => {
  await using other = await startDaemon();
  const id = await createFunction(other.url, {
    code: `export default (req, res) => { res.set('content-type', 'text/event-stream'); res.write('data: 1\\n\\n'); };
export const upgrade = (req, socket) => { socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'); };
`,
  });
  using stream = new RawConnection(other.url);
  stream.send(`GET /endpoint/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await stream.until((received) => (received.includes('data: 1') ? true : undefined));
  using socket = new RawConnection(other.url);
  socket.send(
    `GET /endpoint/${id} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await socket.until((received) => (received.includes(' 101 ') ? true : undefined));
  using journal = new RawConnection(other.url);
  journal.send('GET /_lambdock/journal HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await journal.until((received) => (received.includes('daemon.started') ? true : undefined));
  const begun = performance.now();
  expect(await other.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(8_000);
});
