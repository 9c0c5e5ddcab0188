/** Runs so many jobs at a time, the others in their order. */
export class Slots {
  readonly #most: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  #running = 0;
  #closed = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** The job must not reject. */
  run(job: () => Promise<void>): void {
    if (this.#closed) return;
    if (this.#running >= this.#most) this.#waiting.push(job);
    else this.#start(job);
  }

  /** Starts nothing any more. */
  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
  }

  #start(job: () => Promise<void>): void {
    this.#running++;
    void job().finally(() => {
      this.#running--;
      const next = this.#waiting.shift();
      if (next) this.#start(next);
    });
  }
}
