import type { Clock } from '../clock/clock.ts';
import type { LogLine } from '../workloads/workload.ts';

export interface LogRecord extends LogLine {
  /** Numbered from 1 within one function, without gaps. */
  seq: number;
  time: string;
  workload: string;
}

const MAX_LINES = 5_000;
const MAX_CHARS = 4_000_000;

/** The newest log lines of one function, bounded in lines and characters, with live subscribers. */
export class LogBuffer {
  readonly #clock: Clock;
  readonly #subscribers = new Set<(record: LogRecord) => void>();
  #records: LogRecord[] = [];
  #first = 0;
  #chars = 0;
  #seq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of the newest line; 0 before there is one. */
  get newest(): number {
    return this.#seq;
  }

  append(workload: string, line: LogLine): void {
    const record = { seq: ++this.#seq, time: new Date(this.#clock.now()).toISOString(), workload, ...line };
    this.#records.push(record);
    this.#chars += line.text.length;
    while (this.#records.length - this.#first > MAX_LINES || this.#chars > MAX_CHARS) {
      this.#chars -= this.#records[this.#first++]!.text.length;
    }
    if (this.#first > MAX_LINES) {
      this.#records = this.#records.slice(this.#first);
      this.#first = 0;
    }
    for (const subscriber of this.#subscribers) subscriber(record);
  }

  /** Kept lines with `seq` above `since`, oldest first, at most the newest `limit`. */
  read(since = 0, limit = MAX_LINES): LogRecord[] {
    const start = Math.max(
      this.#first,
      this.#records.length - (this.#seq - since),
      this.#records.length - limit,
    );
    return this.#records.slice(start);
  }

  subscribe(subscriber: (record: LogRecord) => void): () => void {
    this.#subscribers.add(subscriber);
    return () => void this.#subscribers.delete(subscriber);
  }
}
