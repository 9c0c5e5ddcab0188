import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';

/** Something that must happen before `due`, on the clock. `due` may move while it waits. */
export interface Expiring {
  due: Milliseconds;
  onDeadline(): void;
}

/** How late a deadline may be noticed. */
const SWEEP_PERIOD: Milliseconds = 50;

/**
 * Watches any number of deadlines with one timer, because setting and clearing a timer for each request costs more
 * than looking at the few that wait. While nothing waits there is no timer.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #waiting = new Set<Expiring>();
  #timer: ClockTimer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(entry: Expiring): void {
    this.#waiting.add(entry);
    this.#timer ??= this.#clock.after(SWEEP_PERIOD, () => this.#sweep());
  }

  delete(entry: Expiring): void {
    this.#waiting.delete(entry);
  }

  /** Forgets all deadlines. */
  stop(): void {
    this.#waiting.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (const entry of this.#waiting) {
      if (entry.due > now) continue;
      this.#waiting.delete(entry);
      entry.onDeadline();
    }
    if (this.#waiting.size > 0) this.#timer ??= this.#clock.after(SWEEP_PERIOD, () => this.#sweep());
  }
}
