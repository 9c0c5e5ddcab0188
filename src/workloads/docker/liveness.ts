import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';

/** An agent answers at once, unless its container is paused, cut off from its network or starved. */
const ANSWERS_WITHIN: Milliseconds = 3_000;

/** Finds out whether a container's agent still answers, where there is reason to doubt it. */
export class Liveness implements Disposable {
  readonly #clock: Clock;
  readonly #ask: () => void;
  readonly #onSilence: () => void;
  #timer: ClockTimer | undefined;

  /** `ask` has the agent say something; `onSilence` is called when it does not. */
  constructor(clock: Clock, ask: () => void, onSilence: () => void) {
    this.#clock = clock;
    this.#ask = ask;
    this.#onSilence = onSilence;
  }

  check(): void {
    if (this.#timer) return;
    this.#timer = this.#clock.after(ANSWERS_WITHIN, () => {
      this.#timer = undefined;
      this.#onSilence();
    });
    this.#ask();
  }

  /** The agent said something. */
  heard(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  [Symbol.dispose](): void {
    this.heard();
  }
}
