import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';

export interface LogStreamRow {
  id: number;
  group_id: number;
  name: string;
  created: number;
  /** Null as long as nothing was put into it. */
  first_event: number | null;
  last_event: number | null;
  last_ingestion: number | null;
  bytes: number;
}

export interface StreamPosition {
  name: string;
  /** Where the order is that of the last events. */
  lastEvent: number;
}

/** Streams without events come before all others in the order of last events. */
const NO_EVENT = -1;

/** Log streams, by their group and name. */
export class StreamTable {
  readonly #database: Database;
  readonly #insert: Statement<LogStreamRow>;
  readonly #get: Statement<LogStreamRow>;
  readonly #byId: Statement<LogStreamRow>;
  readonly #ofGroup: Statement<LogStreamRow>;
  readonly #within: Statement<LogStreamRow>;
  readonly #touch: Statement<never>;
  readonly #bytes: Statement<{ bytes: number | null }>;
  readonly #lessen: Statement<never>;
  readonly #firstEvent: Statement<never>;
  readonly #remove: readonly Statement<never>[];
  readonly #removeAll: readonly Statement<never>[];

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare(
      `INSERT INTO log_streams (group_id, account, region, name, created, bytes) VALUES (?, ?, ?, ?, ?, 0)
       ON CONFLICT DO NOTHING RETURNING *`,
    );
    this.#get = database.prepare('SELECT * FROM log_streams WHERE group_id = ? AND name = ?');
    this.#byId = database.prepare('SELECT * FROM log_streams WHERE id = ?');
    this.#ofGroup = database.prepare('SELECT * FROM log_streams WHERE group_id = ? ORDER BY name');
    this.#within = database.prepare(
      `SELECT * FROM log_streams WHERE group_id = ? AND last_event >= ? AND first_event <= ? AND name >= ? AND name < ?
       ORDER BY name`,
    );
    this.#touch = database.prepare(
      `UPDATE log_streams SET first_event = min(coalesce(first_event, ?), ?),
         last_event = max(coalesce(last_event, ?), ?), last_ingestion = ?, bytes = bytes + ? WHERE id = ?`,
    );
    this.#bytes = database.prepare('SELECT sum(bytes) AS bytes FROM log_streams WHERE group_id = ?');
    this.#lessen = database.prepare('UPDATE log_streams SET bytes = max(0, bytes - ?) WHERE id = ?');
    this.#firstEvent = database.prepare('UPDATE log_streams SET first_event = ? WHERE id = ?');
    this.#remove = [
      database.prepare(
        'INSERT INTO log_removals (stream, account, region) SELECT id, account, region FROM log_streams WHERE id = ?',
      ),
      database.prepare('DELETE FROM log_streams WHERE id = ?'),
    ];
    this.#removeAll = [
      database.prepare(
        `INSERT INTO log_removals (stream, account, region)
         SELECT id, account, region FROM log_streams WHERE group_id = ?`,
      ),
      database.prepare('DELETE FROM log_streams WHERE group_id = ?'),
    ];
  }

  /** Undefined where there is one of that name. */
  insert(
    groupId: number,
    { account, region }: Scope,
    name: string,
    created: number,
  ): LogStreamRow | undefined {
    return this.#insert.get(groupId, account, region, name, created);
  }

  get(groupId: number, name: string): LogStreamRow | undefined {
    return this.#get.get(groupId, name);
  }

  byId(id: number): LogStreamRow | undefined {
    return this.#byId.get(id);
  }

  ofGroup(groupId: number): LogStreamRow[] {
    return this.#ofGroup.all(groupId);
  }

  /** Those that may have an event in the time from `start` to `end`, both included. */
  within(groupId: number, start: number, end: number, prefix = ''): LogStreamRow[] {
    return this.#within.all(groupId, start, end, prefix, behindPrefix(prefix));
  }

  /** A page in the order of names, or of last events and then names. */
  page(
    groupId: number,
    options: {
      by: 'name' | 'last-event';
      prefix: string;
      descending: boolean;
      after: StreamPosition | undefined;
      limit: number;
    },
  ): LogStreamRow[] {
    const { by, prefix, descending, after, limit } = options;
    const [direction, beyond] = descending ? ['DESC', '<'] : ['ASC', '>'];
    if (by === 'name') {
      const sql = `SELECT * FROM log_streams WHERE group_id = ? AND name >= ? AND name < ?
        ${after ? `AND name ${beyond} ?` : ''} ORDER BY name ${direction} LIMIT ?`;
      const from = after ? [after.name] : [];
      return this.#prepare(sql).all(groupId, prefix, behindPrefix(prefix), ...from, limit);
    }
    const key = `coalesce(last_event, ${NO_EVENT})`;
    const sql = `SELECT * FROM log_streams WHERE group_id = ?
      ${after ? `AND (${key}, name) ${beyond} (?, ?)` : ''} ORDER BY ${key} ${direction}, name ${direction} LIMIT ?`;
    const from = after ? [after.lastEvent, after.name] : [];
    return this.#prepare(sql).all(groupId, ...from, limit);
  }

  positionOf({ name, last_event: lastEvent }: LogStreamRow): StreamPosition {
    return { name, lastEvent: lastEvent ?? NO_EVENT };
  }

  /** Events from `first` to `last` were put into it. */
  touch(id: number, span: { first: number; last: number; ingested: number; bytes: number }): void {
    const { first, last, ingested, bytes } = span;
    this.#touch.run(first, first, last, last, ingested, bytes, id);
  }

  bytesOf(groupId: number): number {
    return this.#bytes.get(groupId)?.bytes ?? 0;
  }

  /** Expired events were removed from it: so many bytes, and the first one left is at `firstEvent`. */
  lessen(id: number, bytes: number, firstEvent: number | null): void {
    this.#lessen.run(bytes, id);
    this.#firstEvent.run(firstEvent, id);
  }

  /** Its events are removed later, in pieces. */
  remove(id: number): void {
    for (const statement of this.#remove) statement.run(id);
  }

  removeAllOf(groupId: number): void {
    for (const statement of this.#removeAll) statement.run(groupId);
  }

  #prepare(sql: string): Statement<LogStreamRow> {
    return this.#database.prepare<LogStreamRow>(sql);
  }
}

/** The first text behind all that start with `prefix`, in the order of UTF-8 bytes that SQLite compares by. */
function behindPrefix(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
