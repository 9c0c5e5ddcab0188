import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { FunctionId } from '../execution/source.ts';

const PERIOD: Milliseconds = 10_000;
const BUCKETS = 60;

/** Requests of the last ten minutes in parts of ten seconds, oldest first. */
export interface TrafficCounts {
  periodMs: Milliseconds;
  /** The end of the newest part, which is not over yet. */
  end: string;
  requests: number[];
  /** Of those, how many were answered with a status of 500 or above. */
  errors: number[];
}

export interface TrafficTimes extends TrafficCounts {
  /** The sum of their durations. */
  totalMs: number[];
  slowestMs: number[];
}

/**
 * Counts functions' requests. Nothing runs by itself: what is too old is forgotten when the next request comes or when
 * someone looks, and a function without requests has no counters.
 */
export class Traffic {
  readonly #clock: Clock;
  readonly #counters = new Map<FunctionId, Counters>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(id: FunctionId, status: number, durationMs: Milliseconds): void {
    let counters = this.#counters.get(id);
    if (!counters) {
      counters = new Counters();
      this.#counters.set(id, counters);
    }
    counters.add(this.#now(), status >= 500, durationMs);
  }

  counts(id: FunctionId): TrafficCounts {
    const { end, at } = this.#look(id);
    return {
      periodMs: PERIOD,
      end,
      requests: read(this.#counters.get(id)?.requests, at),
      errors: read(this.#counters.get(id)?.errors, at),
    };
  }

  times(id: FunctionId): TrafficTimes {
    const { at } = this.#look(id);
    const counters = this.#counters.get(id);
    return {
      ...this.counts(id),
      totalMs: read(counters?.totalMs, at).map(toHundredths),
      slowestMs: read(counters?.slowestMs, at).map(toHundredths),
    };
  }

  forget(id: FunctionId): void {
    this.#counters.delete(id);
  }

  /** The number of the present part, counted from 1970. */
  #now(): number {
    return Math.floor(this.#clock.now() / PERIOD);
  }

  /** Where the oldest part is, and when the newest ends. */
  #look(id: FunctionId): { end: string; at: number } {
    const now = this.#now();
    const newest = this.#counters.get(id)?.advance(now) ?? now;
    return { end: new Date((newest + 1) * PERIOD).toISOString(), at: (newest + 1) % BUCKETS };
  }
}

/** One function's: part `n` is kept at place `n % BUCKETS`. */
class Counters {
  readonly requests = new Uint32Array(BUCKETS);
  readonly errors = new Uint32Array(BUCKETS);
  readonly totalMs = new Float64Array(BUCKETS);
  readonly slowestMs = new Float64Array(BUCKETS);
  #newest = -1;

  add(now: number, isError: boolean, durationMs: Milliseconds): void {
    const at = (now === this.#newest ? now : this.advance(now)) % BUCKETS;
    this.requests[at]!++;
    if (isError) this.errors[at]!++;
    this.totalMs[at]! += durationMs;
    if (durationMs > this.slowestMs[at]!) this.slowestMs[at] = durationMs;
  }

  /** Forgets what is too old; returns the newest part. A clock that was set back a little goes on with the newest. */
  advance(now: number): number {
    const ahead = now - this.#newest;
    if (ahead <= 0 && ahead > -BUCKETS) return this.#newest;
    for (let step = Math.min(Math.abs(ahead), BUCKETS); step > 0; step--) {
      const at = (now - step + 1) % BUCKETS;
      this.requests[at] = this.errors[at] = this.totalMs[at] = this.slowestMs[at] = 0;
    }
    this.#newest = now;
    return now;
  }
}

function read(values: Uint32Array | Float64Array | undefined, at: number): number[] {
  if (!values) return new Array<number>(BUCKETS).fill(0);
  return [...values.subarray(at), ...values.subarray(0, at)];
}

function toHundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
