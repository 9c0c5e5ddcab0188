import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';

/** Tables of one form: see resource-tables.ts. */
export type ItemTable =
  | 'lambda_signing_configs'
  | 'lambda_event_source_mappings'
  | 'lambda_capacity_providers';

/** One kind of thing that an account has in a region, by its id or name. */
export class ItemStore<T> {
  readonly #put: Statement<never>;
  readonly #get: Statement<{ record: string }>;
  readonly #list: Statement<{ record: string }>;
  readonly #delete: Statement<never>;

  constructor(database: Database, table: ItemTable) {
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO ${table} (account, region, id, record) VALUES (?, ?, ?, ?)`,
    );
    this.#get = database.prepare(`SELECT record FROM ${table} WHERE account = ? AND region = ? AND id = ?`);
    this.#list = database.prepare(`SELECT record FROM ${table} WHERE account = ? AND region = ? ORDER BY id`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE account = ? AND region = ? AND id = ?`);
  }

  get({ account, region }: Scope, id: string): T | undefined {
    const row = this.#get.get(account, region, id);
    return row && (JSON.parse(row.record) as T);
  }

  /** Adds it, or replaces it. */
  put({ account, region }: Scope, id: string, record: T): void {
    this.#put.run(account, region, id, JSON.stringify(record));
  }

  /** By id. */
  list({ account, region }: Scope): T[] {
    return this.#list.all(account, region).map(({ record }) => JSON.parse(record) as T);
  }

  /** False when there is none. */
  delete({ account, region }: Scope, id: string): boolean {
    return this.#delete.run(account, region, id) > 0;
  }
}
