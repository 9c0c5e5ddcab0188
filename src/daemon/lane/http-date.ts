import type { Clock } from '../../clock/clock.ts';

/** The value of Date headers, put together once a second. */
export class HttpDate {
  readonly #clock: Clock;
  #second = 0;
  #text = '';

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): string {
    const now = this.#clock.now();
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = new Date(now).toUTCString();
    }
    return this.#text;
  }
}
