import type { Database, Statement } from './database.ts';

/** Small facts that a data folder keeps for itself, such as its signing secret. */
export class SettingsTable {
  readonly #get: Statement<{ value: string }>;
  readonly #set: Statement<never>;

  constructor(database: Database) {
    this.#get = database.prepare('SELECT value FROM settings WHERE name = ?');
    this.#set = database.prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    );
  }

  get(name: string): string | undefined {
    return this.#get.get(name)?.value;
  }

  set(name: string, value: string): void {
    this.#set.run(name, value);
  }
}
