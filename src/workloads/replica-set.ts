import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';
import { Backoff } from './backoff.ts';
import { Replica } from './replica.ts';
import type { LogLine, Workload, WorkloadDriver, WorkloadExit, WorkloadTemplate } from './workload.ts';

export interface ReplicaSetOptions {
  driver: WorkloadDriver;
  clock: Clock;
  desired: number;
  /** How long requests under way may take before their workload is stopped all the same. */
  drainTimeout: Milliseconds;
  /** From SIGTERM to SIGKILL. */
  stopGrace: Milliseconds;
  onLog(workload: Workload, line: LogLine): void;
  /** A workload ended: `expected` when we asked it to, `served` when it had become ready before. */
  onExit(workload: Workload, exit: WorkloadExit, circumstances: ExitCircumstances): void;
  /** A replica became ready or was lost. */
  onChange(): void;
}

export interface ExitCircumstances {
  expected: boolean;
  served: boolean;
}

/**
 * Keeps a desired count of workloads of one template running: replaces crashed ones after growing pauses, and moves
 * to a new template one at a time, the new one ready before an old one stops taking requests.
 */
export class ReplicaSet implements AsyncDisposable {
  readonly #options: ReplicaSetOptions;
  readonly #backoff = new Backoff();
  readonly #starting = new Set<Workload>();
  readonly #retiring = new Set<Promise<unknown>>();
  readonly #stopped = new WeakSet<Workload>();
  #ready: Replica[] = [];
  /** Counts rolls and retirements; what was begun under an older number is abandoned. */
  #generation = 0;
  #restart: { timer: ClockTimer; due: Milliseconds } | undefined;

  constructor(options: ReplicaSetOptions) {
    this.#options = options;
  }

  get desired(): number {
    return this.#options.desired;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  get inFlight(): number {
    return this.#ready.reduce((sum, replica) => sum + replica.inFlight, 0);
  }

  /** When the next attempt to replace a crashed workload starts; undefined when none waits. */
  get restartDue(): Milliseconds | undefined {
    return this.#restart?.due;
  }

  /** The ready replica with the fewest requests under way. */
  pick(): Replica | undefined {
    let best = this.#ready[0];
    for (let i = 1; i < this.#ready.length; i++) {
      if (this.#ready[i]!.inFlight < best!.inFlight) best = this.#ready[i];
    }
    return best;
  }

  /**
   * Moves to `template`: surge 1, unavailable 0. Resolves false when a later roll or retirement overtook this one.
   * Rejects with SourceFailure when a new workload does not become ready; the old replicas then keep running.
   */
  async roll(template: WorkloadTemplate): Promise<boolean> {
    const generation = this.#nextGeneration();
    this.#backoff.reset();
    const old = [...this.#ready];
    for (let count = 0; count < this.desired; count++) {
      const added = await this.#add(template, generation);
      if (!added) return false;
      this.#retire(old.shift());
    }
    for (const rest of old) this.#retire(rest);
    return true;
  }

  /** Takes every replica out of service; they stop once their requests have ended. Resolves when nothing runs. */
  async retireAll(): Promise<void> {
    this.#nextGeneration();
    for (const replica of [...this.#ready]) this.#retire(replica);
    await Promise.all(this.#retiring);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.retireAll();
  }

  #nextGeneration(): number {
    this.#restart?.timer.cancel();
    this.#restart = undefined;
    for (const workload of this.#starting) this.#stop(workload);
    return ++this.#generation;
  }

  /** Starts one replica. False when overtaken; rejects when it does not become ready. */
  async #add(template: WorkloadTemplate, generation: number): Promise<boolean> {
    const { driver, clock, onLog, onExit, onChange } = this.#options;
    const workload: Workload = driver.start(template, (line) => onLog(workload, line));
    const replica = new Replica(workload);
    let readyAt: Milliseconds | undefined;
    this.#starting.add(workload);
    void workload.exited.then((exit) => {
      const expected = this.#stopped.has(workload);
      onExit(workload, exit, { expected, served: readyAt !== undefined });
      if (readyAt === undefined || !this.#remove(replica)) return;
      onChange();
      if (!expected) this.#replaceLater(template, this.#backoff.crashed(clock.now() - readyAt));
    });
    try {
      await workload.ready;
    } catch (error) {
      if (generation !== this.#generation) return false;
      throw error;
    } finally {
      this.#starting.delete(workload);
    }
    if (generation !== this.#generation) {
      this.#stop(workload);
      return false;
    }
    readyAt = clock.now();
    this.#ready.push(replica);
    onChange();
    return true;
  }

  #replaceLater(template: WorkloadTemplate, pause: Milliseconds): void {
    if (this.#starting.size > 0 || this.#restart) return; // a roll, or another replacement, is on its way
    const generation = this.#generation;
    const attempt = () => {
      this.#restart = undefined;
      this.#add(template, generation).catch(() => {
        this.#options.onChange();
        if (generation === this.#generation) this.#replaceLater(template, this.#backoff.crashed(0));
      });
    };
    const { clock } = this.#options;
    this.#restart = { timer: clock.after(pause, attempt), due: clock.now() + pause };
  }

  #remove(replica: Replica): boolean {
    const index = this.#ready.indexOf(replica);
    if (index >= 0) this.#ready.splice(index, 1);
    return index >= 0;
  }

  #retire(replica: Replica | undefined): void {
    if (!replica || !this.#remove(replica)) return;
    const done = this.#drain(replica).finally(() => this.#retiring.delete(done));
    this.#retiring.add(done);
  }

  async #drain(replica: Replica): Promise<void> {
    if (replica.inFlight > 0) {
      const { clock, drainTimeout } = this.#options;
      let timer: ClockTimer | undefined;
      const timeout = new Promise<void>((resolve) => {
        timer = clock.after(drainTimeout, resolve);
      });
      await Promise.race([replica.idle(), replica.workload.exited, timeout]);
      timer?.cancel();
    }
    await this.#stop(replica.workload);
  }

  #stop(workload: Workload): Promise<WorkloadExit> {
    this.#stopped.add(workload);
    const stopping = workload.stop(this.#options.stopGrace);
    const tracked = stopping.finally(() => this.#retiring.delete(tracked));
    this.#retiring.add(tracked);
    return stopping;
  }
}
