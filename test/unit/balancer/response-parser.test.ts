import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ResponseHead, UpstreamProtocolError } from '../../../src/balancer/response-head.ts';
import { MAX_HEAD_BYTES, ResponseParser } from '../../../src/balancer/response-parser.ts';

interface Parsed {
  head?: ResponseHead;
  body: string;
  trailers?: string[];
  /** Bytes after the response. */
  rest: number;
  complete: boolean;
  error?: string;
}

/** Parses `text` cut at the given places, then the end of the connection. */
function parse(text: string, cuts: number[] = [], method = 'GET'): Parsed {
  const parsed: Parsed = { body: '', rest: 0, complete: false };
  const parser = new ResponseParser();
  parser.begin(method, {
    onHead: (head) => {
      parsed.head = head;
    },
    onBody: (buffer, start, end) => {
      parsed.body += buffer.toString('latin1', start, end);
    },
    onComplete: (trailers) => {
      parsed.trailers = trailers;
    },
  });
  const bytes = Buffer.from(text, 'latin1');
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  try {
    for (let i = 1; i < places.length; i++) {
      // A copy that is wiped afterwards, as a shared read buffer is.
      const part = Buffer.from(bytes.subarray(places[i - 1], places[i]));
      parsed.rest += part.length - parser.execute(part, 0, part.length);
      part.fill(0);
    }
    parsed.complete = parser.finish();
  } catch (error) {
    if (!(error instanceof UpstreamProtocolError)) throw error;
    parsed.error = error.message;
  }
  return parsed;
}

describe('heads', () => {
  test('keep names, values, order and duplicates as sent', () => {
    const { head } = parse(
      'HTTP/1.1 201 Made it\r\nSet-Cookie: a=1\r\nX-Mixed:\t two  words \t\r\nset-cookie: b=2\r\nEmpty:\r\nContent-Length: 0\r\n\r\n',
    );
    expect(head?.status).toBe(201);
    expect(head?.reason).toBe('Made it');
    expect(head?.headers).toEqual(
      ['Set-Cookie', 'a=1', 'X-Mixed', 'two  words', 'set-cookie', 'b=2', 'Empty', ''].concat([
        'Content-Length',
        '0',
      ]),
    );
  });

  test('may lack a reason phrase', () => {
    expect(parse('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n').head?.reason).toBe('');
    expect(parse('HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n').head?.reason).toBe('');
  });

  test('keep bytes above ASCII', () => {
    expect(parse('HTTP/1.1 200 \xe9\r\nX: \xff\r\nContent-Length: 0\r\n\r\n').head?.headers[1]).toBe('\xff');
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n'],
    ['a status that is not a number', 'HTTP/1.1 2OO OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 Low\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['an empty line first', '\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nX : a\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nX\r\nY: b\r\n\r\n'],
    ['an empty name', 'HTTP/1.1 200 OK\r\n: a\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nX: a\n\n'],
    ['a bare carriage return', 'HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n'],
    ['a NUL in a value', 'HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n'],
    ['an escape in a value', 'HTTP/1.1 200 OK\r\nX: \x1b[0m\r\n\r\n'],
    ['a DEL in a value', 'HTTP/1.1 200 OK\r\nX: \x7f\r\n\r\n'],
    ['a byte above ASCII in a name', 'HTTP/1.1 200 OK\r\n\xe9: a\r\n\r\n'],
    ['different lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a list of lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a signed length', 'HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na'],
    ['an enormous length', 'HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\n'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['another coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['another coding below chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['chunks over HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a head that is too large', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(MAX_HEAD_BYTES)}\r\n\r\n`],
    ['a head without an end', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(MAX_HEAD_BYTES)}`],
  ])('with %s are an error, however they are cut', (_, text) => {
    expect(parse(text).error).toBeDefined();
    const every = text.length < 1000 ? Array.from({ length: text.length }, (_, i) => i) : [10, 1000, 60_000];
    expect(parse(text, every).error).toBeDefined();
  });

  test('of the largest size allowed are read', () => {
    const start = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ';
    const text = `${start}${'a'.repeat(MAX_HEAD_BYTES - start.length - 4)}\r\n\r\n`;
    expect(parse(text).complete).toBe(true);
    expect(parse(text, [5, 30_000]).complete).toBe(true);
  });
});

describe('bodies', () => {
  test('end at their length, and bytes after it are left over', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcde')).toMatchObject({
      body: 'abc',
      rest: 2,
      complete: true,
    });
  });

  test('cut short are incomplete', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab').complete).toBe(false);
    expect(parse('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n').complete).toBe(false);
    expect(parse('HTTP/1.1 200 OK\r\nContent-Le').complete).toBe(false);
    expect(parse('').complete).toBe(false);
  });

  test('without framing end with the connection', () => {
    const parsed = parse('HTTP/1.1 200 OK\r\n\r\nall of it');
    expect(parsed).toMatchObject({ body: 'all of it', complete: true });
    expect(parsed.head?.keepAlive).toBe(false);
  });

  test('in chunks lose their framing; extensions are skipped and trailers kept', () => {
    const text =
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n' +
      '3\r\nabc\r\n00A;name="v;x"\r\n0123456789\r\n1 \r\nz\r\n0;last\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n';
    expect(parse(text)).toMatchObject({
      body: 'abc0123456789z',
      trailers: ['X-Sum', '1', 'X-Sum', '2'],
      complete: true,
    });
  });

  test.each([
    ['no size', '\r\nabc\r\n'],
    ['a size that is not hexadecimal', 'xyz\r\nabc\r\n'],
    ['a signed size', '-1\r\nabc\r\n'],
    ['a prefixed size', '0x3\r\nabc\r\n'],
    ['an enormous size', 'fffffffffffffff\r\nabc\r\n'],
    ['more data than said', '2\r\nabc\r\n0\r\n\r\n'],
    ['a bare line feed', '3\nabc\r\n'],
    ['a bare line feed in the extension', '3;a\nabc\r\n'],
    ['an endless extension', `3;${'a'.repeat(5000)}`],
    ['a bad trailer', '0\r\nnot a trailer\r\n\r\n'],
    ['endless trailers', `0\r\nX: ${'a'.repeat(MAX_HEAD_BYTES)}`],
  ])('in chunks with %s are an error', (_, chunks) => {
    const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`;
    expect(parse(text).error).toBeDefined();
    expect(parse(text, [50, 51, 52, 53, 54, 55]).error).toBeDefined();
  });

  test.each([
    ['a HEAD request', 'HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
    ['a HEAD request with chunks', 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['status 204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['status 304', 'GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
  ])('do not follow %s', (_, method, text) => {
    const parsed = parse(text, [], method);
    expect(parsed).toMatchObject({ body: '', rest: 0, complete: true });
    expect(parsed.head?.keepAlive).toBe(true);
  });
});

test('interim responses are skipped', () => {
  const text =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  expect(parse(text)).toMatchObject({ head: { status: 200 }, body: 'hi', complete: true });
});

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', true],
  ['HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n', false],
  ['HTTP/1.1 200 OK\r\nConnection: x-a, close\r\nContent-Length: 0\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', false],
  ['HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n', true],
])('%j offers the connection again: %s', (text, expected) => {
  expect(parse(text).head?.keepAlive).toBe(expected);
});

test('one parser reads response after response', () => {
  const parser = new ResponseParser();
  const statuses: number[] = [];
  for (const status of [200, 404, 500]) {
    const bytes = Buffer.from(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nok`);
    parser.begin('GET', { onHead: (head) => statuses.push(head.status), onBody() {}, onComplete() {} });
    expect(parser.started).toBe(false);
    expect(parser.execute(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(parser.done).toBe(true);
  }
  expect(statuses).toEqual([200, 404, 500]);
});

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const value = fc.stringMatching(/^[!-~\xa0-\xff]([ -~\t\xa0-\xff]{0,20}[!-~\xa0-\xff])?$/);
const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const fields = fc.array(
  fc.tuple(
    token.map((name) => `X-${name}`),
    value,
  ),
  { maxLength: 6 },
);

/** A well-formed response, as text and as what a parser should make of it. */
const response = fc
  .record({
    interim: fc.array(fc.constantFrom(100, 102, 103), { maxLength: 2 }),
    status: fc.constantFrom(200, 201, 204, 206, 304, 404, 500, 599),
    fields,
    trailers: fields,
    chunks: fc.array(bytes.filter((text) => text !== '')),
    framing: fc.constantFrom('length', 'chunked', 'close'),
  })
  .map(({ interim, status, fields, trailers, chunks, framing }) => {
    const lines = (pairs: string[][]) => pairs.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const empty = status === 204 || status === 304;
    const body = empty ? '' : chunks.join('');
    const chunked = framing === 'chunked' && !empty;
    const before = interim.map((code) => `HTTP/1.1 ${code} Wait\r\nX-A: b\r\n\r\n`).join('');
    const length = framing === 'length' ? `Content-Length: ${body.length}\r\n` : '';
    const coding = chunked ? 'Transfer-Encoding: chunked\r\n' : '';
    const encoded = chunked
      ? `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n${lines(trailers)}\r\n`
      : body;
    return {
      text: `${before}HTTP/1.1 ${status} Reason\r\n${lines(fields)}${length}${coding}\r\n${encoded}`,
      status,
      body,
      fields: fields.flat(),
      trailers: chunked ? trailers.flat() : [],
    };
  });

test('any response, cut anywhere, parses the same', () => {
  fc.assert(
    fc.property(response, fc.array(fc.nat(2000), { maxLength: 40 }), (expected, cuts) => {
      const parsed = parse(expected.text, cuts);
      expect(parsed.error).toBeUndefined();
      expect(parsed.complete).toBe(true);
      expect(parsed.rest).toBe(0);
      expect(parsed.head?.status).toBe(expected.status);
      expect(parsed.head?.headers.slice(0, expected.fields.length)).toEqual(expected.fields);
      expect(parsed.body).toBe(expected.body);
      expect(parsed.trailers).toEqual(expected.trailers);
    }),
    { numRuns: 500 },
  );
});

test('a response with one byte changed parses the same however it is cut, or fails with the typed error', () => {
  fc.assert(
    fc.property(
      response,
      fc.nat(),
      fc.nat(255),
      fc.array(fc.nat(2000), { maxLength: 40 }),
      (valid, at, byte, cuts) => {
        const place = at % valid.text.length;
        const text = valid.text.slice(0, place) + String.fromCharCode(byte) + valid.text.slice(place + 1);
        expect(parse(text, cuts)).toEqual(parse(text));
      },
    ),
    { numRuns: 500 },
  );
});

test('garbage never fails otherwise than with the typed error, however it is cut', () => {
  const garbage = fc.oneof(
    bytes,
    bytes.map((text) => `HTTP/1.1 200 OK\r\n${text}\r\n\r\n`),
    bytes.map((text) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${text}`),
  );
  fc.assert(
    fc.property(garbage, fc.array(fc.nat(200), { maxLength: 20 }), (text, cuts) => {
      expect(parse(text, cuts)).toEqual(parse(text));
    }),
    { numRuns: 1000 },
  );
});
