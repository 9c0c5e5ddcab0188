import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import type { FunctionVersion } from '../function-host.ts';
import { LARGEST_RESPONSE } from '../runtime-api/limits.ts';
import type { ResponseStream, RuntimeError } from '../runtime-api/runtime-session.ts';
import { Attempt, type AttemptContext, type InitResult, type ShutdownReason } from './attempt.ts';
import { type Ending, reportOf } from './ending.ts';
import type { EnvironmentLog } from './environment-log.ts';
import {
  type EnvironmentError,
  errorPayload,
  OUT_OF_MEMORY,
  responseTooLarge,
  timedOut,
  timeoutMessage,
} from './error-payloads.ts';
import { eventHead, extensionEvent } from './event.ts';
import type { Job } from './job.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { MemoryGauge } from './memory-gauge.ts';
import type { InitializationType, InvocationReport, Phase } from './platform-records.ts';
import type { Program } from './program.ts';

/** What an environment is made with. */
export interface EnvironmentSeed {
  fn: FunctionVersion;
  plan: LaunchPlan;
  initializationType: InitializationType;
  runtimeVersion: { runtimeVersion?: string; runtimeVersionArn?: string };
  clock: Clock;
  log: EnvironmentLog;
  context: Omit<AttemptContext, 'listener'>;
  standby: Program | undefined;
  owner: EnvironmentOwner;
  /** Gives back what it was made with, once it has ended. */
  release(): Promise<void>;
}

/** Who keeps environments. */
export interface EnvironmentOwner {
  /** It takes an invocation now. */
  available(environment: Environment): void;
  /** An invocation has ended, as far as its caller can tell. */
  finished(environment: Environment, report: InvocationReport): void;
  /** It takes no more invocations. */
  ended(environment: Environment): void;
}

/**
 * starting → idle ⇄ busy → returning → idle, and from each to ended. `returning`: the caller has its answer, but the
 * runtime has not asked for the next event yet. `failed`: init failed; the next invocation tries it again, as on AWS.
 */
export type EnvironmentState = 'starting' | 'failed' | 'idle' | 'busy' | 'returning' | 'ended';

/** https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib */
export const INIT_LIMIT: Milliseconds = 10_000;

/** So much silence tells that a function has nothing more to say: where its caller asks for the log, and where not. */
const CERTAIN: Milliseconds = 25;
const LIKELY: Milliseconds = 3;

/** What the invocation under way has come to. */
interface Running {
  job: Job;
  started: Milliseconds;
  delivered: boolean;
  timer: ClockTimer;
}

/** One execution environment of one version of a function: takes one invocation at a time. */
export class Environment {
  readonly fn: FunctionVersion;
  readonly initializationType: InitializationType;
  /** When it last became idle, on the clock. */
  idleSince: Milliseconds;
  readonly startedAt: Milliseconds;

  readonly #seed: EnvironmentSeed;
  readonly #clock: Clock;
  readonly #log: EnvironmentLog;
  readonly #memory: MemoryGauge;
  #state: EnvironmentState = 'starting';
  #attempt: Attempt;
  #running: Running | undefined;
  /** Of the invocation that was answered last: until it is over its runtime has to ask for the next event. */
  #timer: ClockTimer | undefined;
  /** To be told with the first invocation. */
  #initDuration: Milliseconds | undefined;
  #retired = false;
  #ending: Promise<void> | undefined;

  constructor(seed: EnvironmentSeed) {
    this.#seed = seed;
    this.fn = seed.fn;
    this.initializationType = seed.initializationType;
    this.#clock = seed.clock;
    this.#log = seed.log;
    this.#attempt = this.#newAttempt(seed.standby);
    this.#memory = new MemoryGauge(this.#clock, this.fn.memoryMb, () => this.#attempt.peakMemoryMb());
    this.startedAt = this.#clock.now();
    this.idleSince = this.startedAt;
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  /** Starts its programs. Resolves once it takes an invocation: an idle one, or one that finds out why init fails. */
  async initialise(): Promise<void> {
    const { initializationType, runtimeVersion } = this.#seed;
    this.#log.initStart({ initializationType, phase: 'init', ...runtimeVersion });
    const { result, duration } = await this.#init('init', INIT_LIMIT);
    if (this.#state === 'ended') return;
    if (result.status === 'success') {
      this.#initDuration = duration;
      this.#becomeIdle();
    } else {
      this.#state = 'failed';
      await this.#attempt.end('failure');
      if (this.#state === 'failed') this.#seed.owner.available(this);
    }
  }

  /** Call it only when idle or failed. */
  invoke(job: Job): void {
    const retry = this.#state === 'failed';
    this.#state = 'busy';
    this.#log.beginTail();
    const started = this.#clock.monotonic();
    const timer = this.#clock.after(this.fn.timeout, () => this.#onTimeout());
    this.#running = { job, started, delivered: false, timer };
    if (retry) void this.#initAgain(this.#running);
    else this.#deliver(this.#running);
    this.#memory.read(); // what there is to tell of one that ends the process
  }

  /** Takes no invocation after the one under way. */
  retire(): void {
    this.#retired = true;
    if (this.#state !== 'busy' && this.#state !== 'returning') void this.end('spindown');
  }

  /** Ends its programs; an invocation under way fails. Safe to repeat. */
  end(reason: ShutdownReason): Promise<void> {
    this.#ending ??= this.#end(reason);
    return this.#ending;
  }

  #newAttempt(standby: Program | undefined): Attempt {
    const listener = {
      idle: () => this.#onIdle(),
      stream: (contentType: string) => this.#onStream(contentType),
      answered: (answer: { body: Buffer; error?: RuntimeError }) => this.#onAnswered(answer),
      tooLarge: () =>
        this.#settle({
          status: 'success',
          payload: responseTooLarge(LARGEST_RESPONSE),
          errorType: 'Function.ResponseSizeTooLarge',
        }),
      truncated: () => {
        const message = 'The response was cut off before its end';
        this.#settleWith({ type: 'Runtime.TruncatedResponse', message });
      },
      crashed: (error: EnvironmentError) => this.#onCrash(error),
    };
    return new Attempt(this.#seed.plan, { ...this.#seed.context, listener }, standby);
  }

  async #init(phase: Phase, limit: Milliseconds): Promise<{ result: InitResult; duration: Milliseconds }> {
    const { initializationType } = this.#seed;
    const began = this.#clock.monotonic();
    const result = await this.#attempt.initialise(limit);
    // What was written before the end is read in this turn of the event loop.
    await new Promise(setImmediate);
    const duration = result.status === 'timeout' ? limit : this.#clock.monotonic() - began;
    const errorType = errorTypeOf(result);
    this.#log.initReport({
      initializationType,
      phase,
      status: result.status,
      durationMs: duration,
      ...(errorType ? { errorType } : {}),
    });
    return { result, duration };
  }

  /** Init within an invocation and its time-out, after init on its own has failed. */
  async #initAgain(running: Running): Promise<void> {
    this.#attempt = this.#newAttempt(undefined);
    const { result } = await this.#init('invoke', this.fn.timeout);
    if (this.#running !== running || this.#state !== 'busy') return; // timed out, or ended
    if (result.status === 'success') return this.#deliver(running);
    if (result.status === 'timeout') return this.#onTimeout();
    if ('error' in result) return this.#onCrash(result.error);
    const { payload, type } = result.reported;
    this.#settle({ status: 'error', payload, errorType: type });
    void this.end('failure');
  }

  #deliver(running: Running): void {
    if (!this.#attempt.idle) return; // the runtime's connection broke: it gets the event when it asks again
    running.delivered = true;
    const { invocation, traceId } = running.job;
    const { requestId, payload } = invocation;
    const deadline = Math.floor(
      this.#clock.now() + this.fn.timeout - (this.#clock.monotonic() - running.started),
    );
    this.#attempt.deliver({ head: eventHead(invocation, traceId, deadline), payload }, () =>
      extensionEvent(invocation, traceId, deadline),
    );
    // The function is at work meanwhile; what it writes is read later.
    this.#log.start(requestId, this.fn.version, traceId);
  }

  #onIdle(): void {
    if (this.#state === 'returning') this.#becomeIdle();
    else if (this.#state === 'busy' && this.#running && !this.#running.delivered)
      this.#deliver(this.#running);
  }

  #onStream(contentType: string): ResponseStream | undefined {
    return this.#running?.job.stream(contentType);
  }

  #onAnswered({ body, error }: { body: Buffer; error?: RuntimeError }): void {
    if (error) this.#settle({ status: 'success', payload: error.payload, errorType: error.type });
    else this.#settle({ status: 'success', payload: body });
  }

  #onTimeout(): void {
    const running = this.#running;
    // An answered invocation's runtime has not asked for the next event in time.
    if (!running) return void this.end('timeout');
    const { requestId } = running.job.invocation;
    const { timeout } = this.fn;
    this.#memory.read(timeout);
    const time = new Date(this.#clock.now()).toISOString();
    this.#settle({
      status: 'timeout',
      payload: errorPayload(requestId, timedOut(timeout)),
      errorType: 'Sandbox.Timedout',
      note: `${time} ${requestId} ${timeoutMessage(timeout)}\n\n`,
    });
    void this.end('timeout');
  }

  #onCrash(error: EnvironmentError): void {
    this.#settleWith(error);
    void this.end('failure');
  }

  /** The invocation under way fails for a reason that the platform tells. */
  #settleWith(error: EnvironmentError): void {
    const requestId = this.#running?.job.invocation.requestId;
    if (requestId === undefined) return;
    this.#settle({
      status: 'error',
      payload: errorPayload(requestId, error),
      errorType: error.type,
      note: `RequestId: ${requestId} Error: ${error.message}\n${error.type}\n`,
    });
  }

  /** Ends the invocation under way, once what the function has written before is read. */
  #settle(ending: Ending): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    const timedOut = ending.status === 'timeout';
    const duration = timedOut ? this.fn.timeout : this.#clock.monotonic() - running.started;
    if (timedOut) running.timer.cancel();
    const finish = () => this.#finish(running, ending, duration);
    const drained = this.#attempt.drain(running.job.invocation.wantsLog ? CERTAIN : LIKELY);
    if (drained) void drained.then(finish);
    else setImmediate(finish);
  }

  #finish({ job, delivered, timer }: Running, ending: Ending, duration: Milliseconds): void {
    const { payload, errorType, note } = ending;
    if (!delivered) this.#log.start(job.invocation.requestId, this.fn.version, job.traceId);
    this.#attempt.flushOutput();
    if (note !== undefined && this.fn.logging.format === 'Text') this.#log.note(note);
    const report = this.#report(job, ending, duration);
    this.#log.end(report, payload.length);
    job.finish({ payload, logTail: this.#log.takeTail(), ...(errorType ? { errorType } : {}) });
    if (this.#state === 'busy') {
      this.#state = 'returning';
      this.#timer = timer;
    } else {
      timer.cancel();
    }
    this.#seed.owner.finished(this, report);
    if (this.#state === 'returning' && this.#attempt.idle) this.#becomeIdle();
  }

  #report(job: Job, ending: Ending, durationMs: Milliseconds): InvocationReport {
    const initDurationMs = this.#initDuration;
    this.#initDuration = undefined;
    const maxMemoryUsedMb =
      ending.errorType === OUT_OF_MEMORY ? this.fn.memoryMb : this.#memory.read(durationMs);
    return reportOf(this.fn, job, ending, { durationMs, initDurationMs, maxMemoryUsedMb });
  }

  #becomeIdle(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#retired) return void this.end('spindown');
    this.#state = 'idle';
    this.idleSince = this.#clock.now();
    this.#seed.owner.available(this);
  }

  async #end(reason: ShutdownReason): Promise<void> {
    this.#state = 'ended';
    this.#timer?.cancel();
    this.#seed.owner.ended(this);
    await this.#attempt.end(reason);
    this.#settleWith({ type: 'Runtime.ExitError', message: 'Runtime exited with error: signal: killed' });
    await this.#seed.release();
  }
}

function errorTypeOf(result: InitResult): string | undefined {
  if (result.status !== 'error') return undefined;
  return 'reported' in result ? result.reported.type : result.error.type;
}
