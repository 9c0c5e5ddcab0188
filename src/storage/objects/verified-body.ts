import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { ObjectDamaged } from './object-store.ts';

const CHUNK_SIZE = 64 * 1024;

export interface Expectation {
  size: number;
  sha256: string;
  /** How the object is called in the error. */
  label: string;
}

/** The error for an object whose bytes are not those that were put. */
export function damaged(label: string, cause?: unknown): ObjectDamaged {
  return new ObjectDamaged(`${label} is damaged: the stored bytes are not the ones that were put`, { cause });
}

/**
 * The content of an open file, checked while it is read. The last chunk is held back until the checksum of the whole
 * is known to be right, so nobody gets all of a damaged object. Owns the handle.
 */
export class VerifiedBody extends Readable {
  readonly #handle: FileHandle;
  readonly #expected: Expectation;
  readonly #hash = createHash('sha256');
  #position = 0;
  #held: Buffer | undefined;

  constructor(handle: FileHandle, expected: Expectation) {
    super({ highWaterMark: CHUNK_SIZE });
    this.#handle = handle;
    this.#expected = expected;
  }

  override _read(): void {
    this.#advance().catch((error: Error) => this.destroy(error));
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#handle.close().then(
      () => callback(error),
      (closing: Error) => callback(error ?? closing),
    );
  }

  /** Reads until there is a chunk to give away: two at the beginning, then one each time. */
  async #advance(): Promise<void> {
    while (!this.destroyed) {
      const { bytesRead, buffer } = await this.#handle.read(
        Buffer.allocUnsafe(CHUNK_SIZE),
        0,
        CHUNK_SIZE,
        this.#position,
      );
      if (bytesRead === 0) return this.#finish();
      const previous = this.#held;
      this.#held = buffer.subarray(0, bytesRead);
      this.#hash.update(this.#held);
      this.#position += bytesRead;
      if (this.#position > this.#expected.size) throw damaged(this.#expected.label);
      if (previous) return void this.push(previous);
    }
  }

  #finish(): void {
    const { size, sha256, label } = this.#expected;
    if (this.#position !== size || this.#hash.digest('hex') !== sha256) throw damaged(label);
    if (this.#held) this.push(this.#held);
    this.push(null);
  }
}
