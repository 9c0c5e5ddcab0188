import { InvalidObjectName } from '../errors.ts';
import { s3Code } from './minio-errors.ts';
import { checkKey } from './names.ts';

/** Each part of a key between slashes is a folder's name on MinIO's disk. */
const LONGEST_PART = 255;
const REFUSALS = new Set([
  'XMinioInvalidObjectName',
  'XMinioInvalidResourceName',
  'XMinioParentIsObject',
  'XMinioObjectExistsAsDirectory',
  'KeyTooLongError',
  'InvalidURI',
]);

/**
 * MinIO keeps objects as files: it refuses some keys that S3 has, and takes `/a` for `a`. Beside an object `a` one
 * called `a/b` can be put and read, but is not listed.
 *
 * @throws InvalidObjectName
 */
export function checkMinioKey(key: string): void {
  checkKey(key);
  const parts = key.split('/');
  if (parts.slice(0, -1).includes('') || parts.includes('.') || parts.includes('..'))
    throw invalid(
      'MinIO has no keys with a slash at the beginning, two in a row, or "." or ".." between them',
    );
  if (parts.some((part) => Buffer.byteLength(part) > LONGEST_PART))
    throw invalid(`MinIO has no keys with more than ${LONGEST_PART} bytes between slashes`);
}

/** InvalidObjectName when MinIO refused the key, else `error` itself. */
export function refusedName(error: unknown, key: string): unknown {
  const code = s3Code(error);
  if (code === undefined || !REFUSALS.has(code)) return error;
  return invalid(`MinIO takes no key ${JSON.stringify(key)} (${code})`);
}

function invalid(message: string): InvalidObjectName {
  return new InvalidObjectName('key', message);
}
