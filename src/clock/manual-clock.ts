import { BaseClock } from './base.ts';
import type { ClockTimer, Milliseconds } from './clock.ts';

interface PendingTimer {
  due: Milliseconds;
  order: number;
  callback: () => void;
}

/** A clock that stands still until told to move. Timers fire in order of due time, then of creation. */
export class ManualClock extends BaseClock {
  #now: Milliseconds;
  #order = 0;
  readonly #pending = new Set<PendingTimer>();

  constructor(start: Milliseconds = Date.UTC(2026, 0, 1)) {
    super();
    this.#now = start;
  }

  override now(): Milliseconds {
    return this.#now;
  }

  override monotonic(): Milliseconds {
    return this.#now;
  }

  /** Timers that have not fired or been cancelled. */
  get pending(): number {
    return this.#pending.size;
  }

  override after(delay: Milliseconds, callback: () => void): ClockTimer {
    const timer = { due: this.#now + Math.max(0, delay), order: this.#order++, callback };
    this.#pending.add(timer);
    return { cancel: () => void this.#pending.delete(timer) };
  }

  /**
   * Moves time forward by `duration`, firing what falls due on the way, timers set by timers included.
   * Promise callbacks run between two timers, so code that awaits a sleep sees each moment in turn.
   */
  async advance(duration: Milliseconds): Promise<void> {
    const end = this.#now + duration;
    await settle();
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#pending.delete(next);
      this.#now = next.due;
      next.callback();
      await settle();
    }
    this.#now = end;
  }

  #next(end: Milliseconds): PendingTimer | undefined {
    let first: PendingTimer | undefined;
    for (const timer of this.#pending) {
      if (timer.due > end) continue;
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order))
        first = timer;
    }
    return first;
  }
}

/** Lets pending promise reactions run, chained ones too. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
