import { isUtf8 } from 'node:buffer';
import { InvalidRequestContentException } from '@aws-sdk/client-lambda';
import { WireError } from '../../aws/errors.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution */
const LARGEST_SYNC = 6_291_456;
const LARGEST_ASYNC = 1_048_576;

const EMPTY = Buffer.from('{}');

/**
 * The event of an invocation: what the request's body holds, which has to be JSON, or `{}` for an empty one.
 *
 * @throws WireError RequestEntityTooLargeException; InvalidRequestContentException
 */
export function readPayload(
  payload: Uint8Array | undefined,
  type: 'RequestResponse' | 'Event' | 'DryRun',
): Uint8Array {
  if (payload === undefined || payload.length === 0) return EMPTY;
  const limit = type === 'Event' ? LARGEST_ASYNC : LARGEST_SYNC;
  if (payload.length > limit) {
    const message =
      type === 'Event'
        ? `${payload.length} byte payload is too large for the Event invocation type (limit ${limit} bytes)`
        : `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
    throw new WireError('RequestEntityTooLargeException', 413, message);
  }
  const problem = problemOf(payload);
  if (problem !== undefined) {
    throw invalidContent(
      `Could not parse request body into json: Could not parse payload into json: ${problem}`,
    );
  }
  return payload;
}

/**
 * The client context, which comes in base64.
 *
 * @throws InvalidRequestContentException
 */
export function readClientContext(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const decoded = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
    const value: unknown = JSON.parse(decoded);
    if (typeof value === 'object' && value !== null) return decoded;
  } catch {
    // Told below.
  }
  throw invalidContent('Client context must be a valid Base64-encoded JSON object.');
}

function invalidContent(message: string): InvalidRequestContentException {
  return new InvalidRequestContentException({ message, Type: 'User', $metadata: {} });
}

/** What is wrong with a payload, in the words of Jackson, which AWS passes on. Undefined where nothing is. */
function problemOf(payload: Uint8Array): string | undefined {
  if (!isUtf8(payload)) return 'Invalid UTF-8 data';
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8');
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return describe(text);
  }
}

const WHITESPACE = /^[ \t\r\n]*/;
const LITERALS = ['true', 'false', 'null'];

/** Exact where the text does not begin as JSON does; else as near as is worth it. */
function describe(text: string): string {
  const start = WHITESPACE.exec(text)![0].length;
  const source =
    text.length > 500 ? `${text.slice(0, 500)}"[truncated ${text.length - 500} bytes]` : `${text}"`;
  const at = (offset: number) => {
    const lines = text.slice(0, offset).split('\n');
    return `\n at [Source: (byte[])"${source}; line: ${lines.length}, column: ${lines.at(-1)!.length + 1}]`;
  };
  if (start === text.length) return `No content to map due to end-of-input${at(start)}`;
  const token = /^[\p{L}\p{N}_$]+/u.exec(text.slice(start))?.[0];
  if (token !== undefined && !/^[0-9]/.test(token) && !LITERALS.includes(token)) {
    return `Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${at(start + token.length)}`;
  }
  const first = text.charAt(start);
  if (!/["{[\-0-9]/.test(first) && token === undefined) {
    return `Unexpected character (${shown(first)}): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${at(start + 1)}`;
  }
  const place = firstFault(text);
  if (place === text.length) return `Unexpected end-of-input${at(place)}`;
  return `Unexpected character (${shown(text.charAt(place))})${at(place + 1)}`;
}

function shown(character: string): string {
  return `'${character}' (code ${character.charCodeAt(0)})`;
}

/** Where V8 stopped reading. */
function firstFault(text: string): number {
  try {
    JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1];
    if (position !== undefined) return Number(position);
  }
  return text.length;
}
