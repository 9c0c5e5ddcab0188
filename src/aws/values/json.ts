import { MalformedValue } from '../errors.ts';
import type { Shape } from '../shapes/shape.ts';
import { readBase64 } from './text.ts';
import { formatOf, formatTimestamp, fromSeconds, parseTimestamp } from './timestamps.ts';
import type { TreeFormat } from './tree.ts';

/** @throws MalformedValue without the parser's words, which quote the request. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    throw new MalformedValue('The request body is not valid JSON');
  }
}

/** `useJsonName`: REST-JSON renames members by the trait `jsonName`, JSON 1.0 and 1.1 do not. */
export function jsonFormat(useJsonName: boolean): TreeFormat {
  return {
    nameOf: ({ name, shape }) => (useJsonName ? (shape.traits.jsonName ?? name) : name),
    readBlob: (value) => (typeof value === 'string' ? readBase64(value) : undefined),
    writeBlob: (bytes) => Buffer.from(bytes).toString('base64'),
    readTimestamp: readJsonTimestamp,
    writeTimestamp: (shape, date) => {
      const format = formatOf(shape, 'epoch-seconds');
      return format === 'epoch-seconds' ? date.getTime() / 1000 : formatTimestamp(date, format);
    },
    writeNumber: (value) => (Number.isFinite(value) ? value : String(value)),
  };
}

/** Like AWS's servers: a number is seconds wherever it stands, and text is also taken as ISO 8601. */
function readJsonTimestamp(shape: Shape, value: unknown): Date | undefined {
  if (typeof value === 'number') return fromSeconds(value);
  if (typeof value !== 'string') return undefined;
  return parseTimestamp(value, formatOf(shape, 'epoch-seconds')) ?? parseTimestamp(value, 'date-time');
}
