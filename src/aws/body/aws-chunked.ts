import { createHash } from 'node:crypto';
import { WireError } from '../errors.ts';
import type { ChunkSignatures } from '../signature/sign.ts';
import { badDigest, checksumFor, type RunningChecksum } from './checksums.ts';

const LONGEST_LINE = 16 * 1024;
const MOST_TRAILERS = 32;
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

export interface ChunkedOptions {
  /** X-Amz-Decoded-Content-Length. */
  length: number | undefined;
  /** The names in X-Amz-Trailer, of which those that are checksums are checked. */
  trailers: readonly string[];
  /** Where the chunks are signed, and are to be verified. */
  signatures?: ChunkSignatures | undefined;
}

/**
 * Unpacks `aws-chunked`, in which SDKs upload streams: the size of each chunk in hex, perhaps its signature, its bytes;
 * behind the last one, of size 0, trailers such as the checksum of the whole.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @throws WireError IncompleteBody, BadDigest, SignatureDoesNotMatch
 */
export async function* unpackAwsChunked(
  source: AsyncIterable<Uint8Array>,
  { length, trailers, signatures }: ChunkedOptions,
): AsyncGenerator<Buffer> {
  const checksums = new Map<string, RunningChecksum>();
  for (const name of trailers) {
    const checksum = checksumFor(name);
    if (checksum) checksums.set(name.toLowerCase(), checksum);
  }
  const reader = new Reader(source);
  let total = 0;
  for (;;) {
    const line = await reader.line();
    const size = chunkSize(line);
    const hash = createHash('sha256');
    const verify = () => verifyChunk(signatures, line, hash.digest('hex'));
    if (size === 0) {
      verify();
      break;
    }
    for await (const part of reader.bytes(size)) {
      for (const checksum of checksums.values()) checksum.update(part);
      if (signatures) hash.update(part);
      total += part.length;
      yield part;
    }
    if ((await reader.line()) !== '') throw incomplete();
    verify();
  }
  if (length !== undefined && total !== length) throw incomplete();
  const found = await readTrailers(reader);
  if (trailers.length > 0) verifyTrailers(signatures, found);
  await checkTrailers(found, checksums);
}

function verifyChunk(signatures: ChunkSignatures | undefined, line: string, hash: string): void {
  const signature = /;chunk-signature=([\da-f]{64})/.exec(line)?.[1] ?? '';
  if (signatures && !signatures.isChunk(hash, signature)) throw mismatch();
}

function verifyTrailers(signatures: ChunkSignatures | undefined, found: ReadonlyMap<string, string>): void {
  if (!signatures) return;
  const signature = found.get(TRAILER_SIGNATURE) ?? '';
  const signed = [...found].filter(([name]) => name !== TRAILER_SIGNATURE);
  const text = signed.map(([name, value]) => `${name}:${value}\n`).join('');
  if (!signatures.isTrailer(text, signature)) throw mismatch();
}

function mismatch(): WireError {
  return new WireError(
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

function chunkSize(line: string): number {
  const hex = /^([\da-fA-F]{1,8})(?:;.*)?$/.exec(line)?.[1];
  if (hex === undefined) throw incomplete();
  return Number.parseInt(hex, 16);
}

/** Some clients end without the empty line. */
async function readTrailers(reader: Reader): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let count = 0; count < MOST_TRAILERS && !(await reader.atEnd()); count++) {
    const line = await reader.line();
    if (line === '') break;
    const colon = line.indexOf(':');
    if (colon > 0) found.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return found;
}

async function checkTrailers(
  found: ReadonlyMap<string, string>,
  checksums: ReadonlyMap<string, RunningChecksum>,
): Promise<void> {
  for (const [name, checksum] of checksums) {
    const said = found.get(name);
    if (said === undefined) throw incomplete();
    if (said !== (await checksum.digest())) throw badDigest(name);
  }
}

/** Lines and stretches of bytes from chunks that end anywhere. */
class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async atEnd(): Promise<boolean> {
    return this.#buffer.length === 0 && !(await this.#more());
  }

  /** Up to the line's end, which also the end of the body is. */
  async line(): Promise<string> {
    let from = 0;
    for (;;) {
      const end = this.#buffer.indexOf('\n', from);
      if (end !== -1) {
        const line = this.#buffer.toString('latin1', 0, end).replace(/\r$/, '');
        this.#buffer = this.#buffer.subarray(end + 1);
        return line;
      }
      from = this.#buffer.length;
      if (from > LONGEST_LINE) throw incomplete();
      if (!(await this.#more())) {
        if (from === 0) throw incomplete();
        const rest = this.#buffer.toString('latin1');
        this.#buffer = Buffer.alloc(0);
        return rest;
      }
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    let left = count;
    while (left > 0) {
      if (await this.atEnd()) throw incomplete();
      const part = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    this.#buffer = this.#buffer.length === 0 ? Buffer.from(value) : Buffer.concat([this.#buffer, value]);
    return true;
  }
}

function incomplete(): WireError {
  return new WireError(
    'IncompleteBody',
    400,
    'The request body terminated unexpectedly, or its chunks and trailers are not as its headers say',
  );
}
