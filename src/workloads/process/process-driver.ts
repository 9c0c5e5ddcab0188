import { availableParallelism } from 'node:os';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { DriverState, LogLine, Workload, WorkloadDriver, WorkloadTemplate } from '../workload.ts';
import { processIdentity } from './identity.ts';
import { type RecordedProcess, removeLeftovers } from './leftovers.ts';
import { MemoryWatch } from './memory-watch.ts';
import { parentDeathWrapper } from './parent-death.ts';
import { ProcessWorkload } from './process-workload.ts';
import { StandbyPool } from './standby-pool.ts';
import { Strays } from './strays.ts';

/** Where started processes are recorded, so that a later daemon can end what this one could not. */
export interface ProcessRecords {
  add(record: RecordedProcess & { owner: string }): void;
  remove(id: string): void;
  all(): readonly RecordedProcess[];
}

export interface ProcessDriverOptions {
  clock: Clock;
  records: ProcessRecords;
  /** Keep a runtime process started ahead for each kind in use. */
  standby: boolean;
}

/** Processes starting at one time; more only slow each other down until they miss their start time-out. */
const STARTS_AT_ONCE = Math.max(8, availableParallelism() * 2);
const STOP_GRACE: Milliseconds = 2_000;
const REFILL_PAUSE: Milliseconds = 20;

/** Runs workloads as processes of this machine. */
export class ProcessDriver implements WorkloadDriver {
  readonly name = 'process';
  readonly #options: ProcessDriverOptions;
  readonly #memory: MemoryWatch;
  readonly #standbys: StandbyPool;
  readonly #strays: Strays;
  readonly #running = new Set<ProcessWorkload>();
  readonly #queue: ProcessWorkload[] = [];
  #starting = 0;
  #disposed = false;
  #wrapper: readonly string[] | undefined;
  #findingWrapper: Promise<void> | undefined;

  constructor(options: ProcessDriverOptions) {
    this.#options = options;
    this.#memory = new MemoryWatch(options.clock);
    this.#strays = new Strays(options.clock);
    this.#standbys = new StandbyPool(options.clock, (template) => this.#launch(template));
  }

  state(): DriverState {
    const standbys = this.#standbys.size;
    return {
      name: this.name,
      workloads: this.#running.size - standbys,
      standbys,
      ...(this.#memory.supported ? {} : { notice: 'memory limits are not enforced on this system' }),
    };
  }

  /** Ends what an earlier daemon on the same data folder left running; returns how many processes that were. */
  removeLeftovers(): number {
    const recorded = this.#options.records.all();
    const ended = removeLeftovers(recorded);
    for (const { id } of recorded) this.#options.records.remove(id);
    return ended.length;
  }

  start(template: WorkloadTemplate, onLog: (line: LogLine) => void): Workload {
    if (this.#disposed) throw new Error('the process driver was stopped');
    const workload = (template.load && this.#standbys.take(template)) || this.#launch(template);
    workload.assign(template, onLog);
    // The next standby must not compete for the processor with this start and the request that waits for it.
    const warm = () => void this.#options.clock.after(REFILL_PAUSE, () => this.warm(template));
    workload.ready.then(warm, warm);
    return workload;
  }

  warm(template: WorkloadTemplate): void {
    if (this.#disposed || !this.#options.standby || template.readiness.kind !== 'protocol') return;
    const artifact = template.load?.artifact;
    const ownBinary = artifact !== undefined && template.command.includes(artifact);
    if (!ownBinary) this.#standbys.refill(template);
  }

  /** A process without work has ended already. */
  async release(): Promise<void> {}

  /** Processes end with their daemon. */
  async recovered(): Promise<string[]> {
    return [];
  }

  async clean(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#standbys.stopRefilling();
    const stops = [...this.#running].map((one) => one.stop(one.template.owner === '' ? 0 : STOP_GRACE));
    for (const queued of this.#queue.splice(0)) void queued.launch(); // sees that it was stopped, and ends
    await Promise.all(stops);
    await this.#strays[Symbol.asyncDispose]();
    this.#memory[Symbol.dispose]();
  }

  #launch(template: WorkloadTemplate): ProcessWorkload {
    const workload = new ProcessWorkload(template, {
      clock: this.#options.clock,
      memory: this.#memory,
      wrapper: () => this.#wrapper ?? [],
      spawned: (started) => this.#record(started),
    });
    this.#running.add(workload);
    void workload.exited.then(() => {
      this.#running.delete(workload);
      this.#strays.follow(workload.id, () => this.#options.records.remove(workload.id));
    });
    this.#queue.push(workload);
    if (this.#wrapper) this.#startQueued();
    else void this.#findWrapper().then(() => this.#startQueued());
    return workload;
  }

  #findWrapper(): Promise<void> {
    this.#findingWrapper ??= parentDeathWrapper().then((wrapper) => {
      this.#wrapper = wrapper;
    });
    return this.#findingWrapper;
  }

  #startQueued(): void {
    while (this.#starting < STARTS_AT_ONCE && this.#queue.length > 0) {
      const workload = this.#queue.shift()!;
      this.#starting++;
      void workload.launch();
      const done = () => {
        this.#starting--;
        this.#startQueued();
      };
      // A standby has started once it listens; the others once they are ready or have failed.
      Promise.race([workload.listening, workload.ready]).then(done, done);
    }
  }

  #record(workload: ProcessWorkload): void {
    const pid = workload.pid!;
    const startedAt = processIdentity(pid);
    if (startedAt)
      this.#options.records.add({ id: workload.id, owner: workload.template.owner, pid, startedAt });
  }
}
