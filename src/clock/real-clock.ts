import { BaseClock } from './base.ts';
import type { ClockTimer, Milliseconds } from './clock.ts';

/** Node's timers hold at most a signed 32-bit delay; a longer one would fire at once. */
const LONGEST_TIMER: Milliseconds = 2 ** 31 - 1;

/**
 * Wall time, optionally scaled: with `scale` 60 a minute of the clock passes in a second.
 * The scaled clock starts at the wall's time and runs away from it.
 */
export class RealClock extends BaseClock {
  readonly scale: number;
  readonly #start = Date.now();

  constructor(scale = 1) {
    super();
    if (!(scale > 0) || !Number.isFinite(scale))
      throw new RangeError(`time scale must be above 0, got ${scale}`);
    this.scale = scale;
  }

  override now(): Milliseconds {
    const wall = Date.now();
    return this.scale === 1 ? wall : this.#start + (wall - this.#start) * this.scale;
  }

  override after(delay: Milliseconds, callback: () => void): ClockTimer {
    let remaining = Math.max(0, delay / this.scale);
    let handle: NodeJS.Timeout;
    const arm = () => {
      const step = Math.min(remaining, LONGEST_TIMER);
      remaining -= step;
      handle = setTimeout(() => (remaining > 0 ? arm() : callback()), step);
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  }
}
