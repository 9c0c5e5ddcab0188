import http, { type IncomingMessage } from 'node:http';
import net, { type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { declineUpgrade } from '../../../src/balancer/decline-upgrade.ts';
import {
  forwardUpgrade,
  refuseUpgrade,
  type UpgradeOptions,
  type UpgradeOutcome,
} from '../../../src/balancer/upgrade.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { eventually } from '../../support/patience.ts';
import { ask, closedPort, exchangeRaw, listening, replyWith, serveRaw } from './support.ts';

const HANDSHAKE =
  'GET /ws HTTP/1.1\r\nHost: app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

/** A server whose web sockets go to `upstreamPort`, and what became of them. */
async function serveUpgrades(upstreamPort: number, options: Partial<UpgradeOptions> = {}) {
  const clock = new ManualClock();
  const outcomes: UpgradeOutcome[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((_, res) => res.end('plain'));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', async (req, socket, head) => {
    const all = { clock, port: upstreamPort, path: req.url!, timeout: 5000, ...options };
    outcomes.push(await forwardUpgrade(req, socket, head, all));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: await listening(server), clock, outcomes, sockets };
}

/** An upstream of web sockets that echoes; its connections and handshakes are kept for inspection. */
async function echoUpstream() {
  const requests: IncomingMessage[] = [];
  const connections: WebSocket[] = [];
  const server = http.createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'chat' });
  sockets.on('connection', (socket, req) => {
    requests.push(req);
    connections.push(socket);
    socket.on('error', () => {}).on('message', (data, binary) => socket.send(data, { binary }));
  });
  onTestFinished(() => {
    for (const socket of connections) socket.terminate();
    sockets.close();
    server.close();
  });
  return { port: await listening(server), requests, connections };
}

async function openSocket(port: number, path = '/ws'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ['chat'], { headers: { 'x-custom': '1' } });
  socket.on('error', () => {});
  onTestFinished(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

function nextMessage(socket: WebSocket): Promise<Buffer> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(data as Buffer)));
}

test('messages flow both ways, large ones too', async () => {
  const upstream = await echoUpstream();
  const front = await serveUpgrades(upstream.port);
  const socket = await openSocket(front.port);
  expect(socket.protocol).toBe('chat');
  for (const size of [0, 5, 70_000, 20_000_000]) {
    const reply = nextMessage(socket);
    socket.send(Buffer.alloc(size, 'x'));
    expect((await reply).length).toBe(size);
  }
});

test('the upstream sees the rewritten path and where the client came from', async () => {
  const upstream = await echoUpstream();
  const front = await serveUpgrades(upstream.port, { path: '/inner?a=%20b', prefix: '/endpoint/1' });
  await openSocket(front.port, '/endpoint/1/inner');
  expect(upstream.requests[0]?.url).toBe('/inner?a=%20b');
  expect(upstream.requests[0]?.headers).toMatchObject({
    host: `127.0.0.1:${front.port}`,
    'x-custom': '1',
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': `127.0.0.1:${front.port}`,
    'x-forwarded-port': String(front.port),
    'x-forwarded-prefix': '/endpoint/1',
    'x-forwarded-proto': 'http',
  });
});

test.each([
  ['closes', (socket: WebSocket) => socket.close(1000, 'bye')],
  ['breaks off', (socket: WebSocket) => socket.terminate()],
])('when the client %s, the upstream’s side closes', async (_, leave) => {
  const upstream = await echoUpstream();
  const front = await serveUpgrades(upstream.port);
  leave(await openSocket(front.port));
  await eventually(() => upstream.connections[0]?.readyState === WebSocket.CLOSED);
  await eventually(() => front.outcomes.length === 1 && front.sockets.size === 0);
  expect(front.outcomes).toEqual([{ kind: 'switched' }]);
  expect(front.clock.pending).toBe(0);
});

test.each([
  ['closes', (socket: WebSocket) => socket.close(1000, 'bye')],
  ['breaks off', (socket: WebSocket) => socket.terminate()],
])('when the upstream %s, the client’s side closes', async (_, leave) => {
  const upstream = await echoUpstream();
  const front = await serveUpgrades(upstream.port);
  const socket = await openSocket(front.port);
  leave(upstream.connections[0]!);
  await eventually(() => socket.readyState === WebSocket.CLOSED);
  await eventually(() => front.outcomes.length === 1 && front.sockets.size === 0);
});

test('resets on either side end no process and close the other side', async () => {
  let upstream: Socket | undefined;
  const port = await serveRaw((socket) => {
    upstream = socket;
    replyWith('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')(
      socket,
    );
  });
  const front = await serveUpgrades(port);
  for (const side of ['client', 'upstream']) {
    const client = net.connect(front.port, '127.0.0.1', () => client.write(HANDSHAKE)).on('error', () => {});
    client.resume();
    await eventually(() => client.bytesRead > 0);
    const other = side === 'client' ? upstream! : client;
    (side === 'client' ? client : upstream!).resetAndDestroy();
    await eventually(() => other.destroyed && front.sockets.size === 0);
  }
  expect(front.outcomes).toEqual([{ kind: 'switched' }, { kind: 'switched' }]);
});

test('an upstream that does not look for the client’s end is let go after a moment', async () => {
  let ended = false;
  const upstream = http.createServer().on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    socket.on('error', () => {}).on('end', () => (ended = true));
    socket.resume();
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void upstream.close());
  const front = await serveUpgrades(await listening(upstream));
  const client = net.connect(front.port, '127.0.0.1', () => client.write(HANDSHAKE));
  client.resume();
  await eventually(() => client.bytesRead > 0);
  client.end();
  await eventually(() => ended);
  expect(front.outcomes).toEqual([]);
  await front.clock.advance(1_000);
  await eventually(() => front.outcomes.length === 1 && front.sockets.size === 0);
  expect(front.clock.pending).toBe(0);
});

test('bytes that come along with the handshake, on both sides, are carried', async () => {
  const front = await serveUpgrades(
    await serveRaw((socket) => {
      replyWith('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello ')(socket);
      socket.on('data', (chunk) => {
        if (chunk.toString().endsWith('early')) socket.end('bye');
      });
    }),
  );
  const text = await exchangeRaw(front.port, `${HANDSHAKE}early`);
  expect(text).toMatch(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\nhello bye$/);
});

test('an ordinary answer reaches the client whole', async () => {
  const refusing = await serveRaw(
    replyWith(
      'HTTP/1.1 404 Not Found\r\nX-Why: none here\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nnope\r\n3\r\n...\r\n0\r\n\r\n',
    ),
  );
  const front = await serveUpgrades(refusing);
  const text = await exchangeRaw(front.port, HANDSHAKE);
  expect(text).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  expect(text.toLowerCase()).toContain('x-why: none here');
  expect(text.toLowerCase()).not.toContain('transfer-encoding');
  expect(text).toMatch(/\r\n\r\nnope\.\.\.$/);
  expect(front.outcomes).toEqual([{ kind: 'refused', status: 404 }]);
});

test.each([
  ['refuses the connection', closedPort],
  ['closes at once', () => serveRaw((socket) => socket.end())],
  ['resets', () => serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy()))],
  ['does not speak HTTP', () => serveRaw(replyWith('\0\0\0 what\r\n\r\n'))],
])('an upstream that %s makes a 502', async (_, upstream) => {
  const front = await serveUpgrades(await upstream());
  const text = await exchangeRaw(front.port, HANDSHAKE);
  expect(text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual({ error: expect.any(String) });
  expect(front.outcomes).toMatchObject([{ kind: 'failed', reason: 'upstream' }]);
  expect(front.clock.pending).toBe(0);
});

test('an upstream that says nothing makes a 504', async () => {
  let closed = false;
  let asked = false;
  const upstream = await serveRaw((socket) => {
    socket.on('data', () => {
      asked = true;
    });
    socket.on('close', () => {
      closed = true;
    });
  });
  const front = await serveUpgrades(upstream);
  const answer = exchangeRaw(front.port, HANDSHAKE);
  await eventually(() => asked);
  await front.clock.advance(5000);
  expect(await answer).toMatch(/^HTTP\/1\.1 504 Gateway Timeout\r\n/);
  await eventually(() => closed);
  expect(front.outcomes).toMatchObject([{ kind: 'failed', reason: 'timeout' }]);
});

test('a client that leaves before the answer ends the request to the upstream', async () => {
  let asked = false;
  let closed = false;
  const upstream = await serveRaw((socket) => {
    socket.on('data', () => {
      asked = true;
    });
    socket.on('close', () => {
      closed = true;
    });
  });
  const front = await serveUpgrades(upstream);
  const client = net.connect(front.port, '127.0.0.1', () => client.write(HANDSHAKE)).on('error', () => {});
  await eventually(() => asked);
  client.resetAndDestroy();
  await eventually(() => closed && front.outcomes.length === 1);
  expect(front.outcomes).toEqual([{ kind: 'aborted' }]);
  expect(front.clock.pending).toBe(0);
});

test('an abort signal closes both sides', async () => {
  const upstream = await echoUpstream();
  const abort = new AbortController();
  const front = await serveUpgrades(upstream.port, { signal: abort.signal });
  const socket = await openSocket(front.port);
  abort.abort();
  await eventually(() => socket.readyState === WebSocket.CLOSED);
  await eventually(() => upstream.connections[0]?.readyState === WebSocket.CLOSED);
});

test('a refusal carries its status and message', async () => {
  const server = http.createServer();
  server.on('upgrade', (_, socket) => refuseUpgrade(socket, 404, 'no such “function”'));
  onTestFinished(() => void server.close());
  const text = await exchangeRaw(await listening(server), HANDSHAKE);
  expect(text).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  expect(JSON.parse(Buffer.from(text.slice(text.indexOf('{')), 'latin1').toString())).toEqual({
    error: 'no such “function”',
  });
});

test('a request that offers another protocol is served as an ordinary one, body and next request included', async () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const server = http.createServer(async (req, res) => {
    seen.push(req.headers);
    let body = '';
    for await (const chunk of req) body += chunk;
    res.end(`${req.url} ${body}`);
  });
  server.on('upgrade', (req, socket, head) => declineUpgrade(server, req, socket, head));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const port = await listening(server);
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
  const text = await exchangeRaw(
    port,
    `POST /one HTTP/1.1\r\nHost: a\r\n${offer}Content-Length: 5\r\n\r\nhello` +
      'GET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  );
  expect(text).toContain('/one hello');
  expect(text).toContain('/two ');
  expect(seen[0]).toEqual({ host: 'a', 'content-length': '5' });
  const large = 'x'.repeat(300_000);
  const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
  const answer = await ask(port, { method: 'POST', path: '/three', headers, body: large });
  expect(answer.text).toBe(`/three ${large}`);
});
