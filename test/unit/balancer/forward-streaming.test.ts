import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { ask, serve, serveForwarder, serveRaw } from './support.ts';

const MEGABYTE = 1024 * 1024;
const LARGE = 100 * MEGABYTE;
/** Far less than a body. On a busy machine the streams of the two ends, which are in this process, too, hold more than usual. */
const MOST_HELD = 40 * MEGABYTE;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The most that the process's buffers, garbage left out, grow by while `work` runs. */
async function bufferGrowth(work: () => Promise<void>): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  const timer = setInterval(() => {
    collectGarbage();
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }, 25);
  await work();
  clearInterval(timer);
  return most;
}

/** Writes `total` bytes as fast as the stream takes them. */
async function pour(stream: NodeJS.WritableStream, total: number): Promise<void> {
  const block = Buffer.alloc(64 * 1024, 'x');
  for (let left = total; left > 0; left -= block.length) {
    if (!stream.write(block.subarray(0, Math.min(left, block.length))))
      await new Promise((resolve) => stream.once('drain', resolve));
  }
  stream.end();
}

async function count(stream: IncomingMessage): Promise<number> {
  let total = 0;
  for await (const chunk of stream) total += chunk.length;
  return total;
}

function open(port: number, options: http.RequestOptions = {}): http.ClientRequest {
  return http.request({ host: '127.0.0.1', port, agent: false, ...options });
}

function response(req: http.ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => req.once('response', resolve).once('error', reject));
}

describe('a body of 100 MB', () => {
  test.each([
    ['with a length', { 'content-length': LARGE }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('is sent up %s in bounded memory', async (_, headers) => {
    const upstream = await serve(async (req, res) => res.end(String(await count(req))));
    const front = await serveForwarder(upstream);
    let answer = '';
    const growth = await bufferGrowth(async () => {
      const req = open(front.port, { method: 'POST', headers });
      const [res] = await Promise.all([response(req), pour(req, LARGE)]);
      for await (const chunk of res) answer += chunk;
    });
    expect(answer).toBe(String(LARGE));
    expect(growth).toBeLessThan(MOST_HELD);
    await eventually(() => front.pool.counts.idle === 1);
    expect(front.pool.counts).toEqual({ open: 1, idle: 1, waiting: 0 });
  });

  test.each([
    ['with a length', { 'content-length': LARGE }],
    ['in chunks', {}],
  ])('comes down %s in bounded memory', async (_, headers) => {
    const upstream = await serve((_, res) => {
      res.writeHead(200, headers);
      void pour(res, LARGE);
    });
    const front = await serveForwarder(upstream);
    let received = 0;
    const growth = await bufferGrowth(async () => {
      received = await count(await response(open(front.port).end()));
    });
    expect(received).toBe(LARGE);
    expect(growth).toBeLessThan(MOST_HELD);
    await eventually(() => front.pool.counts.idle === 1);
  });
});

test('a client that does not read holds the upstream back', async () => {
  let sent = 0;
  const upstream = await serve(async (_, res) => {
    const block = Buffer.alloc(64 * 1024);
    res.writeHead(200, { 'content-length': LARGE });
    for (; sent < LARGE; sent += block.length)
      if (!res.write(block)) await new Promise((resolve) => res.once('drain', resolve));
    res.end();
  });
  const front = await serveForwarder(upstream);
  const res = await response(open(front.port).end());
  let before = -1;
  while (sent !== before) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(sent).toBeLessThan(30 * MEGABYTE);
  expect(await count(res)).toBe(LARGE);
});

test('an upstream that does not read holds the client back', async () => {
  let upstreamRequest: IncomingMessage | undefined;
  const upstream = await serve((req, res) => {
    upstreamRequest = req;
    res.on('close', () => {});
  });
  const front = await serveForwarder(upstream);
  const client = open(front.port, { method: 'POST', headers: { 'content-length': LARGE } }).on(
    'error',
    () => {},
  );
  let sent = 0;
  const block = Buffer.alloc(64 * 1024);
  const push = () => {
    while (sent < LARGE) {
      sent += block.length;
      if (!client.write(block)) {
        client.once('drain', push);
        return;
      }
    }
  };
  push();
  let before = -1;
  while (sent !== before || !upstreamRequest) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(sent).toBeLessThan(30 * MEGABYTE);
  expect(await count(upstreamRequest)).toBe(LARGE);
  client.destroy();
});

test('events reach the client one by one, as they are sent', async () => {
  let send: (text: string) => void = () => {};
  let end = () => {};
  const upstream = await serve((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.flushHeaders();
    send = (text) => res.write(text);
    end = () => res.end();
  });
  const front = await serveForwarder(upstream);
  const res = await response(open(front.port).end());
  expect(res.headers['content-type']).toBe('text/event-stream');
  const seen: string[] = [];
  res.setEncoding('utf8').on('data', (chunk) => seen.push(chunk));
  for (const text of ['data: 1\n\n', 'data: é\n\n', 'data: 3\n\n']) {
    send(text);
    await eventually(() => seen.at(-1) === text);
  }
  end();
  await eventually(() => res.complete);
  expect(seen).toHaveLength(3);
});

test('both directions flow at once', async () => {
  const upstream = await serve((req, res) => req.pipe(res));
  const front = await serveForwarder(upstream);
  const req = open(front.port, { method: 'POST' });
  req.write('first');
  const res = await response(req);
  const seen: string[] = [];
  res.setEncoding('utf8').on('data', (chunk) => seen.push(chunk));
  await eventually(() => seen.join('') === 'first');
  req.write('second');
  await eventually(() => seen.join('') === 'firstsecond');
  req.end();
  await eventually(() => res.complete);
});

describe('a response that comes before the request’s body is sent', () => {
  test('is delivered, and the client’s connection serves on', async () => {
    const upstream = await serve((req, res) => {
      if (req.url === '/big') res.writeHead(413, { connection: 'close' }).end('too large');
      else res.end('fine');
    });
    const front = await serveForwarder(upstream);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) {
      const body = Buffer.alloc(5 * MEGABYTE);
      expect(await ask(front.port, { agent, method: 'POST', path: '/big', body })).toMatchObject({
        status: 413,
        text: 'too large',
      });
      expect((await ask(front.port, { agent })).text).toBe('fine');
    }
    agent.destroy();
  });

  test('does not leave its connection to another request', async () => {
    let connections = 0;
    const upstream = await serveRaw((socket) => {
      connections++;
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    });
    const front = await serveForwarder(upstream);
    const req = open(front.port, { method: 'POST', headers: { 'content-length': 10 } }).on('error', () => {});
    req.write('half');
    expect((await response(req)).statusCode).toBe(200);
    await eventually(() => front.pool.counts.open === 0);
    expect((await ask(front.port)).text).toBe('ok');
    expect(connections).toBe(2);
    req.destroy();
  });
});

test('a slow upload does not run into the time limit while it makes progress', async () => {
  let received = 0;
  const upstream = await serve(async (req, res) => {
    for await (const chunk of req) received += chunk.length;
    res.end(String(received));
  });
  const front = await serveForwarder(upstream);
  const client = net.connect(front.port, '127.0.0.1');
  let text = '';
  client.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  client.write('POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\n');
  await eventually(() => front.pool.counts.open === 1);
  for (let i = 0; i < 5; i++) {
    client.write('x');
    await eventually(() => received > i);
    await front.clock.advance(9_000);
  }
  await eventually(() => text.endsWith('5'));
  expect(front.outcomes).toEqual([{ kind: 'answered', status: 200 }]);
});
