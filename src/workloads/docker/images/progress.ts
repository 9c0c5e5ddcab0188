import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type { ProgressListener } from '../../../execution/runtimes/context.ts';

/** Tells of work that says much in little time: at once what it is, then at most once an interval, and how it ended. */
export class PacedProgress {
  readonly #topic: string;
  readonly #clock: Clock;
  readonly #interval: Milliseconds;
  readonly #onProgress: ProgressListener;
  readonly #began: Milliseconds;
  #told = Number.NEGATIVE_INFINITY;

  constructor(topic: string, clock: Clock, interval: Milliseconds, onProgress: ProgressListener) {
    this.#topic = topic;
    this.#clock = clock;
    this.#interval = interval;
    this.#onProgress = onProgress;
    this.#began = clock.monotonic();
  }

  readonly report = (message: string): void => {
    const now = this.#clock.monotonic();
    if (now - this.#told < this.#interval) return;
    this.#told = now;
    this.#onProgress(this.#topic, `${message} …`);
  };

  done(message: string): void {
    const seconds = (this.#clock.monotonic() - this.#began) / 1_000;
    this.#onProgress(this.#topic, `${message} in ${seconds.toFixed(1)} s`, true);
  }

  failed(message: string): void {
    this.#onProgress(this.#topic, message, true);
  }
}
