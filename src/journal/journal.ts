import type { Clock } from '../clock/clock.ts';
import type { FunctionId, SourceError } from '../execution/source.ts';

/** What can happen. `type` is the discriminator; every other member is particular to it. */
export type JournalEvent =
  | { type: 'daemon.started'; url: string; version: string }
  | { type: 'daemon.stopping'; reason: string }
  | { type: 'daemon.reset' }
  | {
      type: 'function.created' | 'function.updated' | 'function.deleted' | 'function.restored';
      id: FunctionId;
      title: string;
    }
  | { type: 'reload.started'; id: FunctionId; files: string[] }
  | {
      type: 'reload.finished';
      id: FunctionId;
      /** Files that changed, relative to the function's folder; empty when the code came through the API. */
      files: string[];
      /** From the change being seen to the new code being ready or its error being known. */
      durationMs: number;
      outcome: 'ready' | 'failed';
      error?: SourceError;
    }
  | {
      type: 'workload.exited';
      id: FunctionId;
      workload: string;
      pid?: number;
      reason: string;
      expected: boolean;
    }
  | { type: 'lambda.destination'; target: string; function: string; record: unknown }
  | {
      type: 'lambda.dead-letter';
      /** The ARN of a queue or a topic. */
      target: string;
      /** The ARN of the function whose event it was. */
      function: string;
      body: string;
      attributes: Readonly<Record<string, string>>;
    }
  | { type: 'progress'; topic: string; message: string; id?: FunctionId; done?: boolean }
  | { type: 'notice'; message: string; id?: FunctionId }
  /** A call that goes through here and that AWS would refuse: `missing` says for want of what. */
  | { type: 'parity.warning'; service: string; action: string; resource: string; missing: string }
  | { type: 'invocation'; id: FunctionId; method: string; path: string; status: number; durationMs: number };

/** An event as recorded: numbered without reuse, also across restarts, and dated. */
export type JournalEntry = Recorded<JournalEvent>;
type Recorded<Event extends JournalEvent> = Event & { seq: number; time: string };

export type JournalListener = (entry: JournalEntry) => void;

/** Where entries outlive the process. Implemented in `storage/sqlite`; called in batches behind the hot path. */
export interface JournalStore {
  /** Reserves the next `count` sequence numbers for this process and returns the first. */
  reserve(count: number): number;
  append(entries: readonly JournalEntry[]): void;
  /** Entries with `seq` above `since`, oldest first; where more than `limit` match, the newest of them. */
  read(since: number, limit: number): JournalEntry[];
  clear(): void;
}

export interface JournalQuery {
  limit?: number | undefined;
  matches?(entry: JournalEntry): boolean;
}

export interface JournalOptions {
  clock: Clock;
  store?: JournalStore;
  /** Entries kept in memory for `since`; the oldest leave first. */
  capacity?: number;
  /** The store could not write, as on a full disk. What it refused is offered again later. */
  onStoreError?(error: unknown): void;
}

const SEQ_BLOCK = 1_000_000;
const FLUSH_PERIOD = 250;
const RETRY_PERIOD = 5_000;

/**
 * The append-only feed of what happened. Recording costs an array write; listeners are called at once, in order,
 * and the store is written behind. Invocations stay in memory only: at thousands a second they are a stream to
 * watch, not a record to keep.
 */
export class Journal implements Disposable {
  readonly #clock: Clock;
  readonly #store: JournalStore | undefined;
  readonly #capacity: number;
  readonly #onStoreError: (error: unknown) => void;
  readonly #listeners = new Set<JournalListener>();
  #ring: JournalEntry[] = [];
  #unsaved: JournalEntry[] = [];
  #nextSeq: number;
  #lastReserved: number;
  #flushTimer: { cancel(): void } | undefined;

  constructor(options: JournalOptions) {
    this.#clock = options.clock;
    this.#store = options.store;
    this.#capacity = options.capacity ?? 5_000;
    this.#onStoreError = options.onStoreError ?? (() => {});
    this.#nextSeq = this.#store?.reserve(SEQ_BLOCK) ?? 1;
    this.#lastReserved = this.#nextSeq + SEQ_BLOCK - 1;
  }

  /** Adds an event. Never throws and never waits. */
  record<Event extends JournalEvent>(event: Event): Recorded<Event> {
    const entry: Recorded<Event> = {
      seq: this.#takeSeq(),
      time: new Date(this.#clock.now()).toISOString(),
      ...event,
    };
    this.#ring.push(entry);
    if (this.#ring.length > this.#capacity * 2) this.#ring = this.#ring.slice(-this.#capacity);
    if (this.#store && event.type !== 'invocation') {
      this.#unsaved.push(entry);
      this.#flushTimer ??= this.#clock.after(FLUSH_PERIOD, () => this.flush());
    }
    for (const listener of this.#listeners) listener(entry);
    return entry;
  }

  /** Calls `listener` for every later entry until the returned function is called. */
  subscribe(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Entries after `since` (0 for all that is kept) that match, oldest first, at most `limit` of the newest. Of those that
   * are only stored the newest few thousand are looked at.
   */
  since(since: number, { limit = this.#capacity, matches = () => true }: JournalQuery = {}): JournalEntry[] {
    if (limit === 0) return [];
    const oldest = this.#ring[0]?.seq ?? this.#nextSeq;
    const kept = this.#ring.filter((entry) => entry.seq > since && matches(entry)).slice(-limit);
    if (kept.length === limit || since >= oldest - 1 || !this.#store) return kept;
    const stored = this.#store
      .read(since, Math.max(limit, this.#capacity))
      .filter((entry) => entry.seq < oldest && matches(entry));
    return [...stored, ...kept].slice(-limit);
  }

  /** Writes what is not yet in the store. Called by itself a moment after `record`. */
  flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    if (this.#unsaved.length === 0) return;
    const entries = this.#unsaved;
    this.#unsaved = [];
    try {
      this.#store?.append(entries);
    } catch (error) {
      this.#unsaved = entries.slice(-this.#capacity);
      this.#flushTimer = this.#clock.after(RETRY_PERIOD, () => this.flush());
      this.#onStoreError(error);
    }
  }

  /** Forgets everything recorded; numbering goes on. */
  clear(): void {
    this.#ring = [];
    this.#unsaved = [];
    this.#store?.clear();
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#flushTimer?.cancel();
    this.#listeners.clear();
  }

  #takeSeq(): number {
    if (this.#nextSeq > this.#lastReserved) {
      this.#nextSeq = this.#store?.reserve(SEQ_BLOCK) ?? this.#nextSeq;
      this.#lastReserved = this.#nextSeq + SEQ_BLOCK - 1;
    }
    return this.#nextSeq++;
  }
}
