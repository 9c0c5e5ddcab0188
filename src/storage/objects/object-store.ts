import type { Readable } from 'node:stream';
import type { Milliseconds } from '../../clock/clock.ts';

export interface ObjectInfo {
  bucket: string;
  key: string;
  size: number;
  /** Lower-case hex. */
  sha256: string;
  contentType: string;
  /** ISO 8601. */
  modified: string;
}

export interface StoredObject extends ObjectInfo {
  body: Readable;
}

export interface ObjectPage {
  objects: ObjectInfo[];
  /** Pass as `after` to go on; absent on the last page. */
  next?: string;
}

/** Keeps code and packages. Implementations: a directory of ours, MinIO. */
export interface ObjectStore extends AsyncDisposable {
  readonly name: 'embedded' | 'minio';
  /** Stores or replaces an object. It is there completely or not at all, also when the process is killed. */
  put(bucket: string, key: string, body: Uint8Array | Readable, contentType?: string): Promise<ObjectInfo>;
  /** The object, or undefined. Reading a damaged one fails with ObjectDamaged before its last byte is delivered. */
  get(bucket: string, key: string): Promise<StoredObject | undefined>;
  /** The whole content, checked; undefined when absent. */
  read(bucket: string, key: string): Promise<Buffer | undefined>;
  head(bucket: string, key: string): Promise<ObjectInfo | undefined>;
  /** True when there was one. */
  delete(bucket: string, key: string): Promise<boolean>;
  /** Keys in order of their UTF-8 bytes, as S3 lists them. */
  list(bucket: string, options?: { prefix?: string; after?: string; limit?: number }): Promise<ObjectPage>;
  /**
   * A URL that gives GET access to one object for `lifetime`, signed as S3 does (SigV4 query). `base` is the origin
   * under which the reader reaches the store, where that is another than ours: a container knows other host names.
   */
  presignGet(bucket: string, key: string, lifetime: Milliseconds, base?: string): Promise<string>;
  /** Removes what a killed daemon left half done. Call it once after start; everything else works meanwhile. */
  sweep(): Promise<unknown>;
}

/** The stored bytes are not the ones that were put. */
export class ObjectDamaged extends Error {
  override readonly name = 'ObjectDamaged';
}
