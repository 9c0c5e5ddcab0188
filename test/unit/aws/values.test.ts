import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountOfAccessKey, newAccessKeyId } from '../../../src/aws/access-key.ts';
import { MalformedValue } from '../../../src/aws/errors.ts';
import { readBase64 } from '../../../src/aws/values/text.ts';
import { parseTimestamp } from '../../../src/aws/values/timestamps.ts';
import { element, escapeXml } from '../../../src/aws/values/xml.ts';
import { parseXml } from '../../../src/aws/values/xml-parser.ts';

describe('timestamps', () => {
  test.each([
    ['2026-01-31T10:20:30Z', '2026-01-31T10:20:30.000Z'],
    ['2026-01-31T10:20:30.123456789Z', '2026-01-31T10:20:30.123Z'],
    ['2026-01-31T10:20:30+02:00', '2026-01-31T08:20:30.000Z'],
    ['2026-01-31T10:20:30-0230', '2026-01-31T12:50:30.000Z'],
    ['2026-01-31T10:20', '2026-01-31T10:20:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(parseTimestamp(text, 'date-time')?.toISOString()).toBe(iso);
  });

  test.each(['', 'now', '2026', '2026-13-01', '2026-02-30T00:00:00Z', '2026-01-31T25:00:00Z', '1769854830'])(
    '%j is none',
    (text) => {
      expect(parseTimestamp(text, 'date-time')).toBeUndefined();
    },
  );

  test('seconds may have a fraction and an exponent, and must be a moment', () => {
    expect(parseTimestamp('1769854830.5', 'epoch-seconds')?.getTime()).toBe(1_769_854_830_500);
    expect(parseTimestamp('1.7698E9', 'epoch-seconds')?.getTime()).toBe(1_769_800_000_000);
    expect(parseTimestamp('1e300', 'epoch-seconds')).toBeUndefined();
    expect(parseTimestamp('0x10', 'epoch-seconds')).toBeUndefined();
  });
});

describe('XML', () => {
  test('any text comes back as it was', () => {
    const any = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(any, (text) => {
        expect(parseXml(element('a', escapeXml(text))).text).toBe(text);
      }),
    );
  });

  test('elements, attributes, CDATA, comments and entities are read', () => {
    const parsed = parseXml(
      `\ufeff<?xml version="1.0"?><!-- c --><a x='1&lt;2' y="b">t&#65;&#x1F600;<b/><![CDATA[<&]]><c>d</c></a>`,
    );
    expect(parsed.text).toBe('tA😀<&');
    expect(Object.fromEntries(parsed.attributes)).toEqual({ x: '1<2', y: 'b' });
    expect(parsed.children.map(({ name, text }) => [name, text])).toEqual([
      ['b', ''],
      ['c', 'd'],
    ]);
  });

  test.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a>&unknown;</a>',
    '<a>&amp</a>',
    '<a>&#x110000;</a>',
    '<a b=c/>',
    '<a b="<"/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<a><![CDATA[</a>',
    `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`,
  ])('%s is refused', (text) => {
    expect(() => parseXml(text)).toThrow(MalformedValue);
  });

  test('takes time that grows with its length only', () => {
    const started = performance.now();
    for (const hostile of [
      `<a ${'b '.repeat(500_000)}`,
      `<a${' '.repeat(1_000_000)}`,
      `<a b="${'&'.repeat(500_000)}"/>`,
      '<'.repeat(1_000_000),
      `<a ${'b="" '.repeat(200_000)}`,
    ]) {
      expect(() => parseXml(hostile)).toThrow(MalformedValue);
    }
    expect(performance.now() - started).toBeLessThan(30_000);
  });
});

test('base64 in both alphabets, and nothing else', () => {
  expect(Buffer.from(readBase64('aGk_')).toString('latin1')).toBe(
    Buffer.from('aGk/', 'base64').toString('latin1'),
  );
  expect(Buffer.from(readBase64('aGk')).toString()).toBe('hi');
  for (const text of ['a', 'aGk=!', 'ü', 'a=Gk']) expect(() => readBase64(text)).toThrow(MalformedValue);
});

test('an access key tells its account', () => {
  const accounts = fc
    .bigInt({ min: 0n, max: 999_999_999_999n })
    .map((number) => String(number).padStart(12, '0'));
  fc.assert(
    fc.property(accounts, (account) => {
      expect(accountOfAccessKey(newAccessKeyId('ASIA', account))).toBe(account);
    }),
  );
});
