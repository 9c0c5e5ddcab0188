import { createHash } from 'node:crypto';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import type { PackageReference } from '../../execution/function-host.ts';
import { KeyedMutex } from '../../platform/keyed-mutex.ts';
import { InvalidObjectName, ObjectStoreUnavailable } from '../../storage/errors.ts';
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

export interface PackageStoreOptions {
  objects: ObjectStore;
  clock: Clock;
  /** In front of our keys: daemons that share an object store must not delete each other's packages. */
  owner: string;
  onError(error: unknown): void;
}

/** An environment that is about to start from code that was just replaced can still read it. */
const GRACE: Milliseconds = 60_000;

/**
 * Packages (zip files) in the object store, each content once. A package stays as long as a row refers to it, or
 * someone is about to write such a row, and a minute longer.
 */
export class PackageStore implements Disposable {
  readonly #options: PackageStoreOptions;
  readonly #locks = new KeyedMutex();
  readonly #held = new Map<string, number>();
  readonly #references: ReferencesPackage[] = [];
  readonly #leaving = new Map<string, ClockTimer>();
  #stopped = false;

  constructor(options: PackageStoreOptions) {
    this.#options = options;
  }

  /** Adds a table whose rows refer to packages. */
  referencedBy(references: ReferencesPackage): void {
    this.#references.push(references);
  }

  /** Stores `bytes`, and keeps them at least until `write`, which is to write the row that refers to them, has settled. */
  async keep<T>(bytes: Uint8Array, write: (stored: StoredPackage) => T | Promise<T>): Promise<T> {
    const { objects } = this.#options;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.#held.set(sha256, (this.#held.get(sha256) ?? 0) + 1);
    try {
      await this.#locks.run(sha256, async () => {
        const key = this.#key(sha256);
        const there = await objects.head(PACKAGE_BUCKET, key);
        if (!there) await objects.put(PACKAGE_BUCKET, key, bytes, 'application/zip');
      });
      return await write({ sha256, size: bytes.length });
    } finally {
      const holders = this.#held.get(sha256)! - 1;
      if (holders > 0) this.#held.set(sha256, holders);
      else this.#held.delete(sha256);
      this.release(sha256);
    }
  }

  /** Has a package deleted, unless something refers to it. To be called after a row that did is gone. */
  release(sha256: string): void {
    if (this.#stopped || this.#isNeeded(sha256)) return;
    const { clock, onError } = this.#options;
    this.#leaving.get(sha256)?.cancel();
    const timer = clock.after(GRACE, () => {
      this.#leaving.delete(sha256);
      this.#delete(sha256).catch((error: unknown) => {
        // While the store is away it stays; the next daemon finds it.
        if (!(error instanceof ObjectStoreUnavailable)) onError(error);
      });
    });
    this.#leaving.set(sha256, timer);
  }

  /** Deletes what a daemon left that ended before it could. */
  async sweep(): Promise<void> {
    const prefix = this.#key('');
    if (this.#stopped) return;
    let after: string | undefined;
    do {
      const options = after === undefined ? { prefix } : { prefix, after };
      const page = await this.#options.objects.list(PACKAGE_BUCKET, options);
      for (const { key } of page.objects) await this.#delete(key.slice(prefix.length));
      after = page.next;
    } while (after !== undefined && !this.#stopped);
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    for (const timer of this.#leaving.values()) timer.cancel();
  }

  reference(sha256: string): PackageReference {
    return { bucket: PACKAGE_BUCKET, key: this.#key(sha256), sha256 };
  }

  /** A URL that downloads the package, for ten minutes. */
  link(sha256: string): Promise<string> {
    return this.#options.objects.presignGet(PACKAGE_BUCKET, this.#key(sha256), LINK_LIFETIME);
  }

  #key(sha256: string): string {
    return `${this.#options.owner}/${sha256}`;
  }

  #isNeeded(sha256: string): boolean {
    return this.#held.has(sha256) || this.#references.some((refers) => refers(sha256));
  }

  #delete(sha256: string): Promise<void> {
    return this.#locks.run(sha256, async () => {
      if (this.#stopped || this.#isNeeded(sha256)) return;
      await this.#options.objects.delete(PACKAGE_BUCKET, this.#key(sha256));
    });
  }

  /** An object of a user's bucket; undefined when there is none. */
  async read(bucket: string, key: string): Promise<Buffer | undefined> {
    try {
      return await this.#options.objects.read(bucket, key);
    } catch (error) {
      if (error instanceof InvalidObjectName) return undefined;
      throw error;
    }
  }

  /** Whether a bucket of a user's has anything in it: without objects there is no bucket here. */
  async hasObjects(bucket: string): Promise<boolean> {
    try {
      return (await this.#options.objects.list(bucket, { limit: 1 })).objects.length > 0;
    } catch (error) {
      if (error instanceof InvalidObjectName) return false;
      throw error;
    }
  }
}
