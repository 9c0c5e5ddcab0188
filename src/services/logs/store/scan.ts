import { END, type EventTable, type LogEventRow, nextChunk, type Position } from './events.ts';
import type { LogStreamRow } from './streams.ts';

/** An event with the stream it is of. */
export interface ScannedEvent extends LogEventRow {
  stream: LogStreamRow;
}

export interface ScanOptions {
  streams: readonly LogStreamRow[];
  /** Times, both included. */
  start: number;
  end: number;
  descending?: boolean;
  /** Only what comes behind this, in the direction of reading. */
  after?: Position | undefined;
  signal?: AbortSignal | undefined;
}

const FIRST_CHUNK = 4;
const LARGEST_CHUNK = 500;
/** Events and streams that are gone through between two pauses. */
const PAUSE_EVERY = 500;

/**
 * The events of many streams in the order of their times, as they are merged. Pauses now and then, so that a long scan leaves
 * the daemon to others; gives up when the signal aborts.
 */
export async function* scan(events: EventTable, options: ScanOptions): AsyncGenerator<ScannedEvent[]> {
  const { streams, signal, descending = false } = options;
  const heap = new CursorHeap(descending);
  for (const [index, stream] of streams.entries()) {
    const cursor = new Cursor(events, stream, options);
    if (cursor.head) heap.push(cursor);
    if (index % PAUSE_EVERY === PAUSE_EVERY - 1) await pause(signal);
  }
  while (heap.size > 0) {
    yield heap.take(PAUSE_EVERY);
    await pause(signal);
  }
}

export async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}

/** The place in one stream, and what was read ahead of it. */
class Cursor {
  readonly #events: EventTable;
  readonly #stream: LogStreamRow;
  readonly #start: number;
  readonly #end: number;
  readonly #descending: boolean;
  #position: Position;
  #rows: LogEventRow[] = [];
  #index = 0;
  #chunk = FIRST_CHUNK;

  constructor(
    events: EventTable,
    stream: LogStreamRow,
    { start, end, descending = false, after }: ScanOptions,
  ) {
    this.#events = events;
    this.#stream = stream;
    this.#start = start;
    this.#end = end;
    this.#descending = descending;
    const first = descending ? { timestamp: end, seq: END.seq } : { timestamp: start, seq: 0 };
    this.#position = after && before(first, after, descending) ? after : first;
    this.#read();
  }

  get head(): LogEventRow | undefined {
    return this.#rows[this.#index];
  }

  take(): ScannedEvent {
    const row = this.#rows[this.#index++] as ScannedEvent;
    if (this.#index === this.#rows.length && this.#rows.length === this.#chunk) {
      this.#position = row;
      this.#chunk = nextChunk(this.#rows, LARGEST_CHUNK);
      this.#read();
    }
    // The row is nobody else's: a copy of each would be a third of a scan's time.
    row.stream = this.#stream;
    return row;
  }

  #read(): void {
    const { id } = this.#stream;
    this.#index = 0;
    this.#rows = this.#descending
      ? this.#events.backward(id, this.#position, this.#start, this.#chunk)
      : this.#events.forward(id, this.#position, this.#end, this.#chunk);
  }
}

/** Cursors, of which the one whose event comes next is on top. */
class CursorHeap {
  readonly #cursors: Cursor[] = [];
  readonly #descending: boolean;

  constructor(descending: boolean) {
    this.#descending = descending;
  }

  get size(): number {
    return this.#cursors.length;
  }

  push(cursor: Cursor): void {
    const cursors = this.#cursors;
    let at = cursors.push(cursor) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#less(cursors[at]!, cursors[parent]!)) return;
      [cursors[at], cursors[parent]] = [cursors[parent]!, cursors[at]!];
      at = parent;
    }
  }

  /** At most `count` events. */
  take(count: number): ScannedEvent[] {
    const taken: ScannedEvent[] = [];
    while (taken.length < count && this.#cursors.length > 0) {
      const top = this.#cursors[0]!;
      const second = this.#second()?.head;
      // Streams seldom alternate event by event.
      do taken.push(top.take());
      while (taken.length < count && top.head && !(second && before(second, top.head, this.#descending)));
      if (!top.head) {
        const last = this.#cursors.pop()!;
        if (last === top) continue;
        this.#cursors[0] = last;
      }
      this.#sink();
    }
    return taken;
  }

  /** Whose event comes next when those of the top are gone. */
  #second(): Cursor | undefined {
    const [, left, right] = this.#cursors;
    return left && right && this.#less(right, left) ? right : left;
  }

  #sink(): void {
    const cursors = this.#cursors;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= cursors.length) return;
      const right = left + 1;
      const next = right < cursors.length && this.#less(cursors[right]!, cursors[left]!) ? right : left;
      if (!this.#less(cursors[next]!, cursors[at]!)) return;
      [cursors[at], cursors[next]] = [cursors[next]!, cursors[at]!];
      at = next;
    }
  }

  #less(a: Cursor, b: Cursor): boolean {
    return before(a.head!, b.head!, this.#descending);
  }
}

/** Whether `a` is read before `b`. */
function before(a: Position, b: Position, descending: boolean): boolean {
  const order = a.timestamp - b.timestamp || a.seq - b.seq;
  return descending ? order > 0 : order < 0;
}
