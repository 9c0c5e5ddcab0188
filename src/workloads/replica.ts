import { deferred } from '../support/deferred.ts';
import type { Workload } from './workload.ts';

/** One member of a replica set: a workload and the requests it is busy with. */
export class Replica {
  readonly workload: Workload;
  #inFlight = 0;
  #idle: ReturnType<typeof deferred<void>> | undefined;

  constructor(workload: Workload) {
    this.workload = workload;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a request in; each `enter` needs one `leave`. */
  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) this.#idle?.resolve();
  }

  /** Resolves when no request is under way. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    this.#idle ??= deferred<void>();
    return this.#idle.promise;
  }
}
