import type http from 'node:http';
import type net from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { ask, replyWith, serve, serveForwarder, serveRaw } from './support.ts';

test('responses of many sizes arrive whole over one connection', async () => {
  const front = await serveForwarder(
    await serve((req, res) => {
      const size = Number(req.url!.slice(1));
      if (size % 2 === 0) res.setHeader('content-length', size);
      res.end(Buffer.alloc(size, 'x'));
    }),
  );
  for (const size of [0, 1, 2, 1023, 16_000, 16_384, 16_385, 65_536, 65_537, 131_073, 1_000_000])
    expect((await ask(front.port, { path: `/${size}` })).body.length).toBe(size);
  expect(front.pool.counts).toEqual({ open: 1, idle: 1, waiting: 0 });
});

test('many requests at once share a bounded number of connections', async () => {
  const held: http.ServerResponse[] = [];
  const upstream = await serve((req, res) => {
    req.resume().on('end', () => {
      // Answers come by eights only, so all connections must be in use.
      if (held.push(res) === 8) for (const one of held.splice(0)) one.end(one.req.url);
    });
  });
  const front = await serveForwarder(upstream, { maxConnections: 8 });
  const answers = await Promise.all(
    Array.from({ length: 304 }, (_, i) =>
      ask(front.port, { path: `/${i}`, ...(i % 3 ? {} : { method: 'POST', body: `${i}` }) }),
    ),
  );
  expect(answers.map((answer) => answer.text)).toEqual(Array.from({ length: 304 }, (_, i) => `/${i}`));
  expect(front.pool.counts).toEqual({ open: 8, idle: 8, waiting: 0 });
});

test('bytes after a response discard the connection and reach nobody', async () => {
  const front = await serveForwarder(
    await serveRaw((socket) => {
      socket.on('data', () =>
        socket.write(
          'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
        ),
      );
    }),
  );
  expect((await ask(front.port)).text).toBe('ok');
  await eventually(() => front.pool.counts.open === 0);
  expect((await ask(front.port)).text).toBe('ok');
});

test('bytes on an unused connection discard it', async () => {
  let upstream: net.Socket | undefined;
  const front = await serveForwarder(
    await serveRaw((socket) => {
      upstream = socket;
      replyWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')(socket);
    }),
  );
  await ask(front.port);
  upstream!.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
  await eventually(() => front.pool.counts.open === 0);
});
