import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { WorkloadTemplate } from '../workload.ts';
import type { ProcessWorkload } from './process-workload.ts';

/** A standby nobody took for this long is ended: it holds memory that its user may want for something else. */
const UNUSED_FOR: Milliseconds = 15 * 60_000;
/** Who has just saved a file may save it again before the next standby has started, so a second one waits. */
const ACTIVE_FOR: Milliseconds = 5 * 60_000;

/** The standbys of one kind: same command, folder and environment. */
interface Kind {
  /** Started first, taken first. */
  waiting: ProcessWorkload[];
  lastTaken: Milliseconds;
}

/** Runtime servers started ahead of need, waiting to be told what to load. */
export class StandbyPool {
  readonly #clock: Clock;
  readonly #launch: (template: WorkloadTemplate) => ProcessWorkload;
  readonly #kinds = new Map<string, Kind>();
  #stopped = false;

  constructor(clock: Clock, launch: (template: WorkloadTemplate) => ProcessWorkload) {
    this.#clock = clock;
    this.#launch = launch;
  }

  get size(): number {
    return [...this.#kinds.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  }

  /** A running standby that can become a workload of this template, if there is one. It leaves the pool. */
  take(template: WorkloadTemplate): ProcessWorkload | undefined {
    const kind = this.#kinds.get(keyOf(template));
    if (!kind) return undefined;
    kind.lastTaken = this.#clock.now();
    return kind.waiting.shift();
  }

  /** Starts standbys of the template's kind, one after the other, until enough wait. */
  refill(template: WorkloadTemplate): void {
    const key = keyOf(template);
    const kind = this.#kinds.get(key) ?? { waiting: [], lastTaken: Number.NEGATIVE_INFINITY };
    this.#kinds.set(key, kind);
    const enough = this.#clock.now() - kind.lastTaken < ACTIVE_FOR ? 2 : 1;
    if (this.#stopped || kind.waiting.length >= enough) return;
    const standby = this.#add(template, kind);
    if (kind.waiting.length < enough) {
      // Two at once would each take twice as long to be of use.
      standby.listening.then(
        () => this.refill(template),
        () => {}, // what broke this one would break the next one as well
      );
    }
  }

  stopRefilling(): void {
    this.#stopped = true;
  }

  #add(template: WorkloadTemplate, { waiting }: Kind): ProcessWorkload {
    const { load: _, memoryLimitMb: __, ...rest } = template;
    const standby = this.#launch({ ...rest, owner: '' });
    waiting.push(standby);
    const expiry = this.#clock.after(UNUSED_FOR, () => {
      if (waiting.includes(standby)) void standby.stop(0);
    });
    void standby.exited.then(() => {
      expiry.cancel();
      const index = waiting.indexOf(standby);
      if (index >= 0) waiting.splice(index, 1);
    });
    return standby;
  }
}

function keyOf({ command, cwd, env }: WorkloadTemplate): string {
  return JSON.stringify([command, cwd, env]);
}
