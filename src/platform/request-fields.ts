import type { IncomingMessage } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import { codeTooLarge } from './function-rules.ts';
import { RequestError } from './functions.ts';
import { parseMultipart } from './multipart.ts';
import { readBody } from './request-body.ts';

export interface FieldOptions {
  clock: Clock;
  maxCodeBytes: number;
}

/** Every field that some call knows; others are dropped while reading. */
const KNOWN = new Set(['id', 'title', 'name', 'runtime', 'version', 'code', 'file']);
/** Titles, boundaries, headers of parts: all that is not code. */
const OTHER_BYTES = 64 * 1024;
/** JSON writes a two-byte character in six bytes when it is escaped, as many clients do. */
const JSON_GROWTH = 3;

/** The fields of a JSON or multipart/form-data body. Rejects with RequestError 400 or 413, or with ClientGone. */
export async function readFields(req: IncomingMessage, options: FieldOptions): Promise<object> {
  const contentType = req.headers['content-type'] ?? '';
  const [type = '', ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const multipart = type === 'multipart/form-data';
  if (!multipart && type !== 'application/json')
    throw new RequestError(400, 'content-type must be application/json or multipart/form-data');
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new RequestError(400, 'content-encoding is not supported: send the body as it is');

  const { clock, maxCodeBytes } = options;
  const body = await readBody(req, {
    maxBytes: maxCodeBytes * (multipart ? 1 : JSON_GROWTH) + OTHER_BYTES,
    tooLarge: codeTooLarge(maxCodeBytes),
    clock,
  });
  if (multipart) return parseMultipart(contentType, body, KNOWN);
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  if (charset && !/^charset="?utf-?8"?$/.test(charset))
    throw new RequestError(400, 'content-type: JSON is sent in UTF-8');
  return parseJson(body);
}

function parseJson(body: Buffer): object {
  const value = parse(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestError(400, 'the body must be a JSON object');
  return value;
}

function parse(body: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw new RequestError(400, 'the body is not valid UTF-8');
  }
  if (text.trim() === '') throw new RequestError(400, 'the body is empty');
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's message quotes what it stumbled over; the position is enough to find it.
    const position = /position \d+/.exec((error as Error).message)?.[0];
    throw new RequestError(400, `the body is not valid JSON${position ? ` (at ${position})` : ''}`);
  }
}
