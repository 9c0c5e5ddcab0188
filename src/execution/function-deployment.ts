import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { Journal } from '../journal/journal.ts';
import { deferred } from '../support/deferred.ts';
import { type ExitCircumstances, ReplicaSet } from '../workloads/replica-set.ts';
import type { Workload, WorkloadDriver, WorkloadExit } from '../workloads/workload.ts';
import {
  type DeploymentSpec,
  type DeploymentState,
  type DeploymentStatus,
  type Lease,
  NotReady,
} from './deployment.ts';
import { ReplicaLease } from './lease.ts';
import { LogBuffer } from './log-buffer.ts';
import { describeSourceError, type SourceError, SourceFailure } from './source.ts';
import { SourceWatcher } from './watch/source-watcher.ts';

export interface DeploymentContext {
  driver: WorkloadDriver;
  clock: Clock;
  journal: Journal;
  /** Replicas of each function. */
  replicas: number;
  /** How long a request waits for code that is being started. */
  holdTimeout: Milliseconds;
  drainTimeout: Milliseconds;
}

const STOP_GRACE: Milliseconds = 2_000;
/** An error of watched code is believed when no change of a file is heard of within this time. */
const ERROR_DOUBT: Milliseconds = 10;
const LOADS_BEFORE_BELIEVING = 3;
/** Code that failed is tried again by a request after this long: what it lacked may be there by now. */
const RETRY_FAILED_AFTER: Milliseconds = 5_000;

/**
 * One function kept running: loads its code, reloads it when it changes, and lets requests through only to code that
 * is current. Between the first hint of a change and the new code being ready (or known to be broken) requests wait.
 */
export class FunctionDeployment {
  readonly logs: LogBuffer;
  readonly #context: DeploymentContext;
  readonly #replicas: ReplicaSet;
  #spec: DeploymentSpec;
  #watcher: SourceWatcher | undefined;
  #phase: 'idle' | 'loading' | 'ready' | 'failed' = 'idle';
  /** A change was hinted at and not yet looked into. */
  #dirty = false;
  /** How often a change was hinted at. */
  #hints = 0;
  /** Code was loaded while its files were changing; the watcher's next word decides. */
  #parked = false;
  #attempt = 0;
  #abort = new AbortController();
  #changed = deferred<void>();
  #lastError: (SourceError & { time: string }) | undefined;
  #failedAt: Milliseconds = 0;
  #lastReload: DeploymentStatus['lastReload'];
  #lastUsed: Milliseconds;
  #removed = false;
  #everReady = false;

  constructor(spec: DeploymentSpec, context: DeploymentContext) {
    this.#spec = spec;
    this.#context = context;
    this.#lastUsed = context.clock.now();
    this.logs = new LogBuffer(context.clock);
    this.#replicas = new ReplicaSet({
      driver: context.driver,
      clock: context.clock,
      desired: context.replicas,
      drainTimeout: context.drainTimeout,
      stopGrace: STOP_GRACE,
      onLog: (workload, line) => this.logs.append(workload.id, line),
      onExit: (workload, exit, circumstances) => this.#onExit(workload, exit, circumstances),
      onChange: () => this.#notify(),
    });
  }

  get lastUsed(): Milliseconds {
    return this.#lastUsed;
  }

  get loading(): boolean {
    return this.#phase === 'loading';
  }

  /** Whether it holds processes that nobody waits for. */
  get stoppable(): boolean {
    return this.#phase === 'ready' && !this.#dirty && this.#replicas.inFlight === 0;
  }

  get state(): DeploymentState {
    if (this.#phase === 'loading' || this.#dirty) return this.#everReady ? 'reloading' : 'starting';
    if (this.#phase === 'ready' && this.#replicas.readyCount === 0) return 'restarting';
    return this.#phase as 'idle' | 'ready' | 'failed';
  }

  status(): DeploymentStatus {
    return {
      state: this.state,
      replicas: { desired: this.#replicas.desired, ready: this.#replicas.readyCount },
      ...(this.#lastReload ? { lastReload: this.#lastReload } : {}),
      ...(this.#lastError ? { lastError: this.#lastError } : {}),
    };
  }

  /** Loads `spec` in place of what was deployed before. */
  redeploy(spec: DeploymentSpec): void {
    const { source } = this.#spec;
    this.#spec = spec;
    if (JSON.stringify(source) !== JSON.stringify(spec.source)) this.#stopWatching();
    void this.#load([], this.#context.clock.monotonic());
  }

  /** Starts what would otherwise start with the next request. */
  wake(): void {
    if (this.#phase === 'idle') void this.#load([], this.#context.clock.monotonic());
  }

  /** Stops its processes until the next request. */
  async sleep(): Promise<void> {
    this.#phase = 'idle';
    await this.#replicas.retireAll();
    if (this.#phase === 'idle') await this.#context.driver.release(this.#spec.id);
  }

  async remove(): Promise<void> {
    this.#removed = true;
    this.#attempt++;
    this.#abort.abort();
    this.#stopWatching();
    this.#notify();
    await this.#replicas.retireAll();
    await this.#context.driver.release(this.#spec.id);
  }

  /** See Deployments.claim. */
  claim(): Lease | undefined {
    this.#lastUsed = this.#context.clock.now();
    const replica = this.#phase === 'ready' && !this.#dirty ? this.#replicas.pick() : undefined;
    return replica && new ReplicaLease(replica, this.#context.clock);
  }

  /** See Deployments.acquire. */
  async acquire(signal: AbortSignal): Promise<Lease> {
    const { clock, holdTimeout } = this.#context;
    const deadline = clock.now() + holdTimeout;
    let mayRetry = true;
    while (!this.#removed) {
      const lease = this.claim();
      if (lease) return lease;
      if (this.#phase !== 'loading' && !this.#dirty) {
        if (this.#phase === 'failed') {
          if (!mayRetry || clock.now() - this.#failedAt < RETRY_FAILED_AFTER)
            throw new SourceFailure(this.#lastError!);
          mayRetry = false;
        }
        if (this.#phase === 'ready') this.#refuseLongRestart();
        else void this.#load([], clock.monotonic());
      }
      await this.#nextChange(deadline, signal);
    }
    throw new NotReady('the function was deleted', 1);
  }

  /** A crashed function comes back after a pause; a long one is told instead of waited for. */
  #refuseLongRestart(): void {
    const pause = (this.#replicas.restartDue ?? 0) - this.#context.clock.now();
    if (pause < 1_000) return;
    const why = this.#lastError ? `: ${describeSourceError(this.#lastError)}` : '';
    throw new NotReady(
      `the function keeps crashing and restarts in ${Math.ceil(pause / 1_000)} s${why}`,
      Math.ceil(pause / 1_000),
    );
  }

  async #nextChange(deadline: Milliseconds, signal: AbortSignal): Promise<void> {
    const { clock, holdTimeout } = this.#context;
    const done = new AbortController();
    const late = clock.sleep(deadline - clock.now(), AbortSignal.any([signal, done.signal])).then(() => {
      throw new NotReady(
        `the function was not ready within ${holdTimeout / 1_000} s; it is still ${this.state}`,
        1,
      );
    });
    late.catch(() => {});
    try {
      await Promise.race([this.#changed.promise, late]);
    } finally {
      done.abort();
    }
  }

  async #load(files: string[], firstSeen: Milliseconds, tries = 1): Promise<void> {
    const { clock, journal } = this.#context;
    const { id, runtime, directory, entry, stored } = this.#spec;
    const attempt = ++this.#attempt;
    this.#parked = false;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#phase = 'loading';
    const hints = this.#hints;
    if (tries === 1) journal.record({ type: 'reload.started', id, files });
    let error: SourceError | undefined;
    try {
      await this.#watch();
      const code = { functionId: id, directory, entry, ...(stored && { stored }) };
      const template = await runtime.prepare(code, this.#abort.signal);
      if (attempt !== this.#attempt) return;
      await this.#replicas.roll(template);
    } catch (failure) {
      error = failure instanceof SourceFailure ? failure.detail : unexpected(failure);
    }
    if (attempt !== this.#attempt) return;
    if (error && this.#watcher) await clock.sleep(ERROR_DOUBT);
    this.#parked = await this.#changedMeanwhile();
    if (attempt !== this.#attempt || this.#parked) return;
    if (error && this.#hints !== hints && tries < LOADS_BEFORE_BELIEVING) {
      // It may have read a file in the middle of a save that ended with the content from before.
      return this.#load(files, firstSeen, tries + 1);
    }
    if (error) void this.#replicas.retireAll();
    else this.#everReady = true;
    this.#finish(error, files, clock.monotonic() - firstSeen);
  }

  /** Whether the files are no longer the ones that were loaded. The watcher then settles them and has them loaded. */
  async #changedMeanwhile(): Promise<boolean> {
    try {
      const changed = (await this.#watcher?.verify()) ?? [];
      return changed.length > 0;
    } catch {
      return false; // a folder that can't be read is told by onError
    }
  }

  #finish(error: SourceError | undefined, files: string[], durationMs: Milliseconds): void {
    const { clock, journal } = this.#context;
    const { id } = this.#spec;
    const time = new Date(clock.now()).toISOString();
    const outcome = error ? 'failed' : 'ready';
    this.#phase = outcome;
    this.#failedAt = clock.now();
    this.#lastError = error ? { ...error, time } : undefined;
    this.#lastReload = { time, durationMs: Math.round(durationMs * 10) / 10, outcome, files };
    journal.record({
      type: 'reload.finished',
      id,
      files,
      durationMs: this.#lastReload.durationMs,
      outcome,
      ...(error ? { error } : {}),
    });
    this.#notify();
  }

  async #watch(): Promise<void> {
    const { source, directory, entry, id } = this.#spec;
    if (source.kind !== 'linked' || this.#watcher) return;
    const { clock, journal } = this.#context;
    const watcher = new SourceWatcher({
      root: directory,
      clock,
      ...(source.path === directory ? {} : { only: [entry] }),
      ...(source.poll ? { poll: true } : {}),
      ...(source.ignore ? { ignore: source.ignore } : {}),
      onDirty: () => {
        this.#dirty = true;
        this.#hints++;
      },
      onClean: () => {
        this.#dirty = false;
        // Code that was loaded in between may be neither the old nor the present one.
        if (this.#parked) void this.#load([], clock.monotonic());
        this.#notify();
      },
      onSettled: ({ files, firstSeen }) => {
        this.#dirty = false;
        void this.#load(files, firstSeen);
      },
      onNotice: (message) => journal.record({ type: 'notice', id, message }),
      onError: (error) => journal.record({ type: 'notice', id, message: error.message }),
    });
    this.#watcher = watcher;
    await watcher.start();
  }

  #stopWatching(): void {
    const watcher = this.#watcher;
    this.#watcher = undefined;
    this.#dirty = false;
    void watcher?.[Symbol.asyncDispose]();
  }

  #onExit(workload: Workload, exit: WorkloadExit, { expected, served }: ExitCircumstances): void {
    const { clock, journal } = this.#context;
    // A load that failed is told by its reload, not by the end of its process.
    if (expected || exit.reason === 'failed-load' || exit.reason === 'start-timeout') return;
    if (!served && this.#phase === 'loading') return;
    const error = exit.error ?? { kind: 'exit', message: `the function's process ended (${exit.reason})` };
    if (this.#phase === 'ready') this.#lastError = { ...error, time: new Date(clock.now()).toISOString() };
    journal.record({
      type: 'workload.exited',
      id: this.#spec.id,
      workload: workload.id,
      ...(workload.pid === undefined ? {} : { pid: workload.pid }),
      reason: describeSourceError(error),
      expected,
    });
  }

  #notify(): void {
    const changed = this.#changed;
    this.#changed = deferred<void>();
    changed.resolve();
  }
}

function unexpected(failure: unknown): SourceError {
  const message = failure instanceof Error ? failure.message : String(failure);
  return { kind: 'setup', message };
}
