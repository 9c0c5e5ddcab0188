import type { Milliseconds } from '../clock/clock.ts';

const FIRST: Milliseconds = 100;
const LONGEST: Milliseconds = 10_000;
/** Running this long makes earlier crashes forgotten. */
const STEADY: Milliseconds = 10_000;

/** The pauses before restarts of something that keeps crashing: none, 0.1 s, 0.2 s, … at most 10 s. */
export class Backoff {
  #crashes = 0;

  /** Notes a crash of something that ran for `uptime`; returns how long to wait before the next start. */
  crashed(uptime: Milliseconds): Milliseconds {
    this.#crashes = uptime >= STEADY ? 1 : this.#crashes + 1;
    return this.#crashes === 1 ? 0 : Math.min(FIRST * 2 ** (this.#crashes - 2), LONGEST);
  }

  reset(): void {
    this.#crashes = 0;
  }
}
