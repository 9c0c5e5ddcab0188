import { NumericValue } from '@smithy/core/serde';
import { MalformedValue } from '../errors.ts';
import type { Shape, TimestampFormat } from '../shapes/shape.ts';
import { formatOf, formatTimestamp, parseTimestamp } from './timestamps.ts';

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const SPECIAL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Reads a simple value from where everything is text: queries, headers, paths, XML. */
export function readText(shape: Shape, text: string, format: TimestampFormat): unknown {
  switch (shape.kind) {
    case 'string':
      return text;
    case 'boolean':
      return readBoolean(text);
    case 'number':
      return readNumber(text);
    case 'bigInteger':
      if (!INTEGER.test(text)) throw notA('BigInteger', text);
      return BigInt(text);
    case 'bigDecimal':
      if (!NUMBER.test(text)) throw notA('BigDecimal', text);
      return new NumericValue(text, 'bigDecimal');
    case 'blob':
      return readBase64(text);
    case 'timestamp': {
      const date = parseTimestamp(text.trim(), formatOf(shape, format));
      if (!date) throw notA('Timestamp', text);
      return date;
    }
    case 'document':
      return text;
    default:
      throw new MalformedValue('Unexpected value where a structure was expected');
  }
}

/** Writes a simple value to where everything is text. */
export function writeText(shape: Shape, value: unknown, format: TimestampFormat): string {
  if (value instanceof Date) return formatTimestamp(value, formatOf(shape, format));
  if (value instanceof NumericValue) return value.string;
  if (shape.kind === 'blob') {
    return (typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array)).toString(
      'base64',
    );
  }
  return String(value);
}

/** Base64 in either alphabet, padded or not; anything else is refused, where Node would skip it. */
export function readBase64(text: string): Uint8Array {
  const compact = text.replace(/\s+/g, '');
  if (!/^[\w+/-]*={0,2}$/.test(compact) || compact.replace(/=+$/, '').length % 4 === 1) {
    throw new MalformedValue('Invalid base64 encoding');
  }
  // In memory of its own: what comes from the pool shows neighbours to whoever looks at its `buffer`.
  return Uint8Array.from(Buffer.from(compact, 'base64'));
}

function readBoolean(text: string): boolean {
  const lower = text.trim().toLowerCase();
  if (lower !== 'true' && lower !== 'false') throw notA('Boolean', text);
  return lower === 'true';
}

function readNumber(text: string): number {
  const trimmed = text.trim();
  const special = SPECIAL_NUMBERS.get(trimmed);
  if (special !== undefined) return special;
  if (!NUMBER.test(trimmed)) throw notA('Number', text);
  return Number(trimmed);
}

function notA(type: string, text: string): MalformedValue {
  const shown = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return new MalformedValue(`${JSON.stringify(shown)} cannot be converted to ${type}`);
}
