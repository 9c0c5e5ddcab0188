import type { ObjectInfo } from '../objects/object-store.ts';
import { DEFAULT_SCOPE, type Scope } from '../scope.ts';
import type { Database, Statement } from './database.ts';

const SELECT = `SELECT bucket, key, size, sha256, content_type AS contentType, modified FROM objects`;

/** Which content each object of the embedded store has. Bucket names are one space for all accounts, as in S3. */
export class ObjectIndex {
  readonly #scope: Scope;
  readonly #put: Statement<never>;
  readonly #get: Statement<ObjectInfo>;
  readonly #delete: Statement<{ sha256: string }>;
  readonly #list: Statement<ObjectInfo>;
  readonly #referenced: Statement<unknown>;

  constructor(database: Database, scope: Scope = DEFAULT_SCOPE) {
    this.#scope = scope;
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO objects (bucket, key, account, region, size, sha256, content_type, modified)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = database.prepare(`${SELECT} WHERE bucket = ? AND key = ?`);
    this.#delete = database.prepare('DELETE FROM objects WHERE bucket = ? AND key = ? RETURNING sha256');
    this.#list = database.prepare(
      `${SELECT} WHERE bucket = ? AND key >= max(?, ?) AND key <> ? AND key < CAST(? AS TEXT)
       ORDER BY key LIMIT ?`,
    );
    this.#referenced = database.prepare('SELECT 1 FROM objects WHERE sha256 = ? LIMIT 1');
  }

  put(info: ObjectInfo): void {
    const { account, region } = this.#scope;
    this.#put.run(
      info.bucket,
      info.key,
      account,
      region,
      info.size,
      info.sha256,
      info.contentType,
      info.modified,
    );
  }

  get(bucket: string, key: string): ObjectInfo | undefined {
    return this.#get.get(bucket, key);
  }

  /** The SHA-256 of what was removed. */
  delete(bucket: string, key: string): string | undefined {
    return this.#delete.get(bucket, key)?.sha256;
  }

  /** Keys that begin with `prefix` and come after `after`, in order of their UTF-8 bytes. */
  list(bucket: string, prefix: string, after: string, limit: number): ObjectInfo[] {
    // Above every key with the prefix and below all others: UTF-8 has no byte FF.
    const end = Buffer.concat([Buffer.from(prefix), Buffer.of(0xff)]);
    return this.#list.all(bucket, prefix, after, after, end, limit);
  }

  /** Whether any object has this content. */
  references(sha256: string): boolean {
    return this.#referenced.get(sha256) !== undefined;
  }
}
