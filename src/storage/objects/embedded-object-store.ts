import { Readable } from 'node:stream';
import { type Clock, isoDate, type Milliseconds } from '../../clock/clock.ts';
import { errorCode } from '../errors.ts';
import type { Database } from '../sqlite/database.ts';
import { ObjectIndex } from '../sqlite/object-index.ts';
import { BlobFolder, type SweepResult } from './blob-folder.ts';
import { checkBucketName, checkKey } from './names.ts';
import type { ObjectInfo, ObjectPage, ObjectStore, StoredObject } from './object-store.ts';
import { damaged, VerifiedBody } from './verified-body.ts';

export interface EmbeddedObjectStoreOptions {
  /** Absolute folder of the blobs; made when missing. */
  folder: string;
  /** Holds the index; stays open longer than the store. */
  database: Database;
  clock: Clock;
  /** Makes the URLs of `presignGet`. */
  presign: (bucket: string, key: string, lifetime: Milliseconds, base?: string) => string;
}

const DEFAULT_CONTENT_TYPE = 'application/octet-stream';
/** As S3's ListObjectsV2. */
const PAGE_SIZE = 1000;

/**
 * An object store in a folder: contents by their hash, and an index in the database. An object exists from the
 * moment its row does, and its content is on the disk before that.
 *
 * Every method rejects with InvalidObjectName for a bucket or key that can't be one; `put` and `delete` also with
 * StorageFull. A body that `get` returned must be read to its end or destroyed.
 */
export class EmbeddedObjectStore implements ObjectStore {
  readonly name = 'embedded';
  readonly #index: ObjectIndex;
  readonly #blobs: BlobFolder;
  readonly #clock: Clock;
  readonly #presign: EmbeddedObjectStoreOptions['presign'];
  readonly #closing = new AbortController();
  readonly #streams = new Set<Readable>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: EmbeddedObjectStoreOptions) {
    this.#index = new ObjectIndex(options.database);
    this.#blobs = new BlobFolder(options.folder, (sha256) => this.#index.references(sha256));
    this.#clock = options.clock;
    this.#presign = options.presign;
  }

  async put(
    bucket: string,
    key: string,
    body: Uint8Array | Readable,
    contentType = DEFAULT_CONTENT_TYPE,
  ): Promise<ObjectInfo> {
    checkNames(bucket, key);
    if (body instanceof Readable) this.#track(body);
    return this.#run(async () => {
      const blob = await this.#blobs.write(body);
      try {
        const previous = this.#index.get(bucket, key);
        const { sha256, size } = blob;
        const info = { bucket, key, size, sha256, contentType, modified: isoDate(this.#clock) };
        this.#index.put(info);
        if (previous) this.#blobs.collect(previous.sha256);
        return info;
      } finally {
        blob.release();
      }
    });
  }

  async get(bucket: string, key: string): Promise<StoredObject | undefined> {
    checkNames(bucket, key);
    return this.#run(async () => {
      const info = this.#index.get(bucket, key);
      if (!info) return undefined;
      const body = await this.#open(info);
      this.#track(body);
      return { ...info, body };
    });
  }

  async read(bucket: string, key: string): Promise<Buffer | undefined> {
    const object = await this.get(bucket, key);
    if (!object) return undefined;
    const chunks: Buffer[] = [];
    for await (const chunk of object.body) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    checkNames(bucket, key);
    return this.#run(async () => this.#index.get(bucket, key));
  }

  async delete(bucket: string, key: string): Promise<boolean> {
    checkNames(bucket, key);
    return this.#run(async () => {
      const sha256 = this.#index.delete(bucket, key);
      if (sha256 !== undefined) this.#blobs.collect(sha256);
      return sha256 !== undefined;
    });
  }

  async list(
    bucket: string,
    { prefix = '', after = '', limit = PAGE_SIZE }: { prefix?: string; after?: string; limit?: number } = {},
  ): Promise<ObjectPage> {
    checkBucketName(bucket);
    return this.#run(async () => {
      if (limit < 1) return { objects: [] };
      const objects = this.#index.list(bucket, prefix, after, limit + 1);
      if (objects.length <= limit) return { objects };
      objects.pop();
      return { objects, next: objects[limit - 1]!.key };
    });
  }

  /**
   * A lifetime is 1 second to 7 days. Most clients shorten `.` and `..` between slashes before they send a URL, so
   * keys with those can be signed but hardly fetched, as on S3.
   */
  async presignGet(bucket: string, key: string, lifetime: Milliseconds, base?: string): Promise<string> {
    checkNames(bucket, key);
    return this.#presign(bucket, key, lifetime, base);
  }

  /** Removes what a killed daemon left behind. Call it once after start; everything else works meanwhile. */
  sweep(): Promise<SweepResult> {
    return this.#run(() => this.#blobs.sweep(this.#closing.signal));
  }

  /** Breaks off what is under way, and resolves when nothing touches the folder or the database any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the object store is closing'));
    for (const stream of this.#streams) stream.destroy();
    await Promise.allSettled(this.#running);
  }

  async #open(info: ObjectInfo): Promise<VerifiedBody> {
    const label = `object ${info.bucket}/${info.key}`;
    const release = this.#blobs.pin(info.sha256);
    try {
      const handle = await this.#blobs.open(info.sha256);
      const { size } = await handle.stat();
      if (size === info.size) return new VerifiedBody(handle, { size, sha256: info.sha256, label });
      await handle.close();
      throw damaged(label);
    } catch (error) {
      throw errorCode(error) === 'ENOENT' ? damaged(label, error) : error;
    } finally {
      release();
    }
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    this.#closing.signal.throwIfAborted();
    const running = work();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Whoever reads the stream learns of an error when reading; one that comes before must not end the process. */
  #track(stream: Readable): void {
    stream.on('error', () => {});
    if (this.#closing.signal.aborted) stream.destroy();
    if (stream.closed) return;
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }
}

function checkNames(bucket: string, key: string): void {
  checkBucketName(bucket);
  checkKey(key);
}
