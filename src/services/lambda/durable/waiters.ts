/** Who waits for the end of an execution, by its key. */
export class Waiters {
  readonly #waiting = new Map<number, Set<() => void>>();

  /** Resolves with `release`; rejects when the signal aborts first. */
  wait(key: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(key) ?? new Set();
      this.#waiting.set(key, waiting);
      const abort = () => {
        waiting.delete(done);
        if (waiting.size === 0 && this.#waiting.get(key) === waiting) this.#waiting.delete(key);
        reject(signal.reason);
      };
      const done = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      waiting.add(done);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  release(key: number): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    for (const done of waiting ?? []) done();
  }
}
