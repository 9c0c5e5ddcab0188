import { createHash } from 'node:crypto';
import type { Milliseconds } from '../../clock/clock.ts';
import type { PackageReference } from '../../execution/function-host.ts';
import { KeyedMutex } from '../../platform/keyed-mutex.ts';
import { InvalidObjectName } from '../../storage/errors.ts';
import type { ObjectStore } from '../../storage/objects/object-store.ts';

/** Packages of functions and layers, by their content. Not a name that a user's own bucket could have: AWS's begin like this. */
export const PACKAGE_BUCKET = 'awslambda-tasks';
/** As long as AWS's links to a package are valid. */
const LINK_LIFETIME: Milliseconds = 600_000;

export interface StoredPackage {
  /** Lower-case hex. */
  sha256: string;
  size: number;
}

/** Whether something refers to a package. */
export type ReferencesPackage = (sha256: string) => boolean;

/**
 * Packages (zip files) in the object store, each content once. A package stays as long as a row refers to it, or
 * someone is about to write such a row.
 */
export class PackageStore {
  readonly #objects: ObjectStore;
  readonly #locks = new KeyedMutex();
  readonly #held = new Map<string, number>();
  readonly #references: ReferencesPackage[] = [];

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Adds a table whose rows refer to packages. */
  referencedBy(references: ReferencesPackage): void {
    this.#references.push(references);
  }

  /** Stores `bytes`, and keeps them at least until `write`, which is to write the row that refers to them, has settled. */
  async keep<T>(bytes: Uint8Array, write: (stored: StoredPackage) => T | Promise<T>): Promise<T> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1);
    try {
      await this.#locks.run(sha256, async () => {
        const there = await this.#objects.head(PACKAGE_BUCKET, sha256);
        if (!there) await this.#objects.put(PACKAGE_BUCKET, sha256, bytes, 'application/zip');
      });
      return await write({ sha256, size: bytes.length });
    } finally {
      const holders = this.#held.get(sha256)! - 1;
      if (holders > 0) this.#held.set(sha256, holders);
      else this.#held.delete(sha256);
      await this.release(sha256);
    }
  }

  /** Deletes a package to which nothing refers any more. To be called after a row that did is gone. */
  release(sha256: string): Promise<void> {
    return this.#locks.run(sha256, async () => {
      if (this.#held.has(sha256) || this.#references.some((refers) => refers(sha256))) return;
      await this.#objects.delete(PACKAGE_BUCKET, sha256);
    });
  }

  reference(sha256: string): PackageReference {
    return { bucket: PACKAGE_BUCKET, key: sha256, sha256 };
  }

  /** A URL that downloads the package, for ten minutes. */
  link(sha256: string): Promise<string> {
    return this.#objects.presignGet(PACKAGE_BUCKET, sha256, LINK_LIFETIME);
  }

  /** An object of a user's bucket; undefined when there is none. */
  async read(bucket: string, key: string): Promise<Buffer | undefined> {
    try {
      return await this.#objects.read(bucket, key);
    } catch (error) {
      if (error instanceof InvalidObjectName) return undefined;
      throw error;
    }
  }

  /** Whether a bucket of a user's has anything in it: without objects there is no bucket here. */
  async hasObjects(bucket: string): Promise<boolean> {
    try {
      return (await this.#objects.list(bucket, { limit: 1 })).objects.length > 0;
    } catch (error) {
      if (error instanceof InvalidObjectName) return false;
      throw error;
    }
  }
}
