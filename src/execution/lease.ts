import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { Replica } from '../workloads/replica.ts';
import type { Workload } from '../workloads/workload.ts';
import type { Lease } from './deployment.ts';
import type { SourceError } from './source.ts';

/** A connection breaks a moment before its process is known to have ended. */
const EXIT_FOLLOWS_WITHIN: Milliseconds = 500;
/** A runtime server answers a ping at once unless user code keeps its thread busy. */
const PONG_WITHIN: Milliseconds = 2_000;

/** One request's claim on a replica. */
export class ReplicaLease implements Lease {
  readonly workload: Workload;
  readonly #replica: Replica;
  readonly #clock: Clock;
  #released = false;

  constructor(replica: Replica, clock: Clock) {
    this.workload = replica.workload;
    this.#replica = replica;
    this.#clock = clock;
    replica.enter();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#replica.leave();
  }

  async failure(): Promise<SourceError | undefined> {
    const patience = new AbortController();
    const exit = await Promise.race([
      this.workload.exited,
      this.#clock.sleep(EXIT_FOLLOWS_WITHIN, patience.signal).then(() => undefined),
    ]);
    patience.abort();
    return exit?.error;
  }

  suspect(): void {
    void this.workload.responds(PONG_WITHIN).then((alive) => {
      if (!alive) void this.workload.stop(0, 'unresponsive');
    });
  }
}
