import { createHash, createHmac } from 'node:crypto';

/** What a query signature covers. */
export interface SignedRequest {
  method: string;
  /** As in the Host header. */
  host: string;
  /** Decoded, beginning with a slash. */
  path: string;
  /** Decoded; all but X-Amz-Signature. */
  query: readonly (readonly [name: string, value: string])[];
  /** As in X-Amz-Date: 20130524T000000Z. */
  date: string;
  region: string;
  secretAccessKey: string;
}

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The signature of a presigned S3 request, 64 lower-case hex digits. Signs the header `host` and no payload.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function signature(request: SignedRequest): string {
  const day = request.date.slice(0, 8);
  const canonicalRequest = [
    request.method,
    encodePath(request.path),
    canonicalQuery(request.query),
    `host:${request.host}\n`,
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const stringToSign = [
    ALGORITHM,
    request.date,
    credentialScope(day, request.region),
    createHash('sha256').update(canonicalRequest).digest('hex'),
  ].join('\n');
  const key = [day, request.region, 's3', 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${request.secretAccessKey}`,
  );
  return hmac(key, stringToSign).toString('hex');
}

/** What a signature is valid for; part of X-Amz-Credential. `day` is `20260131`. */
export function credentialScope(day: string, region: string): string {
  return `${day}/${region}/s3/aws4_request`;
}

/** A time as X-Amz-Date carries it, in whole seconds. */
export function amzDate(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Percent-encodes each byte that is not a letter, a digit or one of `-._~`. */
function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Encoded once and never normalized, as S3 alone among the services does it. */
export function encodePath(path: string): string {
  return path.split('/').map(uriEncode).join('/');
}

/** Sorted by encoded name, then value. */
export function canonicalQuery(query: SignedRequest['query']): string {
  return query
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
