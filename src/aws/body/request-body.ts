import type { IncomingHttpHeaders } from 'node:http';
import { Readable, Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { WireError } from '../errors.ts';
import type { ChunkSignatures } from '../signature/sign.ts';
import { type BodyLimit, tooLarge } from './collect.ts';

type Unpack = (source: Readable) => Readable;

/**
 * The body as the operation is to see it: out of `aws-chunked` with its trailers checked, decompressed, compared with the
 * checksums in the headers, and no longer than `limit`, however little of it was sent.
 *
 * @throws WireError for a coding that we don't know
 */
export async function openBody(
  source: Readable,
  headers: IncomingHttpHeaders,
  limit: BodyLimit,
  signatures?: ChunkSignatures,
): Promise<Readable> {
  const steps = await unpackSteps(headers, signatures);
  if (steps.length === 0) return source;
  let body = source;
  for (const step of steps) body = chain(body, step(body));
  return chain(body, body.pipe(atMost(limit)));
}

/** Whether the body has to be changed before it can be read. */
async function unpackSteps(
  headers: IncomingHttpHeaders,
  signatures: ChunkSignatures | undefined,
): Promise<Unpack[]> {
  const codings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity');
  const streaming = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const steps: Unpack[] = [];
  if (streaming || codings.includes('aws-chunked')) steps.push(await awsChunked(headers, signatures));
  for (const coding of codings.reverse()) {
    if (coding === 'gzip' || coding === 'x-gzip') steps.push((body) => body.pipe(createGunzip()));
    else if (coding === 'deflate') steps.push((body) => body.pipe(createInflate()));
    else if (coding !== 'aws-chunked') {
      throw new WireError('UnsupportedMediaType', 415, `Content-Encoding ${coding} is not supported`);
    }
  }
  return steps;
}

async function awsChunked(
  headers: IncomingHttpHeaders,
  signatures: ChunkSignatures | undefined,
): Promise<Unpack> {
  const { unpackAwsChunked } = await import('./aws-chunked.ts');
  const length = headers['x-amz-decoded-content-length'];
  const trailers = String(headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const options = { length: length === undefined ? undefined : Number(length), trailers, signatures };
  return (body) => Readable.from(unpackAwsChunked(body, options), { objectMode: false });
}

/** What goes wrong in front is told behind; what ends behind ends also in front. */
function chain(from: Readable, to: Readable): Readable {
  from.once('error', (error) => to.destroy(asBodyError(error)));
  to.once('error', () => {
    if (!from.destroyed) from.unpipe();
  });
  return to;
}

/** zlib's words for what is no gzip. */
function asBodyError(error: Error): Error {
  if (error instanceof WireError || !('code' in error) || !String(error.code).startsWith('Z_')) return error;
  return new WireError('SerializationException', 400, 'The request body could not be decompressed');
}

function atMost(limit: BodyLimit): Transform {
  let size = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      size += chunk.length;
      done(size > limit.bytes ? tooLarge(limit) : null, chunk);
    },
  });
}
