import type { Architecture, Runtime } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import type { Policy } from '../policy.ts';

/** Whose a layer is, and its name. */
export interface LayerKey {
  scope: Scope;
  name: string;
}

export interface LayerRecord {
  version: number;
  description: string;
  created: Milliseconds;
  licenseInfo?: string;
  runtimes?: Runtime[];
  architectures?: Architecture[];
  /** Lower-case hex. */
  sha256: string;
  size: number;
  /** Of all files, unpacked. */
  unpacked: number;
  policy?: Policy;
  /** Of the policy; stays when the last statement goes. */
  policyRevision?: string;
}

interface Row {
  layer: string;
  record: string;
}

/**
 * Layers and their versions. The row of a deleted version stays as long as functions have the version: its package is
 * theirs too.
 */
export class LayerStore {
  readonly #database: Database;
  readonly #nextNumber: Statement<{ number: number }>;
  readonly #put: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #versions: Statement<Row>;
  readonly #list: Statement<Row>;
  readonly #markDeleted: Statement<{ sha256: string }>;
  readonly #deleted: Statement<{ sha256: string }>;
  readonly #forget: Statement<never>;
  readonly #present: Statement<unknown>;
  readonly #kept: Statement<unknown>;
  readonly #inFunctions: Statement<unknown>;
  readonly #bytes: Statement<{ bytes: number }>;

  constructor(database: Database) {
    const key = 'account = ? AND region = ? AND layer = ?';
    const select = 'SELECT layer, record FROM lambda_layer_versions';
    this.#database = database;
    this.#nextNumber = database.prepare(
      `INSERT INTO lambda_layers (account, region, name, last_version) VALUES (?, ?, ?, 1)
       ON CONFLICT DO UPDATE SET last_version = last_version + 1 RETURNING last_version AS number`,
    );
    this.#put = database.prepare(
      `INSERT INTO lambda_layer_versions (account, region, layer, number, record, code_sha256, code_size, deleted)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET record = excluded.record`,
    );
    this.#get = database.prepare(`${select} WHERE ${key} AND number = ? AND deleted = 0`);
    this.#versions = database.prepare(`${select} WHERE ${key} AND deleted = 0 ORDER BY number DESC`);
    this.#list = database.prepare(
      `${select} WHERE account = ? AND region = ? AND deleted = 0 ORDER BY layer, number DESC`,
    );
    this.#markDeleted = database.prepare(
      `UPDATE lambda_layer_versions SET deleted = 1 WHERE ${key} AND number = ? AND deleted = 0
       RETURNING code_sha256 AS sha256`,
    );
    this.#deleted = database.prepare(
      'SELECT DISTINCT code_sha256 AS sha256 FROM lambda_layer_versions WHERE deleted = 1',
    );
    this.#forget = database.prepare(
      'DELETE FROM lambda_layer_versions WHERE code_sha256 = ? AND deleted = 1',
    );
    this.#present = database.prepare(
      'SELECT 1 FROM lambda_layer_versions WHERE code_sha256 = ? AND deleted = 0 LIMIT 1',
    );
    this.#kept = database.prepare(
      'SELECT 1 FROM lambda_layer_versions WHERE code_sha256 = ? AND deleted = 1 LIMIT 1',
    );
    this.#inFunctions = database.prepare(
      `SELECT 1 FROM lambda_versions, json_each(record, '$.layers') AS layer
       WHERE layer.value ->> '$.sha256' = ? LIMIT 1`,
    );
    this.#bytes = database.prepare(
      `SELECT coalesce(sum(code_size), 0) AS bytes FROM lambda_layer_versions
       WHERE account = ? AND region = ? AND deleted = 0`,
    );
  }

  /** Adds the next version of a layer. */
  publish(key: LayerKey, record: Omit<LayerRecord, 'version'>): LayerRecord {
    return this.#database.transaction(() => {
      const version = this.#nextNumber.get(...values(key))!.number;
      const published = { ...record, version };
      this.put(key, published);
      return published;
    });
  }

  /** Replaces what is known of a version. */
  put(key: LayerKey, record: LayerRecord): void {
    const { version, sha256, size } = record;
    this.#put.run(...values(key), version, JSON.stringify(record), sha256, size);
  }

  get(key: LayerKey, version: number): LayerRecord | undefined {
    const row = this.#get.get(...values(key), version);
    return row && (JSON.parse(row.record) as LayerRecord);
  }

  /** The newest first. */
  versions(key: LayerKey): LayerRecord[] {
    return this.#versions.all(...values(key)).map(({ record }) => JSON.parse(record) as LayerRecord);
  }

  /** By name, and of each the newest version first. */
  list({ account, region }: Scope): { name: string; record: LayerRecord }[] {
    const rows = this.#list.all(account, region);
    return rows.map(({ layer, record }) => ({ name: layer, record: JSON.parse(record) as LayerRecord }));
  }

  /** The SHA-256 of what was deleted; undefined when there was none. */
  delete(key: LayerKey, version: number): string | undefined {
    return this.#markDeleted.get(...values(key), version)?.sha256;
  }

  /** Packages of deleted versions. */
  deleted(): string[] {
    return this.#deleted.all().map(({ sha256 }) => sha256);
  }

  /** Whether a version, or a function that has a deleted version, has this package. */
  references(sha256: string): boolean {
    if (this.#present.get(sha256) !== undefined) return true;
    // Most packages were never a layer's, and need no look at all functions.
    if (this.#kept.get(sha256) === undefined) return false;
    if (this.#inFunctions.get(sha256) !== undefined) return true;
    this.#forget.run(sha256);
    return false;
  }

  /** For the limits of an account. */
  bytes({ account, region }: Scope): number {
    return this.#bytes.get(account, region)!.bytes;
  }
}

function values({ scope: { account, region }, name }: LayerKey): [string, string, string] {
  return [account, region, name];
}
