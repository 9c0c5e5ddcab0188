import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';

/** Tags of everything in the service that has an ARN. */
export class TagTable {
  readonly #list: Statement<{ key: string; value: string }>;
  readonly #put: Statement<never>;
  readonly #delete: Statement<never>;
  readonly #deleteAll: Statement<never>;

  constructor(database: Database) {
    const where = 'WHERE account = ? AND region = ? AND arn = ?';
    this.#list = database.prepare(`SELECT key, value FROM log_tags ${where} ORDER BY key`);
    this.#put = database.prepare(
      `INSERT INTO log_tags (account, region, arn, key, value) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    );
    this.#delete = database.prepare(`DELETE FROM log_tags ${where} AND key = ?`);
    this.#deleteAll = database.prepare(`DELETE FROM log_tags ${where}`);
  }

  of({ account, region }: Scope, arn: string): Record<string, string> {
    return Object.fromEntries(this.#list.all(account, region, arn).map(({ key, value }) => [key, value]));
  }

  put({ account, region }: Scope, arn: string, tags: Readonly<Record<string, string>>): void {
    for (const [key, value] of Object.entries(tags)) this.#put.run(account, region, arn, key, value);
  }

  delete({ account, region }: Scope, arn: string, keys: readonly string[]): void {
    for (const key of keys) this.#delete.run(account, region, arn, key);
  }

  deleteAll({ account, region }: Scope, arn: string): void {
    this.#deleteAll.run(account, region, arn);
  }
}
