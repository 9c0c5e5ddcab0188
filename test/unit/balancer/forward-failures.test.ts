import http from 'node:http';
import net from 'node:net';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { ask, closedPort, replyWith, serve, serveForwarder, serveRaw } from './support.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('an upstream that', () => {
  test('refuses the connection leaves the request and its body untouched', async () => {
    const front = await serveForwarder(await closedPort());
    expect(await ask(front.port)).toMatchObject({ status: 503, text: 'connect' });
    expect(await ask(front.port, { method: 'POST', body: 'x'.repeat(100_000) })).toMatchObject({
      status: 503,
    });
    expect(front.outcomes).toMatchObject([
      { reason: 'connect', sentRequest: false, responseStarted: false },
      { reason: 'connect', sentRequest: false, responseStarted: false },
    ]);
    expect(front.pool.counts).toEqual({ open: 0, idle: 0, waiting: 0 });
  });

  test('closes without an answer fails with reset', async () => {
    const front = await serveForwarder(await serveRaw((socket) => socket.once('data', () => socket.end())));
    expect(await ask(front.port)).toMatchObject({ status: 502, text: 'reset' });
    expect(front.outcomes).toMatchObject([{ reason: 'reset', sentRequest: true, responseStarted: false }]);
  });

  test('resets the connection fails with reset', async () => {
    const front = await serveForwarder(
      await serveRaw((socket) => socket.once('data', () => socket.resetAndDestroy())),
    );
    expect(await ask(front.port)).toMatchObject({ status: 502, text: 'reset' });
  });

  test('closes within the head fails with reset', async () => {
    const front = await serveForwarder(
      await serveRaw((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-'))),
    );
    expect(await ask(front.port)).toMatchObject({ status: 502, text: 'reset' });
  });

  test('says nothing fails with timeout, and its connection is closed', async () => {
    let closed = false;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        socket.resume().on('close', () => {
          closed = true;
        });
      }),
    );
    const answer = ask(front.port);
    await eventually(() => front.pool.counts.open === 1);
    await front.clock.advance(9_900);
    expect(front.outcomes).toEqual([]);
    await front.clock.advance(200);
    expect(await answer).toMatchObject({ status: 504, text: 'timeout' });
    await eventually(() => closed && front.pool.counts.open === 0);
    expect(front.clock.pending).toBe(0);
  });

  test('answers in time may then take as long as it likes', async () => {
    let finish = () => {};
    const front = await serveForwarder(
      await serve((_, res) => {
        res.write('a');
        finish = () => res.end('b');
      }),
    );
    const answer = await new Promise<http.IncomingMessage>((resolve) => {
      http.get({ host: '127.0.0.1', port: front.port, agent: false }, resolve);
    });
    await front.clock.advance(1_000_000);
    finish();
    let text = '';
    for await (const chunk of answer) text += chunk;
    expect(text).toBe('ab');
  });

  test('has no connection free in time fails with timeout before it saw anything', async () => {
    const front = await serveForwarder(await serveRaw((socket) => socket.resume()), { maxConnections: 1 });
    const answers = [ask(front.port), ask(front.port, { method: 'POST', body: 'x' })];
    await eventually(() => front.pool.counts.waiting === 1);
    await front.clock.advance(10_100);
    await Promise.all(answers);
    expect(front.outcomes.map((outcome) => outcome.kind === 'failed' && outcome.sentRequest)).toEqual([
      true,
      false,
    ]);
    expect(front.pool.counts.waiting).toBe(0);
  });

  test.each([
    ['no HTTP', 'what?\r\n\r\n'],
    ['a control character in a field', 'HTTP/1.1 200 OK\r\nX: \x01\r\n\r\n'],
    ['a folded field', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['a bad first chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ])('answers %s fails with protocol and closes', async (_, reply) => {
    const front = await serveForwarder(await serveRaw(replyWith(reply)));
    expect(await ask(front.port)).toMatchObject({ status: 502, text: 'protocol' });
    expect(front.outcomes).toMatchObject([{ reason: 'protocol', responseStarted: false }]);
    await eventually(() => front.pool.counts.open === 0);
  });

  test.each([
    ['closes', (socket: net.Socket) => socket.end()],
    ['resets', (socket: net.Socket) => socket.resetAndDestroy()],
    ['sends a bad chunk', (socket: net.Socket) => socket.write('nonsense\r\n')],
  ])('%s in the middle of a body cuts the client off too', async (_, fault) => {
    let upstream: net.Socket | undefined;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        upstream = socket;
        replyWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n')(socket);
      }),
    );
    const started = new Promise<void>((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port: front.port, agent: false }, (res) => {
          res.once('data', () => fault(upstream!));
          res.on('error', () => resolve()).on('end', () => reject(new Error('looked complete')));
        })
        .on('error', reject);
    });
    await started;
    expect(front.outcomes).toMatchObject([{ kind: 'failed', sentRequest: true, responseStarted: true }]);
    await eventually(() => front.pool.counts.open === 0);
  });
});

describe('a connection that the upstream closed for idleness', () => {
  /** Answers the first request on each connection; what comes second on one is met with `fault`. */
  async function staleUpstream(fault: (socket: net.Socket) => void) {
    const seen: string[] = [];
    const port = await serveRaw((socket) => {
      let requests = 0;
      socket.on('data', (chunk) => {
        seen.push(chunk.toString());
        if (requests++ === 0) socket.write(OK);
        else fault(socket);
      });
    });
    return { port, seen };
  }

  test.each([
    ['end', (socket: net.Socket) => socket.end()],
    ['reset', (socket: net.Socket) => socket.resetAndDestroy()],
  ])('by %s is replaced, for methods that may be repeated', async (_, fault) => {
    const upstream = await staleUpstream(fault);
    const front = await serveForwarder(upstream.port);
    await ask(front.port);
    for (const method of ['GET', 'DELETE']) expect((await ask(front.port, { method })).text).toBe('ok');
    expect((await ask(front.port, { method: 'PUT', body: 'again' })).text).toBe('ok');
    expect(upstream.seen.filter((text) => text.endsWith('\r\n\r\nagain'))).toHaveLength(2);
    expect(front.outcomes.map((outcome) => outcome.kind)).toEqual(Array(4).fill('answered'));
  });

  test('fails a POST, which may have been acted upon', async () => {
    const upstream = await staleUpstream((socket) => socket.end());
    const front = await serveForwarder(upstream.port);
    await ask(front.port);
    expect(await ask(front.port, { method: 'POST' })).toMatchObject({ status: 502, text: 'reset' });
    expect(front.outcomes[1]).toMatchObject({ sentRequest: true });
    expect(upstream.seen).toHaveLength(2);
  });

  test('is noticed at once when nothing is under way, so that a POST gets a new one', async () => {
    let upstream: net.Socket | undefined;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        upstream = socket;
        replyWith(OK)(socket);
      }),
    );
    await ask(front.port);
    upstream!.end();
    await eventually(() => front.pool.counts.idle === 0);
    expect((await ask(front.port, { method: 'POST', body: 'x' })).text).toBe('ok');
  });

  test('is replaced once only', async () => {
    let connections = 0;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        connections++;
        const first = connections === 1;
        let requests = 0;
        socket.on('data', () => (first && requests++ === 0 ? socket.write(OK) : socket.end()));
      }),
    );
    await ask(front.port);
    expect((await ask(front.port)).status).toBe(502);
    expect(connections).toBe(2);
  });
});

describe('a client that goes away', () => {
  test.each([
    ['before the response', ''],
    ['during the response', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('%s ends the exchange with the upstream', async (_, reply) => {
    let asked = false;
    let closed = false;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        socket.on('data', () => {
          asked = true;
          socket.write(reply);
        });
        socket.on('close', () => {
          closed = true;
        });
      }),
    );
    const client = net.connect(front.port, '127.0.0.1', () =>
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    client.on('error', () => {}).resume();
    await eventually(() => asked && (reply === '' || client.bytesRead > 0));
    client.destroy();
    await eventually(() => closed && front.pool.counts.open === 0);
    expect(front.outcomes).toEqual([{ kind: 'aborted', responseStarted: reply !== '' }]);
  });

  test('during its upload ends the exchange with the upstream', async () => {
    let received = 0;
    let closed = false;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        socket.on('data', (chunk) => {
          received += chunk.length;
        });
        socket.on('close', () => {
          closed = true;
        });
      }),
    );
    const client = net.connect(front.port, '127.0.0.1', () =>
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nonly this'),
    );
    client.on('error', () => {});
    await eventually(() => received > 0);
    client.resetAndDestroy();
    await eventually(() => closed);
    expect(front.outcomes).toEqual([{ kind: 'aborted', responseStarted: false }]);
  });

  test('while waiting for a connection leaves the line', async () => {
    const front = await serveForwarder(await serveRaw((socket) => socket.resume()), { maxConnections: 1 });
    const clients = [1, 2].map(() =>
      net
        .connect(front.port, '127.0.0.1')
        .on('error', () => {})
        .on('connect', function (this: net.Socket) {
          this.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        }),
    );
    await eventually(() => front.pool.counts.waiting === 1);
    for (const client of clients) client.destroy();
    await eventually(() => front.pool.counts.waiting === 0 && front.pool.counts.open === 0);
  });
});

test('an abort signal ends the exchange and leaves the answer to the caller', async () => {
  const abort = new AbortController();
  const front = await serveForwarder(
    await serveRaw((socket) => socket.on('data', () => abort.abort())),
    { signal: abort.signal },
    (_, res) =>
      abort.signal.addEventListener('abort', () => setImmediate(() => res.writeHead(503).end('stopping'))),
  );
  expect(await ask(front.port)).toMatchObject({ status: 503, text: 'stopping' });
  expect(front.outcomes).toEqual([{ kind: 'aborted', responseStarted: false }]);
  await eventually(() => front.pool.counts.open === 0);
});

test('after a failure the client’s connection serves on, also when its body was not read', async () => {
  const front = await serveForwarder(await closedPort());
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  for (let i = 0; i < 3; i++)
    expect((await ask(front.port, { agent, method: 'POST', body: 'x'.repeat(200_000) })).status).toBe(503);
  expect(front.outcomes).toHaveLength(3);
});

test('whatever bytes an upstream sends, each client gets an answer or is cut off', async () => {
  const pieces = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 100 Continue\r\n\r\n',
        'Content-Length: 5\r\n',
        'Transfer-Encoding: chunked\r\n',
        'X: \0\r\n',
        '\r\n',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
        'HTTP/1.1 204 No\r\n\r\n',
      )
      .map((text) => Buffer.from(text)),
  );
  let script: Buffer[] = [];
  const front = await serveForwarder(
    await serveRaw((socket) => {
      socket.once('data', () => {
        for (const piece of script) socket.write(piece);
        socket.end();
      });
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 8 }), async (written) => {
      script = written;
      await ask(front.port).catch(() => {});
    }),
    { numRuns: 300 },
  );
  await eventually(() => front.pool.counts.open === 0);
  expect(front.outcomes).toHaveLength(300);
});
