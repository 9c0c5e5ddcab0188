import type { Database, Statement } from '../../../storage/sqlite/database.ts';

/** Where an event stands among those of its stream. `seq` goes up over all streams, so it also orders those of one time. */
export interface Position {
  timestamp: number;
  seq: number;
}

export interface LogEventRow extends Position {
  ingested: number;
  message: string;
}

export interface NewEvent {
  timestamp: number;
  message: string;
}

export const BEGINNING: Position = { timestamp: -1, seq: 0 };
export const END: Position = { timestamp: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };
/** What AWS counts for each event besides its message. */
export const EVENT_OVERHEAD = 26;

/** Messages that are read at a time, in characters: one may have a million. */
const CHUNK_LENGTH = 2 ** 18;

/** How many events to read next, after `rows` were read at once: more and more, unless they are large. */
export function nextChunk(rows: readonly LogEventRow[], most: number): number {
  let length = 0;
  for (const { message } of rows) length += message.length;
  const fitting = length === 0 ? most : Math.floor((rows.length * CHUNK_LENGTH) / length);
  return Math.max(1, Math.min(most, rows.length * 4, fitting));
}

/** The events of all streams. */
export class EventTable {
  readonly #insert: Statement<never>;
  readonly #reserve: Statement<{ first: number }>;
  readonly #forward: Statement<LogEventRow>;
  readonly #backward: Statement<LogEventRow>;
  readonly #get: Statement<LogEventRow>;
  readonly #nth: Statement<Position>;
  readonly #sizeBefore: Statement<{ bytes: number | null }>;
  readonly #deleteBefore: Statement<never>;
  readonly #removal: Statement<{ stream: number }>;
  readonly #removed: Statement<never>;

  constructor(database: Database) {
    this.#insert = database.prepare(
      'INSERT INTO log_events (stream, timestamp, seq, ingested, message) VALUES (?, ?, ?, ?, ?)',
    );
    this.#reserve = database.prepare('UPDATE log_sequence SET next = next + ? RETURNING next - ? AS first');
    this.#forward = database.prepare(
      `SELECT timestamp, seq, ingested, message FROM log_events
       WHERE stream = ? AND (timestamp, seq) > (?, ?) AND timestamp <= ? ORDER BY timestamp, seq LIMIT ?`,
    );
    this.#backward = database.prepare(
      `SELECT timestamp, seq, ingested, message FROM log_events
       WHERE stream = ? AND (timestamp, seq) < (?, ?) AND timestamp >= ? ORDER BY timestamp DESC, seq DESC LIMIT ?`,
    );
    this.#get = database.prepare(
      `SELECT timestamp, seq, ingested, message FROM log_events WHERE stream = ? AND timestamp = ? AND seq = ?`,
    );
    this.#nth = database.prepare(
      `SELECT timestamp, seq FROM log_events WHERE stream = ? AND timestamp < ? ORDER BY timestamp, seq LIMIT 1 OFFSET ?`,
    );
    this.#sizeBefore = database.prepare(
      `SELECT sum(length(CAST(message AS BLOB)) + ${EVENT_OVERHEAD}) AS bytes FROM log_events
       WHERE stream = ? AND (timestamp, seq) < (?, ?)`,
    );
    this.#deleteBefore = database.prepare(
      'DELETE FROM log_events WHERE stream = ? AND (timestamp, seq) < (?, ?)',
    );
    this.#removal = database.prepare('SELECT stream FROM log_removals LIMIT 1');
    this.#removed = database.prepare('DELETE FROM log_removals WHERE stream = ?');
  }

  /** Within a transaction of the caller's. Returns the number of the first; those of the others follow it. */
  append(stream: number, ingested: number, events: readonly NewEvent[]): number {
    const first = this.#reserve.get(events.length, events.length)!.first;
    for (const [index, { timestamp, message }] of events.entries()) {
      this.#insert.run(stream, timestamp, first + index, ingested, message);
    }
    return first;
  }

  /** The first ones behind `after`, up to and including those of the time `end`. */
  forward(stream: number, after: Position, end: number, limit: number): LogEventRow[] {
    return this.#forward.all(stream, after.timestamp, after.seq, end, limit);
  }

  /** The last ones in front of `before`, newest first, down to and including those of the time `start`. */
  backward(stream: number, before: Position, start: number, limit: number): LogEventRow[] {
    return this.#backward.all(stream, before.timestamp, before.seq, start, limit);
  }

  get(stream: number, { timestamp, seq }: Position): LogEventRow | undefined {
    return this.#get.get(stream, timestamp, seq);
  }

  /** Removes at most `limit` of the oldest events that are older than `time`. Returns their bytes, and whether there may be more. */
  expire(stream: number, time: number, limit: number): { bytes: number; more: boolean } {
    const next = this.#nth.get(stream, time, limit);
    const end = next ?? { timestamp: time, seq: 0 };
    const bytes = this.#sizeBefore.get(stream, end.timestamp, end.seq)?.bytes ?? 0;
    this.#deleteBefore.run(stream, end.timestamp, end.seq);
    return { bytes, more: next !== undefined };
  }

  /** Removes at most `limit` events of streams that were deleted. False when nothing is left of them. */
  removeSome(limit: number): boolean {
    const removal = this.#removal.get();
    if (!removal) return false;
    const next = this.#nth.get(removal.stream, END.timestamp, limit) ?? END;
    this.#deleteBefore.run(removal.stream, next.timestamp, next.seq);
    if (next === END) this.#removed.run(removal.stream);
    return true;
  }
}
