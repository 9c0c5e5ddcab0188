import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get } from '../../support/functions.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { Endpoints, pathOf, type Seen } from './support.ts';

const endpoints = new Endpoints();
const { create, raw } = endpoints;

beforeAll(endpoints.start);
afterAll(endpoints.stop);

describe('any request', () => {
  test('arrives with its method, whichever HTTP knows', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'M-SEARCH'];
    for (const method of methods) {
      const answer = await raw(endpoints.mirror, `${method} $/a?b=1 HTTP/1.1\r\nContent-Length: 0`);
      expect([method, answer.status, answer.headers['x-method']]).toEqual([method, 200, method]);
      expect(JSON.parse(answer.body)).toMatchObject({ method, url: '/a?b=1' });
    }
    using connection = new RawConnection(endpoints.daemon.url);
    const path = pathOf(endpoints.mirror);
    connection.send(
      `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\n\r\nGET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
    );
    const head = await connection.answer({ bodiless: true });
    expect([head.status, head.headers['x-method']]).toEqual([200, 'HEAD']);
    expect((await connection.answer()).headers['x-method']).toBe('GET');
    expect((await raw(endpoints.mirror, 'FOO $ HTTP/1.1')).status).toBe(400);
  });

  test('keeps its path and headers as they were sent, repeated ones too', async () => {
    const answer = await raw(
      endpoints.mirror,
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
    const answer = await raw(endpoints.mirror, `POST $ HTTP/1.1\r\n${many}\r\nContent-Length: 5`, 'hello');
    const seen = JSON.parse(answer.body) as Seen;
    expect([seen.length, seen.rawHeaders.includes('h2999')]).toEqual([5, true]);
    const large = await raw(endpoints.mirror, `GET $ HTTP/1.1\r\nX-Large: ${'x'.repeat(70_000)}`);
    expect(large.status).toBe(431);
    expect(JSON.parse(large.body)).toEqual({ error: expect.any(String) });
  });

  test('may come in chunks, with extensions and trailers', async () => {
    const answer = await raw(
      endpoints.mirror,
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
    using connection = new RawConnection(endpoints.daemon.url);
    connection.send(`POST ${pathOf(endpoints.mirror)} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\nabc`);
    const answer = await connection.answer();
    expect([answer.status, answer.headers.connection]).toEqual([400, 'close']);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String) });
    await connection.closed;
  });

  test('is invited to send its body when it asks first', async () => {
    using connection = new RawConnection(endpoints.daemon.url);
    connection.send(
      `POST ${pathOf(endpoints.mirror)} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
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
    using connection = new RawConnection(endpoints.daemon.url);
    connection.send(`GET ${pathOf(chunked)} HTTP/1.0\r\n\r\n`);
    const answer = await connection.answer();
    expect([answer.status, answer.body, answer.headers['transfer-encoding']]).toEqual([
      200,
      'one two',
      undefined,
    ]);
    await connection.closed;
    using kept = new RawConnection(endpoints.daemon.url);
    const old = `GET ${pathOf(endpoints.mirror)} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`;
    expect((await kept.send(old).answer()).status).toBe(200);
    expect((await kept.send(old).answer()).status).toBe(200);
  });

  test('shares its connection with those before and after, in order', async () => {
    using connection = new RawConnection(endpoints.daemon.url);
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
