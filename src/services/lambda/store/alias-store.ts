import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import type { FunctionKey } from './function-record.ts';

export interface AliasRecord {
  name: string;
  version: string;
  description: string;
  revisionId: string;
  /** Weights of other versions, 0 to 1; empty where the alias has one version. */
  weights: Readonly<Record<string, number>>;
}

const MOST_CACHED = 10_000;

/** The aliases of functions; kept in memory once read, as every invocation by one asks for it. */
export class AliasStore {
  readonly #put: Statement<never>;
  readonly #get: Statement<{ record: string }>;
  readonly #list: Statement<{ record: string }>;
  readonly #delete: Statement<never>;
  readonly #cache = new Map<string, AliasRecord>();

  constructor(database: Database) {
    const key = 'account = ? AND region = ? AND function = ?';
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO lambda_aliases (account, region, function, name, record) VALUES (?, ?, ?, ?, ?)',
    );
    this.#get = database.prepare(`SELECT record FROM lambda_aliases WHERE ${key} AND name = ?`);
    this.#list = database.prepare(`SELECT record FROM lambda_aliases WHERE ${key} ORDER BY name`);
    this.#delete = database.prepare(`DELETE FROM lambda_aliases WHERE ${key} AND name = ?`);
  }

  get(key: FunctionKey, name: string): AliasRecord | undefined {
    const place = cacheKey(key, name);
    const cached = this.#cache.get(place);
    if (cached) return cached;
    const row = this.#get.get(...values(key), name);
    if (!row) return undefined;
    const record = JSON.parse(row.record) as AliasRecord;
    if (this.#cache.size >= MOST_CACHED) this.#cache.clear();
    this.#cache.set(place, record);
    return record;
  }

  /** Adds an alias, or replaces it. */
  put(key: FunctionKey, record: AliasRecord): void {
    this.#put.run(...values(key), record.name, JSON.stringify(record));
    this.#cache.delete(cacheKey(key, record.name));
  }

  /** By name. */
  list(key: FunctionKey): AliasRecord[] {
    return this.#list.all(...values(key)).map(({ record }) => JSON.parse(record) as AliasRecord);
  }

  delete(key: FunctionKey, name: string): boolean {
    this.#cache.delete(cacheKey(key, name));
    return this.#delete.run(...values(key), name) > 0;
  }

  /** To be called when a function is deleted, which takes its aliases along. */
  forget(key: FunctionKey): void {
    for (const { name } of this.list(key)) this.#cache.delete(cacheKey(key, name));
  }
}

function values({ scope: { account, region }, name }: FunctionKey): [string, string, string] {
  return [account, region, name];
}

function cacheKey({ scope: { account, region }, name }: FunctionKey, alias: string): string {
  return `${account}/${region}/${name}/${alias}`;
}
