import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { WorkloadTemplate } from '../workload.ts';
import type { ProcessWorkload } from './process-workload.ts';

/** A standby nobody took for this long is ended: it holds memory that its user may want for something else. */
const UNUSED_FOR: Milliseconds = 30 * 60_000;

/** Runtime servers started ahead of need, one of each kind, waiting to be told what to load. */
export class StandbyPool {
  readonly #clock: Clock;
  readonly #launch: (template: WorkloadTemplate) => ProcessWorkload;
  readonly #waiting = new Map<string, ProcessWorkload>();
  #stopped = false;

  constructor(clock: Clock, launch: (template: WorkloadTemplate) => ProcessWorkload) {
    this.#clock = clock;
    this.#launch = launch;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** A running standby that can become a workload of this template, if there is one. It leaves the pool. */
  take(template: WorkloadTemplate): ProcessWorkload | undefined {
    const key = kindOf(template);
    const standby = this.#waiting.get(key);
    this.#waiting.delete(key);
    return standby?.ended ? undefined : standby;
  }

  /** Starts a standby of the template's kind unless one waits already. */
  refill(template: WorkloadTemplate): void {
    const key = kindOf(template);
    if (this.#stopped || this.#waiting.has(key)) return;
    const { load: _, memoryLimitMb: __, ...rest } = template;
    const standby = this.#launch({ ...rest, owner: '' });
    this.#waiting.set(key, standby);
    const leave = () => {
      if (this.#waiting.get(key) === standby) this.#waiting.delete(key);
    };
    const expiry = this.#clock.after(UNUSED_FOR, () => {
      if (this.#waiting.get(key) === standby) void standby.stop(0);
    });
    // One that ends by itself is not replaced at once: what broke it would break the next one as well.
    void standby.exited.then(() => {
      expiry.cancel();
      leave();
    });
  }

  stopRefilling(): void {
    this.#stopped = true;
  }
}

function kindOf({ command, cwd, env }: WorkloadTemplate): string {
  return JSON.stringify([command, cwd, env]);
}
