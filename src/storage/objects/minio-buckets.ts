import type { Client } from 'minio';
import { NotMinio, s3Code } from './minio-errors.ts';

/**
 * Makes the buckets that are used. Versioning is turned off: code is replaced at every save, and nobody would ever
 * see the old versions, only their space. Where that is not allowed they pile up, and everything else works.
 */
export class MinioBuckets {
  readonly #client: Client;
  readonly #region: string;
  readonly #onNotice: (message: string) => void;
  readonly #ready = new Set<string>();
  readonly #told = new Set<string>();

  constructor(client: Client, region: string, onNotice: (message: string) => void) {
    this.#client = client;
    this.#region = region;
    this.#onNotice = onNotice;
  }

  /** Like `check`, once. */
  async ensure(bucket: string): Promise<void> {
    if (!this.#ready.has(bucket)) await this.check(bucket);
  }

  /** It turned out not to be there any more. */
  forget(bucket: string): void {
    this.#ready.delete(bucket);
  }

  /** Makes sure that the bucket is there and ours to use. Rejects with the client's errors. */
  async check(bucket: string): Promise<void> {
    // Of the questions about a bucket it is one whose answer has a body, and so tells why it was refused.
    const versioning = await this.#versioning(bucket);
    if (versioning === 'no such bucket') await this.#make(bucket);
    if (versioning === 'on') await this.#turnVersioningOff(bucket);
    this.#ready.add(bucket);
  }

  async #versioning(bucket: string): Promise<'on' | 'off' | 'unknown' | 'no such bucket'> {
    try {
      const answer: unknown = await this.#client.getBucketVersioning(bucket);
      if (answer === undefined) throw new NotMinio('no VersioningConfiguration in its answer');
      return (answer as { Status?: string }).Status === 'Enabled' ? 'on' : 'off';
    } catch (error) {
      const code = s3Code(error);
      if (code === 'NoSuchBucket') return 'no such bucket';
      if (code !== 'AccessDenied') throw error;
      // A user may be allowed to use a bucket and not to ask this.
      return (await this.#client.bucketExists(bucket)) ? 'unknown' : 'no such bucket';
    }
  }

  async #make(bucket: string): Promise<void> {
    try {
      await this.#client.makeBucket(bucket, this.#region);
    } catch (error) {
      if (s3Code(error) !== 'BucketAlreadyOwnedByYou') throw error;
    }
  }

  async #turnVersioningOff(bucket: string): Promise<void> {
    try {
      await this.#client.setBucketVersioning(bucket, { Status: 'Suspended' });
      this.#tell(bucket, `bucket ${bucket} kept old versions of code: versioning is turned off now`);
    } catch (error) {
      const code = s3Code(error);
      if (code === undefined) throw error;
      this.#tell(
        bucket,
        `bucket ${bucket} keeps old versions of code, which take space, and that can't be turned off (${code})`,
      );
    }
  }

  #tell(bucket: string, message: string): void {
    if (this.#told.has(bucket)) return;
    this.#told.add(bucket);
    this.#onNotice(message);
  }
}
