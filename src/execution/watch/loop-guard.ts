import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { isSource } from './languages.ts';
import { kindOf } from './source-filter.ts';

/** So many reloads … */
const RELOADS = 5;
/** … within this time are no person's. */
const WITHIN: Milliseconds = 10_000;

/**
 * Notices a function that writes into its own folder and would be reloaded by that for ever: reload after reload because
 * of the same file that is not source, or of files of one kind that come and go in one folder.
 */
export class LoopGuard {
  readonly #clock: Clock;
  readonly #times = new Map<string, Milliseconds[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes note of a change that reloads the function. Returns what should not reload it any more: a path, or a kind
   * (`uploads/*.png`). Any change of a source file starts the count anew.
   */
  note(files: readonly string[], appearedOrGone: readonly string[]): string[] {
    if (files.some(isSource)) {
      this.#times.clear();
      return [];
    }
    const keys = new Set([...files, ...appearedOrGone.map(kindOf)]);
    return [...keys].filter((key) => this.#isTooOften(key));
  }

  #isTooOften(key: string): boolean {
    const now = this.#clock.monotonic();
    const times = (this.#times.get(key) ?? []).filter((time) => now - time < WITHIN);
    times.push(now);
    this.#times.set(key, times);
    return times.length >= RELOADS;
  }
}
