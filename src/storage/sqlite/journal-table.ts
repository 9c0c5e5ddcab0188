import type { JournalEntry, JournalStore } from '../../journal/journal.ts';
import type { Database, Statement } from './database.ts';

/** Entries that are kept at least, and how many more may gather before the oldest are removed. */
const KEPT = 20_000;
const SLACK = 1_000;

/** The journal's memory across restarts: the newest 20,000 entries, or a few more. */
export class SqliteJournalStore implements JournalStore {
  readonly #database: Database;
  readonly #reserve: Statement<{ first: number }>;
  readonly #append: Statement<never>;
  readonly #read: Statement<{ entry: string }>;
  readonly #count: Statement<{ count: number }>;
  readonly #trim: Statement<never>;
  readonly #clear: Statement<never>;
  /** Rows in the table; counted at the first append. */
  #rows: number | undefined;

  constructor(database: Database) {
    this.#database = database;
    this.#reserve = database.prepare(
      `INSERT INTO sequences (name, next) VALUES ('journal', 1 + ?)
       ON CONFLICT (name) DO UPDATE SET next = next + ? RETURNING next - ? AS first`,
    );
    this.#append = database.prepare('INSERT INTO journal (seq, entry) VALUES (?, ?)');
    this.#read = database.prepare(
      `SELECT entry FROM (SELECT seq, entry FROM journal WHERE seq > ? ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
    );
    this.#count = database.prepare('SELECT count(*) AS count FROM journal');
    this.#trim = database.prepare(
      `DELETE FROM journal WHERE seq <= (SELECT seq FROM journal ORDER BY seq DESC LIMIT 1 OFFSET ${KEPT})`,
    );
    this.#clear = database.prepare('DELETE FROM journal');
  }

  /** Durable before it returns, so that a number is never given twice. */
  reserve(count: number): number {
    const row = this.#reserve.get(count, count, count);
    if (!row) throw new Error('SQLite returned no row for an upsert that returns one');
    return row.first;
  }

  /** One transaction, so either all of them are kept or none. */
  append(entries: readonly JournalEntry[]): void {
    this.#rows = this.#database.transaction(() => {
      let rows = this.#rows ?? this.#count.get()?.count ?? 0;
      for (const entry of entries) rows += this.#append.run(entry.seq, JSON.stringify(entry));
      return rows > KEPT + SLACK ? rows - this.#trim.run() : rows;
    });
  }

  /** Where more than `limit` match, the newest of them, as the journal needs. */
  read(since: number, limit: number): JournalEntry[] {
    return this.#read.all(since, limit).map((row) => JSON.parse(row.entry) as JournalEntry);
  }

  clear(): void {
    this.#clear.run();
    this.#rows = 0;
  }
}
