import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';

export interface LogGroupRow {
  id: number;
  account: string;
  region: string;
  name: string;
  created: number;
  class: string;
  /** Days; null: kept for ever. */
  retention: number | null;
  kms_key: string | null;
  /** Null: was never set. */
  protected: number | null;
  bearer: number | null;
  stored_bytes: number;
}

type Changeable = 'retention' | 'kms_key' | 'protected' | 'bearer' | 'stored_bytes';

export interface NewLogGroup {
  name: string;
  created: number;
  class: string;
  kmsKey?: string | undefined;
  protected?: boolean | undefined;
}

/** Log groups by account, region and name. */
export class GroupTable {
  readonly #database: Database;
  readonly #insert: Statement<LogGroupRow>;
  readonly #get: Statement<LogGroupRow>;
  readonly #byId: Statement<LogGroupRow>;
  readonly #list: Statement<LogGroupRow>;
  readonly #all: Statement<LogGroupRow>;
  readonly #delete: Statement<never>;
  readonly #count: Statement<{ count: number }>;

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO log_groups (account, region, name, created, class, kms_key, protected, bearer, stored_bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, NULL, 0) ON CONFLICT DO NOTHING RETURNING *`,
    );
    this.#get = database.prepare('SELECT * FROM log_groups WHERE account = ? AND region = ? AND name = ?');
    this.#byId = database.prepare('SELECT * FROM log_groups WHERE account = ? AND region = ? AND id = ?');
    this.#list = database.prepare(
      'SELECT * FROM log_groups WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?',
    );
    this.#all = database.prepare('SELECT * FROM log_groups');
    this.#delete = database.prepare('DELETE FROM log_groups WHERE id = ?');
    this.#count = database.prepare(
      'SELECT count(*) AS count FROM log_groups WHERE account = ? AND region = ?',
    );
  }

  /** Undefined where there is one of that name. */
  insert({ account, region }: Scope, group: NewLogGroup): LogGroupRow | undefined {
    return this.#insert.get(
      account,
      region,
      group.name,
      group.created,
      group.class,
      group.kmsKey ?? null,
      group.protected === undefined ? null : Number(group.protected),
    );
  }

  get({ account, region }: Scope, name: string): LogGroupRow | undefined {
    return this.#get.get(account, region, name);
  }

  /** Undefined, too, for a group of someone else's. */
  byId({ account, region }: Scope, id: number): LogGroupRow | undefined {
    return this.#byId.get(account, region, id);
  }

  /** Those behind `after` in the order of their names. */
  list({ account, region }: Scope, after: string, limit: number): LogGroupRow[] {
    return this.#list.all(account, region, after, limit);
  }

  count({ account, region }: Scope): number {
    return this.#count.get(account, region)?.count ?? 0;
  }

  /** Of every account and region. */
  all(): LogGroupRow[] {
    return this.#all.all();
  }

  set(id: number, column: Changeable, value: string | number | null): void {
    this.#database.prepare(`UPDATE log_groups SET ${column} = ? WHERE id = ?`).run(value, id);
  }

  delete(id: number): void {
    this.#delete.run(id);
  }
}
