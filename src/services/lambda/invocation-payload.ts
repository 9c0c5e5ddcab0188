import { isUtf8 } from 'node:buffer';
import { InvalidRequestContentException } from '@aws-sdk/client-lambda';
import { WireError } from '../../aws/errors.ts';
import { jsonFault } from './json-fault.ts';

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
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (!isJson(bytes)) {
    throw invalidContent(
      `Could not parse request body into json: Could not parse payload into json: ${jsonFault(bytes)}`,
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

function isJson(bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
