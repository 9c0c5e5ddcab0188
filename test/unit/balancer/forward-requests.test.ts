import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { ask, exchangeRaw, serve, serveForwarder } from './support.ts';

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
