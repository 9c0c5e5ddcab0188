import type { Clock, Milliseconds } from '../../clock/clock.ts';

/** Looking costs more than a short invocation does, so that it is done this often at most. */
const PERIOD: Milliseconds = 2_000;
/** What an invocation takes in so little time is not worth looking before the period is over. */
const SHORT: Milliseconds = 10;

/** The most memory an environment has used, as its reports tell it. */
export class MemoryGauge {
  readonly #clock: Clock;
  readonly #limitMb: number;
  readonly #look: () => number | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #mostMb = 0;

  constructor(clock: Clock, limitMb: number, look: () => number | undefined) {
    this.#clock = clock;
    this.#limitMb = limitMb;
    this.#look = look;
  }

  /** In whole MB, never more than the function has. `busy`: how long it has worked since it was last read. */
  read(busy: Milliseconds = 0): number {
    const now = this.#clock.monotonic();
    if (busy >= SHORT || now - this.#lookedAt >= PERIOD) {
      this.#lookedAt = now;
      this.#mostMb = Math.max(this.#mostMb, this.#look() ?? 0);
    }
    return Math.min(this.#limitMb, Math.ceil(this.#mostMb));
  }
}
