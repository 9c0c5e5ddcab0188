import http from 'node:http';
import type net from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/patience.ts';
import { ask, exchangeRaw, replyWith, serve, serveForwarder, serveRaw } from './support.ts';

/** An upstream that answers with what it was asked, as JSON. */
function echo() {
  return serve((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const { method, url, headers, rawHeaders, trailers } = req;
      const body = Buffer.concat(chunks).toString();
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ method, url, headers, rawHeaders, trailers, body }));
    });
  });
}

describe('requests', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    '%s arrives with path, query and fields',
    async (method) => {
      const front = await serveForwarder(await echo());
      const answer = await ask(front.port, {
        method,
        path: '/a%20b//c?d=%2F&e',
        headers: { 'X-Custom': 'yes', host: 'app.test:1' },
      });
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.text)).toMatchObject({
        method,
        url: '/a%20b//c?d=%2F&e',
        headers: { 'x-custom': 'yes', host: 'app.test:1' },
      });
      expect(front.outcomes).toEqual([{ kind: 'answered', status: 200 }]);
    },
  );

  test('go to the path given, with prefix and extra fields in place of the client’s', async () => {
    const front = await serveForwarder(await echo(), {
      path: '/inner?x=1',
      prefix: '/endpoint/1',
      extraHeaders: ['X-Function', 'mine'],
    });
    const answer = await ask(front.port, {
      path: '/endpoint/1/inner',
      headers: { 'x-function': 'forged', 'x-forwarded-prefix': '/forged' },
    });
    const seen = JSON.parse(answer.text);
    expect(seen.url).toBe('/inner?x=1');
    expect(seen.headers['x-function']).toBe('mine');
    expect(seen.headers['x-forwarded-prefix']).toBe('/endpoint/1');
  });

  test('say where they came from', async () => {
    const front = await serveForwarder(await echo());
    const seen = JSON.parse((await ask(front.port, { headers: { host: 'app.test' } })).text);
    expect(seen.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'app.test',
      'x-forwarded-port': String(front.port),
    });
  });

  test('keep what an earlier proxy said about their origin', async () => {
    const front = await serveForwarder(await echo());
    const headers = {
      'X-Forwarded-For': '10.0.0.1, 10.0.0.2',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'outer.test',
      'X-Forwarded-Port': '443',
    };
    const seen = JSON.parse((await ask(front.port, { headers })).text);
    expect(seen.headers).toMatchObject({
      'x-forwarded-for': '10.0.0.1, 10.0.0.2, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'outer.test',
      'x-forwarded-port': '443',
    });
  });

  test('lose hop-by-hop fields and those that Connection names, but never host or length', async () => {
    const front = await serveForwarder(await echo());
    const answer = await ask(front.port, {
      method: 'POST',
      body: 'abc',
      headers: {
        connection: 'close, X-Private, Host, Content-Length',
        'keep-alive': 'timeout=5',
        'proxy-authorization': 'Basic x',
        'proxy-connection': 'keep-alive',
        te: 'trailers',
        upgrade: 'h2c',
        'x-private': '1',
        'x-public': '2',
        'content-length': '3',
      },
    });
    const { headers, body } = JSON.parse(answer.text);
    for (const name of [
      'keep-alive',
      'proxy-authorization',
      'proxy-connection',
      'te',
      'upgrade',
      'x-private',
    ])
      expect(headers).not.toHaveProperty(name);
    expect(headers['x-public']).toBe('2');
    expect(headers['content-length']).toBe('3');
    expect(body).toBe('abc');
  });

  test('keep repeated fields and their case', async () => {
    const front = await serveForwarder(await echo());
    const answer = await ask(front.port, {
      headers: ['Host', 'a', 'X-One', '1', 'x-one', '2', 'X-ONE', '3'],
    });
    const { rawHeaders } = JSON.parse(answer.text);
    expect(rawHeaders.slice(2, 8)).toEqual(['X-One', '1', 'x-one', '2', 'X-ONE', '3']);
  });

  test('in HTTP/1.0 without a host get one', async () => {
    const front = await serveForwarder(await echo());
    const text = await exchangeRaw(front.port, 'GET /old HTTP/1.0\r\n\r\n');
    expect(text).toContain('"host":"localhost"');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('in chunks arrive in chunks, with their trailers', async () => {
    const front = await serveForwarder(await echo());
    const text = await exchangeRaw(
      front.port,
      'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n' +
        '3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Sum: 5\r\nHost: b\r\nTE: x\r\n\r\n',
    );
    const seen = JSON.parse(text.slice(text.indexOf('{')));
    expect(seen).toMatchObject({ body: 'abcde' });
    expect(seen.trailers).toEqual({ 'x-sum': '5' });
    expect(seen.headers['transfer-encoding']).toBe('chunked');
  });

  test('that expect 100-continue get it, and the upstream is not asked again', async () => {
    const front = await serveForwarder(await echo());
    const answer = await new Promise<string>((resolve, reject) => {
      const req = http.request({
        host: '127.0.0.1',
        port: front.port,
        method: 'POST',
        agent: false,
        headers: { expect: '100-continue', 'content-length': 5 },
      });
      req.flushHeaders();
      req.on('error', reject).on('continue', () => req.end('hello'));
      req.on('response', (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        res.on('end', () => resolve(text));
      });
    });
    const seen = JSON.parse(answer);
    expect(seen.body).toBe('hello');
    expect(seen.headers).not.toHaveProperty('expect');
  });

  test('cannot smuggle a second one through the path or an extra field', async () => {
    const upstream = await echo();
    for (const options of [
      { path: '/a b' },
      { path: '/a\r\nX: y' },
      { path: '/\u010a' },
      { path: '' },
      { extraHeaders: ['X', 'a\r\nb'] },
      { extraHeaders: ['X: y', 'a'] },
      { prefix: '/\n' },
    ]) {
      const failures: unknown[] = [];
      const { forward } = await import('../../../src/balancer/forward.ts');
      const { pool } = await serveForwarder(upstream);
      const port = await serve((req, res) => {
        forward(req, res, { pool, path: '/', timeout: 1000, ...options }).catch((error) => {
          failures.push(error);
          res.writeHead(500).end();
        });
      });
      expect((await ask(port)).status).toBe(500);
      expect(failures[0]).toBeInstanceOf(TypeError);
      expect(pool.counts.open).toBe(0);
    }
  });

  test('that are pipelined by the client are answered in order', async () => {
    const front = await serveForwarder(await echo());
    const get = (path: string, last = false) =>
      `GET ${path} HTTP/1.1\r\nHost: a\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;
    const text = await exchangeRaw(front.port, get('/1') + get('/2') + get('/3', true));
    expect([...text.matchAll(/"url":"(\/\d)"/g)].map((match) => match[1])).toEqual(['/1', '/2', '/3']);
  });
});

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
