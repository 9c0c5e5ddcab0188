import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import { LATEST } from '../names.ts';
import type { FunctionKey, VersionRecord } from './function-record.ts';

interface Row {
  function: string;
  record: string;
}

/** What is kept in memory is bounded by forgetting all of it. */
const MOST_CACHED = 10_000;

/**
 * Functions and their versions. Reading a version that was read before does not touch the database, since every
 * invocation does so. Records are values: they are replaced, never changed.
 */
export class FunctionStore {
  readonly #database: Database;
  readonly #insertFunction: Statement<never>;
  readonly #deleteFunction: Statement<never>;
  readonly #nextNumber: Statement<{ number: number }>;
  readonly #last: Statement<{ number: number }>;
  readonly #put: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #delete: Statement<never>;
  readonly #versions: Statement<Row>;
  readonly #list: Statement<Row>;
  readonly #listAll: Statement<Row>;
  readonly #exists: Statement<{ name: string }>;
  readonly #usage: Statement<{ bytes: number | null; count: number }>;
  readonly #references: Statement<unknown>;
  readonly #cache = new Map<string, VersionRecord>();

  constructor(database: Database) {
    const key = 'account = ? AND region = ? AND function = ?';
    this.#database = database;
    this.#insertFunction = database.prepare(
      'INSERT INTO lambda_functions (account, region, name, last_version) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING',
    );
    this.#deleteFunction = database.prepare(
      'DELETE FROM lambda_functions WHERE account = ? AND region = ? AND name = ?',
    );
    this.#nextNumber = database.prepare(
      `UPDATE lambda_functions SET last_version = last_version + 1 WHERE account = ? AND region = ? AND name = ?
       RETURNING last_version AS number`,
    );
    this.#last = database.prepare(
      'SELECT last_version AS number FROM lambda_functions WHERE account = ? AND region = ? AND name = ? AND last_version > 0',
    );
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO lambda_versions (account, region, function, number, record, code_sha256, code_size)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#get = database.prepare(`SELECT function, record FROM lambda_versions WHERE ${key} AND number = ?`);
    this.#delete = database.prepare(`DELETE FROM lambda_versions WHERE ${key} AND number = ?`);
    this.#versions = database.prepare(
      `SELECT function, record FROM lambda_versions WHERE ${key} ORDER BY number`,
    );
    this.#list = database.prepare(
      `SELECT function, record FROM lambda_versions WHERE account = ? AND region = ? AND number = 0 ORDER BY function`,
    );
    this.#listAll = database.prepare(
      `SELECT function, record FROM lambda_versions WHERE account = ? AND region = ? ORDER BY function, number`,
    );
    this.#exists = database.prepare(
      'SELECT name FROM lambda_functions WHERE account = ? AND region = ? AND name = ?',
    );
    this.#usage = database.prepare(
      `SELECT sum(code_size) AS bytes, count(DISTINCT function) AS count FROM lambda_versions
       WHERE account = ? AND region = ?`,
    );
    this.#references = database.prepare('SELECT 1 FROM lambda_versions WHERE code_sha256 = ? LIMIT 1');
  }

  exists(key: FunctionKey): boolean {
    return this.version(key, LATEST) !== undefined || this.#exists.get(...values(key)) !== undefined;
  }

  /** Makes a function with its `$LATEST`; false when there is one of this name. */
  create(key: FunctionKey, latest: VersionRecord): boolean {
    return this.#database.transaction(() => {
      if (this.#insertFunction.run(...values(key)) === 0) return false;
      this.put(key, latest);
      return true;
    });
  }

  /** A version by `$LATEST` or its number. */
  version(key: FunctionKey, version: string): VersionRecord | undefined {
    const place = cacheKey(key, version);
    const cached = this.#cache.get(place);
    if (cached) return cached;
    const row = this.#get.get(...values(key), numberOf(version));
    if (!row) return undefined;
    const record = JSON.parse(row.record) as VersionRecord;
    if (record.version !== version) return undefined; // `01` is no version's number
    this.#remember(place, record);
    return record;
  }

  /** Adds a version, or replaces it. */
  put(key: FunctionKey, record: VersionRecord): void {
    const { code } = record;
    const [sha256, size] = code.kind === 'zip' ? [code.sha256, code.size] : [null, 0];
    this.#put.run(...values(key), numberOf(record.version), JSON.stringify(record), sha256, size);
    this.#cache.delete(cacheKey(key, record.version));
  }

  /** Runs `write` so that all or nothing of it is kept. */
  transaction<T>(write: () => T): T {
    return this.#database.transaction(write);
  }

  /** The number of the next version, which is then taken. */
  takeNumber(key: FunctionKey): string {
    return String(this.#nextNumber.get(...values(key))!.number);
  }

  /** The version that was published last, unless it was deleted. */
  lastPublished(key: FunctionKey): VersionRecord | undefined {
    const row = this.#last.get(...values(key));
    return row && this.version(key, String(row.number));
  }

  /** `$LATEST` first, then in the order in which they were published. */
  versions(key: FunctionKey): VersionRecord[] {
    return this.#versions.all(...values(key)).map(({ record }) => JSON.parse(record) as VersionRecord);
  }

  deleteVersion(key: FunctionKey, version: string): boolean {
    this.#cache.delete(cacheKey(key, version));
    return this.#delete.run(...values(key), numberOf(version)) > 0;
  }

  /** With all its versions and aliases. False when there is none. */
  deleteFunction(key: FunctionKey): boolean {
    for (const { version } of this.versions(key)) this.#cache.delete(cacheKey(key, version));
    return this.#deleteFunction.run(...values(key)) > 0;
  }

  /** The `$LATEST` of each function by name or, with `everyVersion`, all versions. */
  list({ account, region }: Scope, everyVersion = false): { name: string; record: VersionRecord }[] {
    const rows = (everyVersion ? this.#listAll : this.#list).all(account, region);
    return rows.map((row) => ({ name: row.function, record: JSON.parse(row.record) as VersionRecord }));
  }

  /** For the limits of an account: bytes of code over all versions, and how many functions there are. */
  usage({ account, region }: Scope): { bytes: number; functions: number } {
    const { bytes, count } = this.#usage.get(account, region)!;
    return { bytes: bytes ?? 0, functions: count };
  }

  /** Whether a version has this code. */
  references(sha256: string): boolean {
    return this.#references.get(sha256) !== undefined;
  }

  #remember(place: string, record: VersionRecord): void {
    if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
    this.#cache.set(place, record);
  }
}

function values({ scope: { account, region }, name }: FunctionKey): [string, string, string] {
  return [account, region, name];
}

function numberOf(version: string): number {
  return version === LATEST ? 0 : Number(version);
}

function cacheKey({ scope: { account, region }, name }: FunctionKey, version: string): string {
  return `${account}/${region}/${name}/${version}`;
}
