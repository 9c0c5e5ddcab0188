import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';

const LOOK_PERIOD: Milliseconds = 2_000;
/** V8 shrinks its young generation only in a collection that saw little being allocated in the five seconds before. */
const QUIET: Milliseconds = 6_000;

/**
 * Gives memory back once a burst of requests has passed. V8 keeps a heap that a burst has blown up until it needs
 * the space, which in a daemon that then idles is never. A collection takes some 20 ms, so it waits for a moment in
 * which nobody asks for anything, and there is one for each burst.
 */
export class MemoryKeeper implements Disposable {
  readonly #clock: Clock;
  readonly #collect: () => void;
  #timer: ClockTimer | undefined;
  #lastRequest: Milliseconds = 0;

  constructor(clock: Clock, collect: () => void = collectGarbage) {
    this.#clock = clock;
    this.#collect = collect;
  }

  /** To be called for each request. */
  note(): void {
    this.#lastRequest = this.#clock.now();
    this.#timer ??= this.#clock.after(QUIET, () => this.#look());
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
  }

  #look(): void {
    const quiet = this.#clock.now() - this.#lastRequest >= QUIET;
    this.#timer = quiet ? undefined : this.#clock.after(LOOK_PERIOD, () => this.#look());
    if (quiet) this.#collect();
  }
}

/** What `--expose-gc` gives, without the flag, which whoever starts the daemon would have to know. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
