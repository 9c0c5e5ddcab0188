/**
 * Work that several callers wait for but that is done once. It goes on while anybody waits, and is aborted when the
 * last one has given up.
 */
export class SharedJob<T> {
  readonly #abort = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#result = work(this.#abort.signal);
    this.#result.catch(() => {}); // each waiter gets it; without one nobody needs to know
  }

  /** Whether the work was given up: its result is of no use to a newcomer. */
  get aborted(): boolean {
    return this.#abort.signal.aborted;
  }

  /** The result of the work; rejects with the signal's reason when this caller gives up first. */
  async wait(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    this.#waiting++;
    let giveUp = () => {};
    const aborted = new Promise<never>((_, reject) => {
      giveUp = () => reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
    });
    try {
      return await Promise.race([this.#result, aborted]);
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.#waiting--;
      if (this.#waiting === 0 && signal.aborted) this.#abort.abort(signal.reason);
    }
  }

  /** Aborts the work and resolves when it has ended. */
  async stop(reason: Error): Promise<void> {
    this.#abort.abort(reason);
    await this.#result.catch(() => {});
  }
}
