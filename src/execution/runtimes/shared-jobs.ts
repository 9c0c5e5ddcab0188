import { SharedJob } from './shared-job.ts';

/** Work that is done once for each key, however many ask for it at the same time. */
export class SharedJobs {
  readonly #jobs = new Map<string, SharedJob<void>>();

  /** Waits for the work of this key, which is begun unless it is under way. Rejects with the signal's reason as well. */
  run(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const known = this.#jobs.get(key);
    if (known && !known.aborted) return known.wait(signal);
    const job = new SharedJob<void>((aborted) =>
      work(aborted).finally(() => {
        if (this.#jobs.get(key) === job) this.#jobs.delete(key);
      }),
    );
    this.#jobs.set(key, job);
    return job.wait(signal);
  }

  /** Aborts all that is under way, and resolves when it has ended. */
  async stop(): Promise<void> {
    const reason = new Error('lambdock is stopping');
    await Promise.all([...this.#jobs.values()].map((job) => job.stop(reason)));
  }
}
