import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { FunctionVersion } from '../function-host.ts';
import { CannotStart } from './blueprint.ts';
import type { Environment, EnvironmentOwner } from './environment.ts';
import { type EnvironmentError, errorPayload } from './error-payloads.ts';
import type { Job } from './job.ts';
import type { InitializationType, InvocationReport } from './platform-records.ts';

export interface PoolContext {
  clock: Clock;
  make(fn: FunctionVersion, type: InitializationType, owner: EnvironmentOwner): Promise<Environment>;
  /** Runs starts, few at a time: more only slow each other down. */
  start(work: () => Promise<void>): void;
  report(fn: FunctionVersion, report: InvocationReport): void;
  /** The number of environments has changed. */
  changed(): void;
}

/** A runtime that has just answered asks for the next event within this time; longer than that is not waited for. */
const RETURN_PATIENCE: Milliseconds = 100;
/** Idle environments beyond the first are kept this long: memory comes back soon after a burst. */
const SURPLUS_IDLE: Milliseconds = 20_000;
/** As on AWS, none lives for ever: its credentials don't either. */
const LONGEST_LIFE: Milliseconds = 12 * 3_600_000;

interface Waiting {
  job: Job;
  since: Milliseconds;
}

interface Provisioning {
  resolve(): void;
  reject(reason: unknown): void;
}

/** The environments of one revision of a function's version, and the invocations that wait for one. */
export class VersionPool implements EnvironmentOwner {
  readonly fn: FunctionVersion;
  readonly #context: PoolContext;
  readonly #all = new Set<Environment>();
  /** The one used last is at the end, and used next: so the others grow old. */
  readonly #idle: Environment[] = [];
  readonly #waiting: Waiting[] = [];
  #starting = 0;
  #startingProvisioned = 0;
  #provisioned = 0;
  #provisioning: Provisioning | undefined;
  #looking = false;
  #retired = false;

  constructor(fn: FunctionVersion, context: PoolContext) {
    this.fn = fn;
    this.#context = context;
  }

  get size(): number {
    return this.#all.size + this.#starting;
  }

  /** Those that could not take an invocation now: until their runtime asks for one. */
  get busy(): number {
    return this.#count('busy') + this.#count('returning');
  }

  /** Nothing of it is left, and nothing is wanted of it. */
  get empty(): boolean {
    return this.size === 0 && this.#waiting.length === 0 && this.#provisioned === 0;
  }

  /** Gives the job to an idle environment, or to the first that becomes one; rejects it when neither will be. */
  run(job: Job): void {
    const environment = this.#idle.pop();
    if (environment) return void environment.invoke(job);
    const { signal } = job.invocation;
    if (signal?.aborted) return void job.reject(signal.reason);
    this.#waiting.push({ job, since: this.#context.clock.monotonic() });
    signal?.addEventListener('abort', () => this.#giveUp(job), { once: true });
    this.#startEnough();
  }

  /** Keeps `count` initialised environments. Resolves when they are there; rejects with the reason that they can't be. */
  provision(count: number): Promise<void> {
    this.#provisioning?.resolve();
    this.#provisioning = undefined;
    this.#provisioned = count;
    const surplus = this.#provisionedEnvironments().slice(count);
    for (const environment of surplus) environment.retire();
    return new Promise((resolve, reject) => {
      this.#provisioning = { resolve, reject };
      this.#startProvisioned();
      this.#lookWhetherProvisioned();
    });
  }

  /** Takes no more invocations; ends what is idle now, and the others after their invocation. */
  retire(): void {
    this.#retired = true;
    this.#provisioned = 0;
    this.#idle.length = 0;
    for (const environment of [...this.#all]) environment.retire();
  }

  /** Ends environments that were idle for too long. `idleTimeout` holds for the last one. */
  expire(idleTimeout: Milliseconds): void {
    const now = this.#context.clock.now();
    for (const environment of [...this.#idle]) {
      const { idleSince, startedAt, initializationType } = environment;
      const kept = initializationType === 'provisioned-concurrency';
      const last = this.#all.size === 1 || environment === this.#idle.at(-1);
      const allowed = last ? idleTimeout : Math.min(SURPLUS_IDLE, idleTimeout || SURPLUS_IDLE);
      const old = now - startedAt > LONGEST_LIFE;
      if (old || (!kept && allowed > 0 && now - idleSince >= allowed)) this.#endIdle(environment);
    }
  }

  /** Ends the environment that was idle for longest. False when there is none. */
  endOldest(): boolean {
    const oldest = this.#idle.find(({ initializationType }) => initializationType === 'on-demand');
    if (oldest) this.#endIdle(oldest);
    return oldest !== undefined;
  }

  async end(): Promise<void> {
    this.#retired = true;
    for (const { job } of this.#waiting.splice(0)) job.reject(new Error('lambdock is stopping'));
    await Promise.all([...this.#all].map((environment) => environment.end('spindown')));
  }

  available(environment: Environment): void {
    if (this.#retired && this.#waiting.length === 0) return void environment.end('spindown');
    const failed = environment.state === 'failed';
    if (failed && this.#provisioning && environment.initializationType !== 'on-demand') {
      this.#failProvisioning(new Error('init failed'));
    }
    const next = this.#waiting.shift()?.job;
    if (next) environment.invoke(next);
    else if (failed) void environment.end('failure');
    else this.#idle.push(environment);
    this.#lookWhetherProvisioned();
  }

  finished(_environment: Environment, report: InvocationReport): void {
    this.#context.report(this.fn, report);
  }

  ended(environment: Environment): void {
    this.#all.delete(environment);
    const index = this.#idle.indexOf(environment);
    if (index !== -1) this.#idle.splice(index, 1);
    this.#startEnough();
    this.#startProvisioned();
    this.#context.changed();
  }

  #endIdle(environment: Environment): void {
    this.#idle.splice(this.#idle.indexOf(environment), 1);
    void environment.end('spindown');
  }

  #giveUp(job: Job): void {
    const index = this.#waiting.findIndex((one) => one.job === job);
    if (index === -1) return;
    this.#waiting.splice(index, 1);
    job.reject(job.invocation.signal?.reason);
  }

  /**
   * Starts an environment for each waiting invocation that no other one will soon be there for. A runtime that has just
   * answered is expected back at once, so that whoever calls again and again keeps to one environment.
   */
  #startEnough(): void {
    const waiting = this.#waiting.length;
    if (waiting === 0) return;
    const starting = this.#starting + this.#count('starting');
    const soon = starting + this.#count('returning');
    const latest = this.#context.clock.monotonic() - RETURN_PATIENCE;
    let impatient = 0;
    while (impatient < waiting && this.#waiting[impatient]!.since <= latest) impatient++;
    const missing = Math.max(waiting - soon, impatient - starting);
    for (let count = 0; count < missing; count++) this.#start('on-demand');
    if (waiting > starting + missing) this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#context.clock.after(RETURN_PATIENCE, () => {
      this.#looking = false;
      this.#startEnough();
    });
  }

  #count(wanted: Environment['state']): number {
    let count = 0;
    for (const { state } of this.#all) if (state === wanted) count++;
    return count;
  }

  #start(type: InitializationType): void {
    const provisioned = type === 'provisioned-concurrency';
    this.#starting++;
    if (provisioned) this.#startingProvisioned++;
    const counted = () => {
      this.#starting--;
      if (provisioned) this.#startingProvisioned--;
    };
    this.#context.start(async () => {
      let environment: Environment;
      try {
        environment = await this.#context.make(this.fn, type, this);
      } catch (error) {
        counted();
        return this.#cannotStart(error);
      }
      counted();
      this.#all.add(environment);
      this.#context.changed();
      if (this.#retired && this.#waiting.length === 0) return environment.end('spindown');
      await environment.initialise();
    });
  }

  /** One invocation waited for this environment, and gets to know why there is none. */
  #cannotStart(error: unknown): void {
    this.#failProvisioning(error);
    const next = this.#waiting.shift()?.job;
    if (!next) return;
    if (error instanceof CannotStart) failAtOnce(next, error.error);
    else next.reject(error);
    this.#startEnough();
  }

  #provisionedEnvironments(): Environment[] {
    return [...this.#all].filter(
      ({ initializationType, state }) =>
        initializationType === 'provisioned-concurrency' && state !== 'ended',
    );
  }

  #startProvisioned(): void {
    if (this.#retired || this.#provisioned === 0) return;
    const there = this.#provisionedEnvironments().length + this.#startingProvisioned;
    for (let count = there; count < this.#provisioned; count++) this.#start('provisioned-concurrency');
  }

  #lookWhetherProvisioned(): void {
    if (!this.#provisioning) return;
    const ready = this.#provisionedEnvironments().filter(
      ({ state }) => state !== 'starting' && state !== 'failed',
    );
    if (ready.length < this.#provisioned) return;
    this.#provisioning.resolve();
    this.#provisioning = undefined;
  }

  #failProvisioning(reason: unknown): void {
    if (!this.#provisioning) return;
    this.#provisioned = 0;
    this.#provisioning.reject(reason);
    this.#provisioning = undefined;
  }
}

function failAtOnce(job: Job, error: EnvironmentError): void {
  const { requestId } = job.invocation;
  const text = `RequestId: ${requestId} Error: ${error.message}\n${error.type}\n`;
  job.finish({
    payload: errorPayload(requestId, error),
    errorType: error.type,
    logTail: () => Buffer.from(text),
  });
}
