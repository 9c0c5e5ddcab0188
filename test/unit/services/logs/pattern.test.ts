import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PatternError } from '../../../../src/services/logs/pattern/error.ts';
import { parseFilterPattern } from '../../../../src/services/logs/pattern/pattern.ts';

function matches(pattern: string, message: string): boolean {
  return parseFilterPattern(pattern).matches(message);
}

describe('terms', () => {
  const LINES = [
    '[ERROR 400] BAD REQUEST',
    '[ERROR 401] UNAUTHORIZED REQUEST',
    '[ERROR 419] MISSING ARGUMENTS',
    '[ERROR 420] INVALID ARGUMENTS',
    '[WARN] 500 INTERNAL SERVER ERROR',
  ];
  const found = (pattern: string) => LINES.flatMap((line, index) => (matches(pattern, line) ? [index] : []));

  test.each([
    ['', [0, 1, 2, 3, 4]],
    ['  ', [0, 1, 2, 3, 4]],
    ['ERROR', [0, 1, 2, 3, 4]],
    ['error', []],
    ['ERROR ARGUMENTS', [2, 3]],
    ['?ERROR ?ARGUMENTS', [0, 1, 2, 3, 4]],
    ['?INVALID ?BAD', [0, 3]],
    ['ERROR -ARGUMENTS', [0, 1, 4]],
    ['-ARGUMENTS', [0, 1, 4]],
    ['"INTERNAL SERVER ERROR"', [4]],
    ['"[ERROR 4"', [0, 1, 2, 3]],
    ['-"BAD REQUEST" REQUEST', [1]],
    ['?"BAD REQUEST" ?WARN', [0, 4]],
    ['%4[01]\\d%', [0, 1, 2]],
    ['%ERROR 4.0%', [0, 3]],
    ['%^\\[WARN%', [4]],
    ['ERROR -%4\\d\\d%', [4]],
    // alternatives have no effect beside terms that have to be there
    ['?WARN REQUEST', [0, 1]],
  ] as const)('%s', (pattern, lines) => {
    expect(found(pattern)).toEqual(lines);
  });

  test('quotation marks and backslashes are escaped', () => {
    expect(matches('"say \\"hi\\""', 'they say "hi" there')).toBe(true);
    expect(matches('"C:\\\\temp"', 'in C:\\temp')).toBe(true);
  });

  test.each([
    ['a:b', "Invalid character(s) in term ':'"],
    ['(text', "Invalid character(s) in term '('"],
    ['x*', "Invalid character(s) in term '*'"],
    ['"open', 'Invalid filter pattern'],
    ['%open', 'Invalid filter pattern'],
    ['%(a)%', 'Invalid filter pattern'],
    ['%[a%', 'Invalid filter pattern'],
    ['? ', 'Invalid filter pattern'],
  ])('%s is refused', (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});

describe('JSON', () => {
  const EVENT = JSON.stringify({
    eventType: 'UpdateTrail',
    sourceIPAddress: '111.111.111.111',
    arrayKey: ['value', 'another value'],
    objectList: [
      { name: 'a', id: 1 },
      { name: 'b', id: 2 },
    ],
    SomeObject: null,
    cluster: { name: 'c', 'detail-type': 'x' },
    actions: [5.5, 3],
    bool: true,
    no: false,
    errorCode: 400,
    latency: 1.5e3,
    text: '200',
  });

  test.each([
    ['{ $.eventType = "UpdateTrail" }', true],
    ['{$.eventType=UpdateTrail}', true],
    ['{ $.eventType = "Update*" }', true],
    ['{ $.eventType = *Trail }', true],
    ['{ $.eventType != "UpdateTrail" }', false],
    ['{ $.eventType != "Other" }', true],
    ['{ $.missing != "Other" }', false],
    ['{ $.sourceIPAddress = 111.111.* }', true],
    ['{ $.sourceIPAddress != 123.123.* }', true],
    ['{ $.arrayKey[0] = "value" }', true],
    ['{ $.arrayKey[1] = "value" }', false],
    ['{ $.arrayKey[*] = "another*" }', true],
    ['{ $.objectList[1].id = 2 }', true],
    ['{ $.objectList[2].id = 2 }', false],
    ['{ $.cluster.name = "c" }', true],
    ['{ $.cluster.detail-type = "x" }', true],
    ["{ $.cluster['detail-type'] = x }", true],
    ['{ $.SomeObject IS NULL }', true],
    ['{ $.eventType IS NULL }', false],
    ['{ $.missing IS NULL }', false],
    ['{ $.SomeOtherObject NOT EXISTS }', true],
    ['{ $.SomeObject NOT EXISTS }', false],
    ['{ $.SomeObject EXISTS }', true],
    ['{ $.bool IS TRUE }', true],
    ['{ $.no IS FALSE }', true],
    ['{ $.no IS TRUE }', false],
    ['{ $.errorCode = 400 }', true],
    ['{ $.errorCode = 4* }', true],
    ['{ $.errorCode > 399 && $.errorCode < 4e2 }', false],
    ['{ $.errorCode >= 4e2 }', true],
    ['{ $.latency <= 1500 }', true],
    ['{ $.text = 200 }', true],
    ['{ $.text > 199 }', true],
    ['{ $.eventType > 1 }', false],
    ['{ ($.errorCode = 400 || $.errorCode = 500) && $.bool IS TRUE }', true],
    ['{ $.errorCode = 500 || $.errorCode = 400 && $.no IS TRUE }', false],
    ['{ $.eventType = %Trail$% }', true],
    ['{ $.eventType = %^trail% }', false],
    ['{ $.cluster = * }', false],
    ['{ $.actions[0] = 5.5 }', true],
  ])('%s: %s', (pattern, expected) => {
    expect(matches(pattern, EVENT)).toBe(expected);
  });

  test('other messages match no such pattern', () => {
    for (const message of ['', 'text', '{"open": ', '5', '"text"']) {
      expect(matches('{ $.a NOT EXISTS }', message)).toBe(false);
    }
  });

  test.each([
    '{ $.a = }',
    '{ $.a }',
    '{ a = 1 }',
    '{ $.a = 1',
    '{ $.a = 1 && }',
    '{ ($.a = 1 }',
    '{ $.a IS MAYBE }',
    '{ $ = 1 }',
    '{}',
    `{ ${'('.repeat(100)}$.a = 1${')'.repeat(100)} }`,
  ])('%s is refused', (pattern) => {
    expect(() => parseFilterPattern(pattern)).toThrow('Invalid filter pattern');
  });

  test('names in quotation marks behind a dot are refused as on AWS', () => {
    expect(() => parseFilterPattern('{ $."detail-type" = 1 }')).toThrow(
      "Invalid character(s) in term '$.\"'",
    );
  });

  test('what is tested is what is taken out', () => {
    const pattern = parseFilterPattern('{ $.errorCode = 400 && $.cluster.name = * }');
    expect(pattern.extract(EVENT)).toEqual({ '$.errorCode': '400', '$.cluster.name': 'c' });
    expect(pattern.extract('{}')).toBeUndefined();
  });
});

describe('fields between spaces', () => {
  const LINE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  test.each([
    ['[]', true],
    ['[ip, user, username, timestamp, request, status_code, bytes]', true],
    ['[ip, user, username, timestamp, request, status_code, bytes, more]', false],
    ['[ip, user]', false],
    ['[ip, user, username, timestamp, request, status_code=404, bytes]', true],
    ['[ip, user, username, timestamp, request = *html*, status_code = 4*, bytes]', true],
    ['[ip, user, username, timestamp, request = *html*, status_code = 5*, bytes]', false],
    ['[..., request = *html*, status_code = 4*, bytes > 1000]', true],
    ['[ip=127.0.0.1, ..., bytes]', true],
    ['[ip!=127.0.0.1, ..., bytes]', false],
    ['[..., status_code, bytes < 1000]', false],
    ['[ip, user, username = frank || username = joe, ...]', true],
    ['[ip, user, (username = frank || username = joe), ...]', true],
    ['[..., status_code = 404 && status_code != 400, bytes]', true],
    ['[..., request = "GET /index.html HTTP/1.0", status_code, bytes]', true],
    ['[ip = %127\\.0\\.0\\.\\d+%, ...]', true],
    ['[ip = %\\d,\\d%, ...]', false],
    ['[..., status_code = 4* , bytes]', true],
    ['[w1, , w3, ...]', true],
  ])('%s: %s', (pattern, expected) => {
    expect(matches(pattern, LINE)).toBe(expected);
  });

  test('values are taken out by name, or by number where there is none', () => {
    expect(parseFilterPattern('[]').extract(LINE)).toEqual({
      $1: '127.0.0.1',
      $2: 'Prod',
      $3: 'frank',
      $4: '10/Oct/2000:13:25:15 -0700',
      $5: 'GET /index.html HTTP/1.0',
      $6: '404',
      $7: '1534',
    });
    expect(parseFilterPattern('[ip, ..., size]').extract(LINE)).toMatchObject({
      $ip: '127.0.0.1',
      $3: 'frank',
      $size: '1534',
    });
  });

  test.each(['[a', '[a, ..., b, ...]', '[a = ]', '[= 1]', '[a = 1 && ]', '[a = "x]'])(
    '%s is refused',
    (pattern) => {
      expect(() => parseFilterPattern(pattern)).toThrow(PatternError);
    },
  );
});

describe('patterns that could take for ever', () => {
  const long = 'abc'.repeat(80_000);

  test.each([
    ['%.*a.*b.*c.*d%', long, false],
    ['%.*a.*b.*c.*d%', `${long}d`, true],
    ['%a*b%', 'a'.repeat(200_000), false],
    ['%a{2,20}a{2,20}a{2,20}a{2,20}b$%', 'a'.repeat(200_000), false],
    ['%(a+)+b%', 'a'.repeat(200_000), undefined],
    ['{ $.text = "*a*b*c*d*" }', JSON.stringify({ text: long }), false],
    ['{ $.text = "*a*b*c*c" }', JSON.stringify({ text: long }), true],
    ['[a=*b*c*d, ...]', long, false],
  ])('%s do not: %#', (pattern, message, expected) => {
    if (expected === undefined) expect(() => parseFilterPattern(pattern)).toThrow();
    else expect(matches(pattern, message)).toBe(expected);
  });

  test('give what JavaScript’s own expressions give', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '\\x61', '\\.', '[]a]');
    const count = fc.constantFrom('', '', '*', '+', '?', '*?', '{2}', '{1,3}', '{2,}');
    const part = fc.tuple(atom, count).map(([one, many]) => one + many);
    const alternative = fc
      .tuple(
        fc.constantFrom('', '^'),
        fc.array(part, { minLength: 1, maxLength: 6 }),
        fc.constantFrom('', '$'),
      )
      .map(([start, parts, end]) => start + parts.join('') + end);
    const source = fc.array(alternative, { minLength: 1, maxLength: 3 }).map((all) => all.join('|'));
    // With three more choices any text of this length is walked through.
    const text = fc.array(fc.constantFrom('a', 'b', '1', '.', '\n'), { minLength: 32, maxLength: 60 });
    fc.assert(
      fc.property(source, text, (regex, chars) => {
        const message = chars.join('');
        expect(matches(`%${regex}|x*y*z*x%`, message)).toBe(new RegExp(regex).test(message));
      }),
      { numRuns: 500 },
    );
  });
});
