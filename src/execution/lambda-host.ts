import { availableParallelism } from 'node:os';
import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';
import type { Scope } from '../storage/scope.ts';
import { Concurrency } from './concurrency.ts';
import { CannotStart } from './environments/blueprint.ts';
import type { EnvironmentFactory } from './environments/environment-factory.ts';
import { BufferedJob, StreamedJob } from './environments/job.ts';
import type { LogWriter } from './environments/log-writer.ts';
import type { InvocationReport } from './environments/platform-records.ts';
import { TraceIds } from './environments/trace-id.ts';
import { VersionPool } from './environments/version-pool.ts';
import type {
  FunctionHost,
  FunctionVersion,
  Invocation,
  Outcome,
  ResolvedImage,
  StreamedOutcome,
} from './function-host.ts';

export interface LambdaHostOptions {
  clock: Clock;
  factory: EnvironmentFactory;
  logs: LogWriter;
  /** An environment that was idle for this long ends; 0 never. Surplus ones end sooner. */
  idleTimeout: Milliseconds;
  /** Above this number idle environments make room for new ones. */
  maxEnvironments: number;
  /** Told of every invocation that has ended: for metrics. */
  onReport?(fn: FunctionVersion, report: InvocationReport): void;
  /** What the host itself was made with, ended after all environments. */
  parts?: readonly AsyncDisposable[];
}

/** Environments starting at one time; more only slow each other down. */
const STARTS_AT_ONCE = Math.max(8, availableParallelism() * 2);
/** A start that takes longer than this is waiting rather than working, and makes room. */
const START_PATIENCE: Milliseconds = 1_000;
const LOOK_PERIOD: Milliseconds = 5_000;

/** Runs Lambda functions in environments of their own, kept for the next invocation. */
export class LambdaHost implements FunctionHost {
  readonly #options: LambdaHostOptions;
  readonly #concurrency = new Concurrency();
  readonly #traceIds: TraceIds;
  readonly #pools = new Map<string, VersionPool>();
  /** Those that end with their last invocation. */
  readonly #retired = new Set<VersionPool>();
  readonly #starts: (() => Promise<void>)[] = [];
  #starting = 0;
  #looking: ClockTimer | undefined;
  #disposed = false;

  constructor(options: LambdaHostOptions) {
    this.#options = options;
    this.#traceIds = new TraceIds(options.clock);
  }

  async invoke(fn: FunctionVersion, invocation: Invocation): Promise<Outcome> {
    const release = this.#concurrency.take(fn);
    const job = new BufferedJob(invocation, this.#traceIds.next(invocation.traceHeader, fn.tracing), release);
    this.#pool(fn).run(job);
    return job.outcome;
  }

  async invokeStreaming(fn: FunctionVersion, invocation: Invocation): Promise<StreamedOutcome> {
    const release = this.#concurrency.take(fn);
    const job = new StreamedJob(invocation, this.#traceIds.next(invocation.traceHeader, fn.tracing), release);
    this.#pool(fn).run(job);
    return job.outcome;
  }

  async check(fn: FunctionVersion): Promise<{ warning?: string; unsupported?: string }> {
    try {
      const { runtime } = await this.#options.factory.prepare(fn);
      return runtime.warning === undefined ? {} : { warning: runtime.warning };
    } catch (error) {
      if (!(error instanceof CannotStart)) throw error;
      // Everything else that keeps it from starting is told by its invocations, as on AWS.
      return error.error.type === 'Runtime.Unsupported' ? { unsupported: error.message } : {};
    }
  }

  findImage(uri: string): Promise<ResolvedImage | undefined> {
    return this.#options.factory.findImage(uri);
  }

  retire(functionArn: string, keepRevision?: string): void {
    for (const [key, pool] of this.#pools) {
      const { fn } = pool;
      if (fn.functionArn !== functionArn || fn.revision === keepRevision) continue;
      // What replaces $LATEST leaves the numbered versions as they are.
      if (keepRevision !== undefined && fn.version !== '$LATEST') continue;
      this.#pools.delete(key);
      this.#retired.add(pool);
      pool.retire();
      this.#forgetEmpty();
    }
  }

  setAccountLimit(scope: Scope, concurrency: number): void {
    this.#concurrency.setAccountLimit(scope, concurrency);
  }

  setReserved(functionArn: string, concurrency: number | undefined): void {
    this.#concurrency.setReserved(functionArn, concurrency);
  }

  setProvisioned(fn: FunctionVersion, concurrency: number): Promise<void> {
    this.#concurrency.setProvisioned(fn.functionArn, fn.version, concurrency);
    return this.#pool(fn).provision(concurrency);
  }

  /** The most invocations at one time since the last call, by function's ARN and, under `account/region`, of all. */
  takePeaks(): Map<string, number> {
    return this.#concurrency.takePeaks();
  }

  state(): ReturnType<FunctionHost['state']> {
    const byFunction = new Map<string, { environments: number; busy: number }>();
    let environments = 0;
    let busy = 0;
    for (const pool of [...this.#pools.values(), ...this.#retired]) {
      const known = byFunction.get(pool.fn.functionArn) ?? { environments: 0, busy: 0 };
      known.environments += pool.size;
      known.busy += pool.busy;
      byFunction.set(pool.fn.functionArn, known);
      environments += pool.size;
      busy += pool.busy;
    }
    return { environments, busy, byFunction };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#looking?.cancel();
    this.#starts.length = 0;
    await Promise.all([...this.#pools.values(), ...this.#retired].map((pool) => pool.end()));
    for (const part of this.#options.parts ?? []) await part[Symbol.asyncDispose]();
    this.#options.logs.flush();
  }

  #pool(fn: FunctionVersion): VersionPool {
    const key = `${fn.functionArn}:${fn.version}:${fn.revision}`;
    const known = this.#pools.get(key);
    if (known) return known;
    if (this.#disposed) throw new Error('lambdock is stopping');
    const { clock, factory, onReport } = this.#options;
    const pool = new VersionPool(fn, {
      clock,
      make: (...args) => factory.make(...args),
      start: (work) => this.#start(work),
      report: (...args) => onReport?.(...args),
      changed: () => this.#onChange(),
    });
    this.#pools.set(key, pool);
    this.#looking ??= clock.every(LOOK_PERIOD, () => this.#expire());
    return pool;
  }

  #start(work: () => Promise<void>): void {
    if (this.#disposed) return;
    this.#starts.push(work);
    this.#startQueued();
  }

  #startQueued(): void {
    while (this.#starting < STARTS_AT_ONCE && this.#starts.length > 0) {
      this.#starting++;
      const work = this.#starts.shift()!;
      const patience = this.#options.clock.sleep(START_PATIENCE);
      void Promise.race([work(), patience]).finally(() => {
        this.#starting--;
        this.#startQueued();
      });
    }
  }

  #expire(): void {
    for (const [key, pool] of this.#pools) {
      pool.expire(this.#options.idleTimeout);
      if (pool.empty) this.#pools.delete(key);
    }
    this.#forgetEmpty();
    if (this.#pools.size > 0) return;
    this.#looking?.cancel();
    this.#looking = undefined;
  }

  #onChange(): void {
    this.#forgetEmpty();
    let { environments } = this.state();
    for (const pool of this.#pools.values()) {
      while (environments > this.#options.maxEnvironments && pool.endOldest()) environments--;
    }
  }

  #forgetEmpty(): void {
    for (const pool of this.#retired) if (pool.size === 0) this.#retired.delete(pool);
  }
}
