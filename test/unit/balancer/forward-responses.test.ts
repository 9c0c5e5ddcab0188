import http from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { ask, exchangeRaw, replyWith, serve, serveForwarder, serveRaw } from './support.ts';

describe('responses', () => {
  test('keep status, reason, order, case and repeated fields', async () => {
    const front = await serveForwarder(
      await serveRaw(
        replyWith(
          'HTTP/1.1 299 Odd one\r\nSet-Cookie: a=1\r\nX-B: 2\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nok',
        ),
      ),
    );
    const answer = await ask(front.port);
    expect(answer).toMatchObject({ status: 299, reason: 'Odd one', text: 'ok' });
    expect(answer.rawHeaders.slice(0, 8)).toEqual(
      ['Set-Cookie', 'a=1', 'X-B', '2', 'set-cookie', 'b=2'].concat(['Content-Length', '2']),
    );
  });

  test('join the fields that the caller set beforehand, and win over them', async () => {
    const front = await serveForwarder(
      await serveRaw(
        replyWith(
          'HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nServer: mine\r\nContent-Length: 0\r\n\r\n',
        ),
      ),
      {},
      (_, res) => res.setHeader('X-Request-Id', '7').setHeader('server', 'proxy'),
    );
    const { headers } = await ask(front.port);
    expect(headers['x-request-id']).toBe('7');
    expect(headers.server).toBe('mine');
    expect(headers['set-cookie']).toEqual(['a', 'b']);
  });

  test('lose hop-by-hop fields and those that Connection names', async () => {
    const front = await serveForwarder(
      await serveRaw(
        replyWith(
          'HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Private\r\nKeep-Alive: timeout=99\r\nX-Private: 1\r\n' +
            'Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nTrailer: X-T\r\nX-Public: 2\r\nContent-Length: 0\r\n\r\n',
        ),
      ),
    );
    const { headers } = await ask(front.port);
    expect(headers['x-public']).toBe('2');
    for (const name of ['x-private', 'proxy-authenticate', 'upgrade', 'trailer'])
      expect(headers).not.toHaveProperty(name);
    expect(headers['keep-alive'] ?? '').not.toContain('99');
  });

  test('to HEAD have the length and no body, and the connection serves on', async () => {
    const front = await serveForwarder(
      await serve((_, res) => {
        res.setHeader('content-length', 5);
        res.end('hello');
      }),
    );
    const head = await ask(front.port, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers['content-length']).toBe('5');
    expect((await ask(front.port)).text).toBe('hello');
    expect(front.pool.counts).toEqual({ open: 1, idle: 1, waiting: 0 });
  });

  test.each([
    ['HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', 204],
    ['HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\nETag: "x"\r\n\r\n', 304],
  ])('without a body end at once: %j', async (reply, status) => {
    const front = await serveForwarder(await serveRaw(replyWith(reply, reply)));
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    expect(await ask(front.port, { agent })).toMatchObject({ status, text: '' });
    expect(await ask(front.port, { agent })).toMatchObject({ status, text: '' });
    expect(front.pool.counts.open).toBe(1);
  });

  test('in small chunks that arrive together get a length', async () => {
    const front = await serveForwarder(
      await serveRaw(
        replyWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n'),
      ),
    );
    const answer = await ask(front.port);
    expect(answer.text).toBe('abcde');
    expect(answer.headers['content-length']).toBe('5');
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
  });

  test('keep their trailers', async () => {
    const front = await serveForwarder(
      await serveRaw(
        replyWith(
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\nTransfer-Encoding: x\r\n\r\n',
        ),
      ),
    );
    const answer = await ask(front.port);
    expect(answer.text).toBe('abc');
    expect(answer.trailers).toEqual({ 'x-sum': '3' });
  });

  test('with trailers reach an HTTP/1.0 client without them', async () => {
    const front = await serveForwarder(
      await serveRaw(
        replyWith(
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n',
        ),
      ),
    );
    const text = await exchangeRaw(front.port, 'GET / HTTP/1.0\r\n\r\n');
    expect(text).toMatch(/\r\n\r\nabc$/);
    expect(text).not.toContain('X-Sum');
  });

  test('that end with the connection are complete, and the next request gets a new one', async () => {
    let connections = 0;
    const front = await serveForwarder(
      await serveRaw((socket) => {
        connections++;
        socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nold style'));
      }),
    );
    expect((await ask(front.port)).text).toBe('old style');
    expect((await ask(front.port)).text).toBe('old style');
    expect(connections).toBe(2);
    await eventually(() => front.pool.counts.open === 0);
  });

  test('after interim ones are delivered', async () => {
    const front = await serveForwarder(
      await serve((_, res) => {
        res.writeProcessing();
        res.writeEarlyHints({ link: '</a.css>; rel=preload' });
        res.end('final');
      }),
    );
    expect(await ask(front.port)).toMatchObject({ status: 200, text: 'final' });
  });

  test('keep bytes above ASCII in fields and body', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const front = await serveForwarder(
      await serve((_, res) => {
        res.setHeader('x-name', 'caf\xe9');
        res.end(body);
      }),
    );
    const answer = await ask(front.port);
    expect(answer.headers['x-name']).toBe('caf\xe9');
    expect(answer.body).toEqual(body);
  });
});
