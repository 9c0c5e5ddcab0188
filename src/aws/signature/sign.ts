import { createHash, createHmac } from 'node:crypto';

/** Key and scope of a day, with which texts are signed. */
export class Signer {
  readonly #key: Buffer;
  readonly #date: string;
  readonly #scope: string;

  /** `scope` is `20260131/eu-west-1/sts/aws4_request`, `date` as in X-Amz-Date. */
  constructor(secret: string, date: string, scope: string) {
    this.#date = date;
    this.#scope = scope;
    this.#key = scope.split('/').reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
  }

  /** The text that is signed in the end, of the hashes and signatures that it is about. */
  stringToSign(algorithm: string, ...lines: readonly string[]): string {
    return [algorithm, this.#date, this.#scope, ...lines].join('\n');
  }

  sign(text: string): string {
    return hmac(this.#key, text).toString('hex');
  }
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Each chunk's signature covers the one before, and the first one that of the request. */
export class ChunkSignatures {
  readonly #signer: Signer;
  #previous: string;

  constructor(signer: Signer, seed: string) {
    this.#signer = signer;
    this.#previous = seed;
  }

  /** Whether a chunk with this hash is signed so. Chunks have to come in their order. */
  isChunk(hash: string, signature: string): boolean {
    return this.#is('AWS4-HMAC-SHA256-PAYLOAD', [sha256(''), hash], signature);
  }

  /** `text` are the trailers, `name:value` with a line's end each. */
  isTrailer(text: string, signature: string): boolean {
    return this.#is('AWS4-HMAC-SHA256-TRAILER', [sha256(text)], signature);
  }

  #is(algorithm: string, lines: readonly string[], signature: string): boolean {
    const text = this.#signer.stringToSign(algorithm, this.#previous, ...lines);
    this.#previous = this.#signer.sign(text);
    return this.#previous === signature;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
