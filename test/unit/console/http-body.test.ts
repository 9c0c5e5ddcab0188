import { describe, expect, it } from 'vitest';
import { decode, fileName, hexRows, indented, kindOf } from '../../../src/console/app/http/body.ts';
import { jsonTokens } from '../../../src/console/app/http/json-tokens.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('what a body is', () => {
  it.each([
    ['application/json; charset=utf-8', '{}', 'json'],
    ['application/problem+json', '{}', 'json'],
    ['text/html', '<p>', 'html'],
    ['image/svg+xml', '<svg/>', 'image'],
    ['text/csv', 'a,b', 'text'],
    ['application/octet-stream', 'abc', 'binary'],
    ['', '{"a":1}', 'json'],
    ['', 'words', 'text'],
    ['', 'a\0b', 'binary'],
    ['text/plain', '', 'empty'],
  ])('%s with %j is %s', (contentType, text, kind) => {
    expect(kindOf(contentType, bytes(text))).toBe(kind);
  });

  it('is read in the character set it says, and in UTF-8 where that is unknown', () => {
    expect(decode(new Uint8Array([0xe9]), 'text/plain; charset=iso-8859-1')).toBe('é');
    expect(decode(bytes('é'), 'text/plain; charset=no-such')).toBe('é');
  });

  it('is shown as numbers and characters, 16 a row, where it is binary', () => {
    expect(hexRows(bytes('0123456789abcdef\nx'))).toEqual([
      { offset: '000000', hex: expect.stringMatching(/^30 31 .* 66$/), text: '0123456789abcdef' },
      { offset: '000010', hex: '0a 78', text: '·x' },
    ]);
    expect(hexRows(new Uint8Array(10_000))).toHaveLength(32);
  });

  it('has a name that fits when it is saved', () => {
    expect(fileName('response', 'application/json')).toBe('response.json');
    expect(fileName('response', 'image/png')).toBe('response.png');
    expect(fileName('response', '')).toBe('response.bin');
  });
});

describe('JSON in colours', () => {
  it('is the same text, whatever is in it', () => {
    const text = indented(
      JSON.stringify({ 'a "key":': ['x: "y"', -1.5e10, true, null, {}], b: '\\', '': '1: 2' }),
    )!;
    expect(
      jsonTokens(text)
        .map((token) => token.text)
        .join(''),
    ).toBe(text);
  });

  it('tells names from values', () => {
    const kinds = jsonTokens('{"a": "b", "c": -1, "d": [true, null]}')
      .filter(({ kind }) => kind !== 'plain')
      .map(({ kind, text }) => `${kind} ${text}`);
    expect(kinds).toEqual([
      'key "a"',
      'string "b"',
      'key "c"',
      'number -1',
      'key "d"',
      'word true',
      'word null',
    ]);
  });

  it('is not pretended where it is not all there', () => {
    expect(indented('{"a":')).toBeUndefined();
  });
});
