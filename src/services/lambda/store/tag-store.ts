import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';

/** Tags of anything that Lambda lets tag, by its unqualified ARN. */
export class TagStore {
  readonly #database: Database;
  readonly #put: Statement<never>;
  readonly #list: Statement<{ key: string; value: string }>;
  readonly #delete: Statement<never>;
  readonly #clear: Statement<never>;

  constructor(database: Database) {
    const where = 'account = ? AND region = ? AND arn = ?';
    this.#database = database;
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO lambda_tags (account, region, arn, key, value) VALUES (?, ?, ?, ?, ?)',
    );
    this.#list = database.prepare(`SELECT key, value FROM lambda_tags WHERE ${where} ORDER BY key`);
    this.#delete = database.prepare(`DELETE FROM lambda_tags WHERE ${where} AND key = ?`);
    this.#clear = database.prepare(`DELETE FROM lambda_tags WHERE ${where}`);
  }

  get({ account, region }: Scope, arn: string): Record<string, string> {
    const rows = this.#list.all(account, region, arn);
    return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  }

  /** Beside those that are there, or in place of them where the keys are the same. */
  add({ account, region }: Scope, arn: string, tags: Readonly<Record<string, string>>): void {
    this.#database.transaction(() => {
      for (const [key, value] of Object.entries(tags)) this.#put.run(account, region, arn, key, value);
    });
  }

  remove({ account, region }: Scope, arn: string, keys: readonly string[]): void {
    this.#database.transaction(() => {
      for (const key of keys) this.#delete.run(account, region, arn, key);
    });
  }

  clear({ account, region }: Scope, arn: string): void {
    this.#clear.run(account, region, arn);
  }
}
