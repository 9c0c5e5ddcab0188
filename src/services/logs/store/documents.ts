import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';

/** Everything that is only stored and given back, by its kind: one shape of the API each. */
export class DocumentTable<T> {
  readonly #kind: string;
  readonly #get: Statement<{ document: string }>;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #deleteAll: Statement<never>;
  readonly #ofParent: Statement<{ document: string }>;
  readonly #all: Statement<{ document: string }>;
  readonly #count: Statement<{ count: number }>;
  readonly #everywhere: Statement<{ account: string; region: string; document: string }>;

  constructor(database: Database, kind: string) {
    const where = 'WHERE account = ? AND region = ? AND kind = ?';
    this.#kind = kind;
    this.#get = database.prepare(`SELECT document FROM log_documents ${where} AND parent = ? AND name = ?`);
    this.#put = database.prepare(
      `INSERT INTO log_documents (account, region, kind, parent, name, document) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET document = excluded.document`,
    );
    this.#delete = database.prepare(`DELETE FROM log_documents ${where} AND parent = ? AND name = ?`);
    this.#deleteAll = database.prepare(`DELETE FROM log_documents ${where} AND parent = ?`);
    this.#ofParent = database.prepare(
      `SELECT document FROM log_documents ${where} AND parent = ? ORDER BY name`,
    );
    this.#all = database.prepare(`SELECT document FROM log_documents ${where} ORDER BY parent, name`);
    this.#everywhere = database.prepare('SELECT account, region, document FROM log_documents WHERE kind = ?');
    this.#count = database.prepare(`SELECT count(*) AS count FROM log_documents ${where} AND parent = ?`);
  }

  get({ account, region }: Scope, parent: string, name: string): T | undefined {
    const row = this.#get.get(account, region, this.#kind, parent, name);
    return row && (JSON.parse(row.document) as T);
  }

  put({ account, region }: Scope, parent: string, name: string, document: T): void {
    this.#put.run(account, region, this.#kind, parent, name, JSON.stringify(document));
  }

  /** False where there was none. */
  delete({ account, region }: Scope, parent: string, name: string): boolean {
    return this.#delete.run(account, region, this.#kind, parent, name) > 0;
  }

  deleteAllOf({ account, region }: Scope, parent: string): void {
    this.#deleteAll.run(account, region, this.#kind, parent);
  }

  /** In the order of their names. */
  ofParent({ account, region }: Scope, parent: string): T[] {
    return this.#ofParent.all(account, region, this.#kind, parent).map(parse<T>);
  }

  all({ account, region }: Scope): T[] {
    return this.#all.all(account, region, this.#kind).map(parse<T>);
  }

  /** Of all accounts and regions. */
  everywhere(): { scope: Scope; document: T }[] {
    return this.#everywhere
      .all(this.#kind)
      .map((row) => ({ scope: { account: row.account, region: row.region }, document: parse<T>(row) }));
  }

  countOf({ account, region }: Scope, parent: string): number {
    return this.#count.get(account, region, this.#kind, parent)?.count ?? 0;
  }
}

function parse<T>({ document }: { document: string }): T {
  return JSON.parse(document) as T;
}
