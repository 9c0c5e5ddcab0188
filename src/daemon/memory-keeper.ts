import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';

const LOOK_PERIOD: Milliseconds = 1_000;
const QUIET: Milliseconds = 2_000;
/**
 * V8 shrinks its young generation in a collection before which little was allocated for five seconds, as the
 * collections before it tell. So there are three of them, which together give back in nine seconds what a burst took.
 */
const COLLECTIONS = 3;
const BETWEEN_COLLECTIONS: Milliseconds = 3_000;

/**
 * Gives memory back once a burst of requests has passed. V8 keeps a heap that a burst has blown up until it needs
 * the space, which in a daemon that then idles is never. A collection takes some 20 ms, so it waits for a moment in
 * which nobody asks for anything.
 */
export class MemoryKeeper implements Disposable {
  readonly #clock: Clock;
  readonly #collect: () => void;
  #timer: ClockTimer | undefined;
  #lastRequest: Milliseconds = 0;
  #collected = 0;

  constructor(clock: Clock, collect: () => void = collectGarbage) {
    this.#clock = clock;
    this.#collect = collect;
  }

  /** To be called for each request. */
  note(): void {
    this.#lastRequest = this.#clock.now();
    this.#collected = 0;
    this.#timer ??= this.#clock.after(QUIET, () => this.#look());
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #look(): void {
    this.#timer = undefined;
    const quiet = this.#clock.now() - this.#lastRequest >= QUIET;
    if (quiet) {
      this.#collect();
      this.#collected++;
    }
    if (this.#collected === COLLECTIONS) return;
    this.#timer = this.#clock.after(quiet ? BETWEEN_COLLECTIONS : LOOK_PERIOD, () => this.#look());
  }
}

/** What `--expose-gc` gives, without the flag, which whoever starts the daemon would have to know. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
