import { InvalidObjectName } from '../errors.ts';

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const IP_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;
const LONGEST_KEY = 1024;

/**
 * The main rules of https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 *
 * @throws InvalidObjectName
 */
export function checkBucketName(bucket: string): void {
  if (!BUCKET.test(bucket) || bucket.includes('..') || IP_ADDRESS.test(bucket))
    throw new InvalidObjectName(
      'bucket',
      `bucket ${JSON.stringify(bucket)} must be 3 to 63 lower-case letters, digits, dots and hyphens, ` +
        'begin and end with a letter or digit, and not look like an IP address',
    );
}

/**
 * A key is 1 to 1,024 bytes of UTF-8. It is data, never part of a path, so dots and slashes mean nothing here.
 *
 * @throws InvalidObjectName
 */
export function checkKey(key: string): void {
  const bytes = Buffer.from(key);
  if (bytes.length === 0 || bytes.length > LONGEST_KEY)
    throw new InvalidObjectName(
      'key',
      `a key must have 1 to ${LONGEST_KEY} bytes, this one has ${bytes.length}`,
    );
  if (key.includes('\0')) throw new InvalidObjectName('key', 'a key must not contain the character NUL');
  // An unpaired surrogate has no UTF-8 form: it would come back as another key.
  if (bytes.toString() !== key) throw new InvalidObjectName('key', 'a key must be valid Unicode');
}
