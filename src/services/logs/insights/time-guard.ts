import { createContext, Script } from 'node:vm';
import type { Milliseconds } from '../../../clock/clock.ts';

/** What was asked to be done took too long, and was broken off wherever it was. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/**
 * Runs what users' regular expressions are part of, and breaks it off where they take for ever. What it was working on is
 * then in no state to be used. See docs/decisions/014-bounded-regexes.md.
 */
export class TimeGuard {
  readonly #context: { work: () => unknown };
  readonly #script = new Script('work()');
  readonly #longest: Milliseconds;

  constructor(longest: Milliseconds) {
    this.#longest = longest;
    this.#context = createContext({ work: () => undefined }) as { work: () => unknown };
  }

  /** @throws TookTooLong, and what `work` throws */
  run<T>(work: () => T): T {
    this.#context.work = work;
    try {
      return this.#script.runInContext(this.#context, { timeout: this.#longest }) as T;
    } catch (error) {
      if (isTimeout(error)) throw new TookTooLong(`it took more than ${this.#longest} ms`);
      throw error;
    } finally {
      this.#context.work = () => undefined;
    }
  }
}

/** By its code: the error is of the context that was broken off, whose `Error` is another one. */
function isTimeout(error: unknown): boolean {
  const coded = typeof error === 'object' && error !== null && 'code' in error;
  return coded && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}
