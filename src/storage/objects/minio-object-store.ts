import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import type { Client } from 'minio';
import { type Clock, isoDate, type Milliseconds } from '../../clock/clock.ts';
import type { Condition } from './availability.ts';
import { MinioConnection, type MinioConnectionOptions } from './minio-connection.ts';
import { isMissing, s3Code } from './minio-errors.ts';
import { listQuery, parseList } from './minio-list.ts';
import { type Described, describeHeaders, describeListed, metadataOf } from './minio-metadata.ts';
import { checkMinioKey, refusedName } from './minio-names.ts';
import { checkBucketName } from './names.ts';
import type { ObjectInfo, ObjectPage, ObjectStore, StoredObject } from './object-store.ts';
import { Presigner } from './presign.ts';
import { VerifiedStream } from './verified-stream.ts';

export interface MinioObjectStoreOptions extends MinioConnectionOptions {
  /** What is put is dated by it. */
  clock: Clock;
  /**
   * Marks what is put. `list` names only what bears the mark: several daemons may share a MinIO, and what one finds
   * to be nobody's, and removes, must not be another's.
   */
  owner: string;
}

const DEFAULT_CONTENT_TYPE = 'application/octet-stream';
/** The most that MinIO lists at once. */
const PAGE_SIZE = 1000;

/**
 * An object store in MinIO. Contents are sent in one request with their SHA-256 beside them, so an object is there
 * completely or not at all, and what is read is checked.
 *
 * Every method rejects with ObjectStoreUnavailable while MinIO is away, and with InvalidObjectName for what can't be
 * a name there (`checkMinioKey`); `put` also with StorageFull. A body that `get` returned must be read to its end or
 * destroyed.
 */
export class MinioObjectStore implements ObjectStore {
  readonly name = 'minio';
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #connection: MinioConnection;
  readonly #presigner: Presigner;
  readonly #streams = new Set<Readable>();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: MinioObjectStoreOptions) {
    const { endpoint, accessKey, secretKey, region, engineClock } = options;
    this.#clock = options.clock;
    this.#owner = options.owner;
    this.#connection = new MinioConnection(options);
    this.#presigner = new Presigner({
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      region,
      // MinIO looks at its own clock, which is no faster than the wall.
      clock: engineClock,
      baseUrl: () => endpoint,
    });
  }

  /** Whether it is there, as last seen. */
  get condition(): Condition {
    return this.#connection.condition;
  }

  /** Asks once whether MinIO is there and lets us use it; makes the bucket. */
  check(): Promise<void> {
    return this.#run(() => this.#connection.check());
  }

  async put(
    bucket: string,
    key: string,
    body: Uint8Array | Readable,
    contentType = DEFAULT_CONTENT_TYPE,
  ): Promise<ObjectInfo> {
    checkBucketName(bucket);
    checkMinioKey(key);
    if (body instanceof Readable) this.#track(body);
    return this.#run(async () => {
      const content = await collect(body);
      const sha256 = createHash('sha256').update(content).digest('hex');
      const info = {
        bucket,
        key,
        size: content.length,
        sha256,
        contentType,
        modified: isoDate(this.#clock),
      };
      await this.#upload(info, content);
      return info;
    });
  }

  async get(bucket: string, key: string): Promise<StoredObject | undefined> {
    checkBucketName(bucket);
    checkMinioKey(key);
    return this.#run(() => this.#open(bucket, key));
  }

  async read(bucket: string, key: string): Promise<Buffer | undefined> {
    checkBucketName(bucket);
    checkMinioKey(key);
    // The connection may be lost in the midst, so the reading is repeated as well.
    return this.#run(() =>
      this.#found({ bucket, key }, async (client) => buffer((await this.#fetch(client, bucket, key)).body)),
    );
  }

  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    checkBucketName(bucket);
    checkMinioKey(key);
    return this.#run(async () => {
      const described = await this.#found({ bucket, key }, async (client) => {
        const { size, lastModified, metaData } = await client.statObject(bucket, key);
        return describeListed({ key, size, lastModified: lastModified.toISOString(), metadata: metaData });
      });
      return described && this.#complete(bucket, described);
    });
  }

  async delete(bucket: string, key: string): Promise<boolean> {
    checkBucketName(bucket);
    checkMinioKey(key);
    return this.#run(async () => {
      // Removing what is not there succeeds, too.
      const there = await this.#found({ bucket, key }, async (client) => {
        await client.statObject(bucket, key);
        return true;
      });
      if (there) await this.#found({ bucket, key }, (client) => client.removeObject(bucket, key));
      return there === true;
    });
  }

  async list(
    bucket: string,
    { prefix = '', after = '', limit = PAGE_SIZE }: { prefix?: string; after?: string; limit?: number } = {},
  ): Promise<ObjectPage> {
    checkBucketName(bucket);
    return this.#run(async () => {
      if (limit < 1) return { objects: [] };
      const found: Described[] = [];
      for (let marker = after, more = true; more && found.length <= limit; ) {
        const page = await this.#page(bucket, prefix, marker, Math.min(limit + 1, PAGE_SIZE));
        found.push(...page.objects.map(describeListed).filter(({ owner }) => owner === this.#owner));
        marker = page.objects.at(-1)?.key ?? marker;
        more = page.truncated;
      }
      const objects = await Promise.all(found.slice(0, limit).map((each) => this.#complete(bucket, each)));
      const present = objects.filter((object) => object !== undefined);
      return found.length > limit ? { objects: present, next: found[limit - 1]!.key } : { objects: present };
    });
  }

  /** Signed with MinIO's own key, so that MinIO itself serves it, by the host name in `base` or in the endpoint. */
  async presignGet(bucket: string, key: string, lifetime: Milliseconds, base?: string): Promise<string> {
    checkBucketName(bucket);
    checkMinioKey(key);
    return this.#presigner.signGet(bucket, key, lifetime, base);
  }

  /** Nothing is left half done: an object arrives in one request. */
  async sweep(): Promise<void> {}

  /** Breaks off what is under way, and resolves when no connection is open any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection[Symbol.dispose]();
    for (const stream of this.#streams) stream.destroy();
    await Promise.allSettled(this.#running);
  }

  async #upload(info: ObjectInfo, content: Buffer): Promise<void> {
    const { bucket, key } = info;
    const { buckets } = this.#connection;
    const metadata = metadataOf(info, this.#owner);
    const put = () =>
      this.#connection.call({ bucket, writes: true }, async (client) => {
        await buckets.ensure(bucket);
        await client.putObject(bucket, key, content, content.length, metadata);
      });
    try {
      await put().catch((error: unknown) => {
        if (s3Code(error) !== 'NoSuchBucket') throw error;
        buckets.forget(bucket); // somebody removed it under our feet
        return put();
      });
    } catch (error) {
      throw refusedName(error, key);
    }
  }

  #open(bucket: string, key: string): Promise<StoredObject | undefined> {
    return this.#found({ bucket, key }, (client) => this.#fetch(client, bucket, key));
  }

  async #fetch(client: Client, bucket: string, key: string): Promise<StoredObject> {
    const response = (await client.getObject(bucket, key)) as IncomingMessage;
    const described = describeHeaders(key, response.headers);
    const { sha256, size } = described;
    if (sha256 === undefined) {
      // Put there by somebody else: there is nothing to check it by, so it is read first.
      const content = await buffer(response);
      const info = toInfo(bucket, described, createHash('sha256').update(content).digest('hex'));
      return { ...info, body: Readable.from(content, { objectMode: false }) };
    }
    const body = new VerifiedStream({ size, sha256, label: `object ${bucket}/${key}` });
    this.#track(body);
    response.once('error', (error) => body.destroy(this.#connection.translate(error) as Error));
    body.once('close', () => response.destroy());
    response.pipe(body);
    return { ...toInfo(bucket, described, sha256), body };
  }

  /** What is known only by reading it is known then. */
  async #complete(bucket: string, described: Described): Promise<ObjectInfo | undefined> {
    if (described.sha256 !== undefined) return toInfo(bucket, described, described.sha256);
    const object = await this.#open(bucket, described.key);
    if (!object) return undefined;
    const { body, ...info } = object;
    body.destroy();
    return info;
  }

  async #page(bucket: string, prefix: string, after: string, limit: number) {
    const query = listQuery(prefix, after, limit);
    try {
      return await this.#connection.call({ bucket }, async (client) =>
        parseList(await text(await client.makeRequestAsync({ method: 'GET', bucketName: bucket, query }))),
      );
    } catch (error) {
      if (isMissing(error)) return { objects: [], truncated: false };
      throw error;
    }
  }

  /** The outcome of a call; undefined when there is no such object. */
  async #found<T>(
    { bucket, key }: { bucket: string; key: string },
    work: (client: Client) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.#connection.call({ bucket }, work);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw refusedName(error, key);
    }
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
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
    if (stream.closed) return;
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
  }
}

function toInfo(bucket: string, { key, size, contentType, modified }: Described, sha256: string): ObjectInfo {
  return { bucket, key, size, sha256, contentType, modified };
}

async function collect(body: Uint8Array | Readable): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
