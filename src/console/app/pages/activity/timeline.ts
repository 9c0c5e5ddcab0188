import type { JournalEntry } from '../../api/types.ts';
import { type Happening, type Invocation, isWorthTelling } from './kinds.ts';

/** Many requests of one function that came quickly one after the other, and were answered alike. */
export interface Burst {
  id: string;
  count: number;
  /** The lowest and the highest status. */
  statuses: [number, number];
  first: string;
  last: string;
  slowestMs: number;
  totalMs: number;
  /** The newest of them, the newest first. */
  newest: Invocation[];
}

export type Row =
  | { key: number; kind: 'request'; entry: Invocation }
  | { key: number; kind: 'burst'; burst: Burst; version: number }
  | { key: number; kind: 'happening'; entry: Happening };

export interface TimelineOptions {
  /** Calls back in a moment: listeners hear of all that came until then at once. */
  soon(callback: () => void): void;
  mostRows?: number;
}

type Filter = (entry: JournalEntry) => boolean;
type BurstRow = Extract<Row, { kind: 'burst' }>;

/** How the newest requests of one function and outcome come. */
interface Pace {
  secondBegan: number;
  count: number;
  row: BurstRow | undefined;
  rowBegan: number;
  last: number;
}

/** So many requests of a second are told one by one. */
const ONE_BY_ONE = 5;
const SECOND = 1_000;
const LONGEST_BURST = 10_000;
/** With fewer, what comes next is told one by one again. */
const MANY_IN_BURST = ONE_BY_ONE * (LONGEST_BURST / SECOND);
const NEWEST_OF_BURST = 20;
/** Requests are many; they must not displace what happens rarely. */
const MOST_REQUESTS = 5_000;
const MOST_HAPPENINGS = 2_000;

/** What happened, the newest first, in as many rows as a person can read. Entries are kept, so that a filter can be changed. */
export class Timeline {
  readonly #soon: TimelineOptions['soon'];
  readonly #mostRows: number;
  readonly #listeners = new Set<() => void>();
  readonly #paces = new Map<string, Pace>();
  #requests: Invocation[] = [];
  #happenings: Happening[] = [];
  /** The oldest first. */
  #rows: Row[] = [];
  #snapshot: readonly Row[] = [];
  #waiting: JournalEntry[] = [];
  #waitingCount = 0;
  #paused = false;
  #filter: Filter = () => true;
  #newest = 0;
  #announced = false;

  constructor({ soon, mostRows = 500 }: TimelineOptions) {
    this.#soon = soon;
    this.#mostRows = mostRows;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The newest first. Another array whenever something in it has changed. */
  rows = (): readonly Row[] => this.#snapshot;

  /** How many entries came since the reader paused. */
  get waiting(): number {
    return this.#waitingCount;
  }

  get isEmpty(): boolean {
    return this.#requests.length + this.#happenings.length + this.#waiting.length === 0;
  }

  add(entry: JournalEntry): void {
    // A connection that begins anew may tell again what is known.
    if (entry.seq <= this.#newest || !isWorthTelling(entry)) return;
    this.#newest = entry.seq;
    if (this.#paused) this.#wait(entry);
    else this.#take(entry);
    this.#announce();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingCount = 0;
    for (const entry of waiting) this.#take(entry);
    this.#announce();
  }

  filterBy(filter: Filter): void {
    this.#filter = filter;
    this.#rows = [];
    this.#paces.clear();
    this.#waitingCount = this.#waiting.filter(filter).length;
    const entries: JournalEntry[] = [...this.#requests, ...this.#happenings];
    for (const entry of entries.sort((one, other) => one.seq - other.seq)) this.#show(entry);
    this.#announce();
  }

  #wait(entry: JournalEntry): void {
    this.#waiting.push(entry);
    if (this.#filter(entry)) this.#waitingCount++;
    if (this.#waiting.length > MOST_REQUESTS * 2) this.#waiting = this.#waiting.slice(-MOST_REQUESTS);
  }

  #take(entry: JournalEntry): void {
    if (entry.type === 'invocation') {
      this.#requests.push(entry);
      if (this.#requests.length > MOST_REQUESTS * 2) this.#requests = this.#requests.slice(-MOST_REQUESTS);
    } else {
      this.#happenings.push(entry);
      if (this.#happenings.length > MOST_HAPPENINGS * 2)
        this.#happenings = this.#happenings.slice(-MOST_HAPPENINGS);
    }
    this.#show(entry);
  }

  #show(entry: JournalEntry): void {
    if (!this.#filter(entry)) return;
    if (entry.type === 'invocation') this.#showRequest(entry);
    else this.#showHappening(entry);
    if (this.#rows.length > this.#mostRows * 2) this.#rows = this.#rows.slice(-this.#mostRows);
  }

  #showHappening(entry: Happening): void {
    const last = this.#rows.at(-1);
    const row: Row = { key: entry.seq, kind: 'happening', entry };
    // Of a work's progress only where it stands is of interest.
    const goesOn =
      entry.type === 'progress' &&
      last?.kind === 'happening' &&
      last.entry.type === 'progress' &&
      last.entry.topic === entry.topic;
    if (goesOn) this.#rows[this.#rows.length - 1] = row;
    else this.#rows.push(row);
  }

  #showRequest(entry: Invocation): void {
    const time = Date.parse(entry.time);
    const pace = this.#paceOf(entry, time);
    const before = pace.row;
    const goesOn = before !== undefined && time - pace.last <= SECOND;
    pace.last = time;
    if (goesOn && time - pace.rowBegan < LONGEST_BURST) {
      addTo(before.burst, entry);
      before.version++;
      return;
    }
    const stillMany = goesOn && before.burst.count > MANY_IN_BURST;
    if (!stillMany && ++pace.count <= ONE_BY_ONE) {
      pace.row = undefined;
      this.#rows.push({ key: entry.seq, kind: 'request', entry });
      return;
    }
    pace.row = { key: entry.seq, kind: 'burst', burst: burstOf(entry), version: 0 };
    pace.rowBegan = time;
    this.#rows.push(pace.row);
  }

  #paceOf({ id, status }: Invocation, time: number): Pace {
    const key = `${id} ${outcomeOf(status)}`;
    let pace = this.#paces.get(key);
    if (!pace) {
      pace = { secondBegan: time, count: 0, row: undefined, rowBegan: 0, last: 0 };
      this.#paces.set(key, pace);
    }
    if (time - pace.secondBegan > SECOND) {
      pace.secondBegan = time;
      pace.count = 0;
    }
    return pace;
  }

  #announce(): void {
    if (this.#announced) return;
    this.#announced = true;
    this.#soon(() => {
      this.#announced = false;
      this.#snapshot = this.#rows
        .slice(-this.#mostRows)
        .reverse()
        .map((row) => (row.kind === 'burst' ? { ...row } : row));
      for (const listener of this.#listeners) listener();
    });
  }
}

/** Requests that were answered alike are told together. */
function outcomeOf(status: number): string {
  return status >= 500 ? 'failed' : status >= 400 ? 'refused' : 'answered';
}

function burstOf(entry: Invocation): Burst {
  const { id, status, time, durationMs } = entry;
  return {
    id,
    count: 1,
    statuses: [status, status],
    first: time,
    last: time,
    slowestMs: durationMs,
    totalMs: durationMs,
    newest: [entry],
  };
}

function addTo(burst: Burst, entry: Invocation): void {
  const { status, time, durationMs } = entry;
  burst.count++;
  burst.last = time;
  burst.totalMs += durationMs;
  burst.statuses = [Math.min(burst.statuses[0], status), Math.max(burst.statuses[1], status)];
  burst.slowestMs = Math.max(burst.slowestMs, durationMs);
  burst.newest = [entry, ...burst.newest.slice(0, NEWEST_OF_BURST - 1)];
}
