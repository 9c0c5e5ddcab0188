import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { damaged, type Expectation } from './verified-body.ts';

/**
 * Passes on what comes over the network, and, like VerifiedBody, holds the last chunk back until the checksum of
 * the whole is known to be right.
 */
export class VerifiedStream extends Transform {
  readonly #expected: Expectation;
  readonly #hash = createHash('sha256');
  #size = 0;
  #held: Buffer | undefined;

  constructor(expected: Expectation) {
    super();
    this.#expected = expected;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    const previous = this.#held;
    this.#held = chunk;
    done(null, previous);
  }

  override _flush(done: TransformCallback): void {
    const { size, sha256, label } = this.#expected;
    if (this.#size !== size || this.#hash.digest('hex') !== sha256) done(damaged(label));
    else done(null, this.#held);
  }
}
