import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeaderNames } from '../../../../src/daemon/lane/header-names.ts';
import { readSmallRequest } from '../../../../src/daemon/lane/request-reader.ts';

const names = new HeaderNames();
const PLAIN = ['POST /invoke HTTP/1.1', 'Host: localhost', 'Content-Length: 2', '', '{}'];

function read(lines: readonly string[] | string) {
  const text = typeof lines === 'string' ? lines : lines.join('\r\n');
  return readSmallRequest(Buffer.from(text, 'latin1'), names, ({ path }) => path === '/invoke');
}

function withHeaders(...headers: string[]): string[] {
  return [PLAIN[0]!, PLAIN[1]!, ...headers, PLAIN[2]!, '', '{}'];
}

describe('a plain request', () => {
  test('is read with the headers that matter, by their names in lower case', () => {
    const request = read(
      withHeaders('X-Amz-Log-Type:  Tail ', 'AUTHORIZATION: a b', 'User-Agent: x', 'Accept: */*'),
    );
    expect(request).toEqual({
      path: '/invoke',
      headers: { host: 'localhost', 'x-amz-log-type': 'Tail', authorization: 'a b', 'content-length': '2' },
      body: Buffer.from('{}'),
    });
  });

  test('may have no body', () => {
    expect(read('POST /invoke HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n')).toMatchObject({
      body: Buffer.alloc(0),
    });
  });

  test.each([
    'Connection: keep-alive',
    'Connection: Keep-Alive',
    'X-Amz-Date: 20260101T000000Z',
    'X-Amz-User-Agent: aws-sdk-js/3',
    'X-Amz-Content-Sha256: UNSIGNED-PAYLOAD',
    'Amz-Sdk-Request: attempt=1; max=3',
    'Empty:',
  ])('may have %s', (header) => {
    expect(read(withHeaders(header))).toMatchObject({ path: '/invoke' });
  });

  test('is waited for while a part of its body is missing', () => {
    const whole = PLAIN.join('\r\n');
    expect(read(whole.slice(0, -1))).toBe('incomplete');
    expect(read(whole.slice(0, -2))).toBe('incomplete');
  });
});

test('what does not fit is not waited for', () => {
  const waits = `POST /other HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n`;
  expect(read(waits)).toBeUndefined();
});

describe('left to Node’s parser is', () => {
  test.each([
    ['another path', ['POST /other HTTP/1.1', ...PLAIN.slice(1)]],
    ['a path with a query', ['POST /invoke?a HTTP/1.1', ...PLAIN.slice(1)]],
    ['another method', ['GET /invoke HTTP/1.1', ...PLAIN.slice(1)]],
    ['another version', ['POST /invoke HTTP/1.0', ...PLAIN.slice(1)]],
    ['a line with two spaces', ['POST  /invoke HTTP/1.1', ...PLAIN.slice(1)]],
    ['no Host', [PLAIN[0]!, ...PLAIN.slice(2)]],
    ['two Hosts', withHeaders('Host: other')],
    ['two lengths', withHeaders('Content-Length: 2')],
    ['a length that is no number', [...PLAIN.slice(0, 2), 'Content-Length: +2', '', '{}']],
    ['no length', [...PLAIN.slice(0, 2), '', '{}']],
    ['a large body', [...PLAIN.slice(0, 2), 'Content-Length: 300000', '', '{}']],
    ['chunks', withHeaders('Transfer-Encoding: chunked')],
    ['a wait for 100', withHeaders('Expect: 100-continue')],
    ['an upgrade', withHeaders('Upgrade: websocket')],
    ['an end of the connection', withHeaders('Connection: close')],
    ['a compressed body', withHeaders('Content-Encoding: gzip')],
    ['a page’s request', withHeaders('Origin: http://localhost')],
    ['a browser’s request', withHeaders('Sec-Fetch-Site: same-origin')],
    ['a signature in chunks', withHeaders('X-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD')],
    ['a header of AWS’s with an effect', withHeaders('X-Amz-Client-Context: e30=')],
    ['a header that is not known', withHeaders('X-Amz-New: 1')],
    ['a continued line', withHeaders('A: b', ' c')],
    ['a name with a space', withHeaders('A : b')],
    ['no name', withHeaders(': b')],
    ['a line without a colon', withHeaders('a')],
    ['a control character', withHeaders('A: \u0001')],
    ['a letter outside of ASCII', withHeaders('A: ü')],
    ['a tab', withHeaders('A:\tb')],
    ['a bare line feed', withHeaders('A: b\nTransfer-Encoding: chunked')],
    ['a bare carriage return', withHeaders('A: b\rC: d')],
    ['a second request', [...PLAIN, ...PLAIN]],
    ['one byte more', `${PLAIN.join('\r\n')} `],
    ['half a head', PLAIN.slice(0, 2)],
    ['no HTTP', '\r\n\r\n'],
    ['a head that is too long', withHeaders(`A: ${'b'.repeat(17_000)}`)],
  ])('%s', (_name, lines) => {
    expect(read(lines)).toBeUndefined();
  });

  test('whatever else one may send', () => {
    const part = fc.constantFrom(
      ...PLAIN,
      'POST ',
      '/invoke',
      ' HTTP/1.1',
      ': ',
      '\r\n',
      '\r\n\r\n',
      '\n',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 20 }), (parts) => {
        const request = read(parts.join(''));
        if (typeof request === 'object') expect(request.path).toBe('/invoke');
      }),
    );
  });
});
