import type { Clock, Milliseconds } from '../../clock/clock.ts';
import type { BodySink, Exchange } from '../runtime-api/exchange.ts';
import { ExtensionSession, type FunctionFacts } from '../runtime-api/extension-session.ts';
import type { RuntimeEvent } from '../runtime-api/runtime-event.ts';
import { type ResponseStream, type RuntimeError, RuntimeSession } from '../runtime-api/runtime-session.ts';
import { TelemetrySession } from '../runtime-api/telemetry-session.ts';
import type { EnvironmentLog } from './environment-log.ts';
import { type EnvironmentError, exitError, extensionCrashed } from './error-payloads.ts';
import type { LaunchPlan } from './launch-plan.ts';
import type { Program, ProgramExit } from './program.ts';
import type { Site } from './site.ts';

/** How an init ended. */
export type InitResult =
  | { status: 'success' }
  | { status: 'timeout' }
  /** The runtime said why, in its own words, or the platform knows. */
  | { status: 'error'; reported: RuntimeError }
  | { status: 'error'; error: EnvironmentError };

/** What an environment learns from its programs once init is over. */
export interface AttemptListener {
  /** Runtime and extensions wait for the next event. */
  idle(): void;
  stream(contentType: string): ResponseStream | undefined;
  answered(answer: { body: Buffer; error?: RuntimeError }): void;
  tooLarge(): void;
  truncated(): void;
  /** A program ended that should not have. */
  crashed(error: EnvironmentError): void;
}

export type ShutdownReason = 'spindown' | 'timeout' | 'failure';

export interface AttemptContext {
  clock: Clock;
  site: Pick<Site, 'api' | 'start'>;
  log: EnvironmentLog;
  facts: FunctionFacts;
  listener: AttemptListener;
}

const RUNTIME_PATH = '/2018-06-01/runtime';
const EXTENSION_PATH = '/2020-01-01/extension';
const TELEMETRY_PATHS = ['/2022-07-01/telemetry', '/2020-08-15/logs'];
/** What extensions get to end, and the runtime within it. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const SHUTDOWN_TIME: Milliseconds = 2_000;
const RUNTIME_SHUTDOWN_TIME: Milliseconds = 300;

/** One start of an environment's runtime with its extensions. What fails in it is started anew by another attempt. */
export class Attempt {
  readonly #context: AttemptContext;
  readonly #plan: LaunchPlan;
  readonly #runtime: RuntimeSession;
  readonly #extensions: ExtensionSession;
  readonly #telemetry: TelemetrySession;
  readonly #extensionPrograms = new Map<string, Program>();
  #standby: Program | undefined;
  #runtimeProgram: Program | undefined;
  #settleInit: ((result: InitResult) => void) | undefined;
  #stopTimer: () => void = () => {};
  #ended = false;

  /** `standby`: a generic runtime process that was started ahead and waits to be told what it is for. */
  constructor(plan: LaunchPlan, context: AttemptContext, standby: Program | undefined) {
    this.#plan = plan;
    this.#context = context;
    this.#standby = standby;
    const { listener, log, facts } = context;
    this.#runtime = new RuntimeSession({
      ready: () => this.#onRuntimeReady(),
      initError: (reported) => this.#settleInit?.({ status: 'error', reported }),
      stream: (contentType) => listener.stream(contentType),
      answered: (answer) => listener.answered(answer),
      tooLarge: () => listener.tooLarge(),
      truncated: () => listener.truncated(),
    });
    this.#extensions = new ExtensionSession(Object.keys(plan.extensions), {
      facts: () => facts,
      registered: ({ name, events }) => {
        log.extension({ name, state: 'Registered', events });
        if (this.#extensions.complete) this.#startRuntime();
      },
      ready: () => this.#lookWhetherIdle(),
      failed: ({ name, events, errorType }, phase) => {
        const state = phase === 'init' ? 'InitError' : 'ExitError';
        log.extension({ name, state, events, ...(errorType ? { errorType } : {}) });
        const type = phase === 'init' ? 'Extension.InitError' : 'Extension.ExitError';
        this.#fail({ type, message: errorType ?? type });
      },
    });
    this.#telemetry = new TelemetrySession({
      clock: context.clock,
      log,
      extensionName: (id) => (this.#extensions.has(id) ? this.#extensions.name(id) : undefined),
      open: () => this.#settleInit !== undefined,
    });
    context.site.api.handler = (exchange) => this.#route(exchange);
  }

  /** Whether an event would be taken at once, by all. */
  get idle(): boolean {
    return this.#runtime.polling && this.#extensions.idle;
  }

  get extensions(): number {
    return this.#extensions.size;
  }

  peakMemoryMb(): number | undefined {
    return this.#runtimeProgram?.peakMemoryMb();
  }

  /** Starts everything; resolves when runtime and extensions wait for events, or when something failed. */
  async initialise(limit: Milliseconds): Promise<InitResult> {
    const { clock } = this.#context;
    const result = await new Promise<InitResult>((settle) => {
      this.#settleInit = settle;
      const timer = clock.after(limit, () => settle({ status: 'timeout' }));
      this.#stopTimer = () => timer.cancel();
      for (const [name, path] of Object.entries(this.#plan.extensions)) this.#startExtension(name, path);
      if (this.#extensions.complete) this.#startRuntime();
    });
    this.#settleInit = undefined;
    this.#stopTimer();
    return result;
  }

  /** Call it only while idle. */
  deliver(event: RuntimeEvent, extensionEvent: () => object): void {
    if (this.#extensions.size > 0) this.#extensions.send('INVOKE', extensionEvent());
    this.#runtime.deliver(event);
  }

  /** Ends all programs: extensions are told and get a moment, if there are any. */
  async end(reason: ShutdownReason): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const { clock } = this.#context;
    const programs = [...this.#extensionPrograms.values()];
    this.#standby?.kill();
    if (this.#extensions.size > 0) {
      const over = clock.sleep(SHUTDOWN_TIME);
      const deadlineMs = clock.now() + SHUTDOWN_TIME;
      this.#extensions.send('SHUTDOWN', { shutdownReason: reason, deadlineMs });
      this.#runtimeProgram?.terminate();
      await Promise.race([this.#runtimeProgram?.exited, clock.sleep(RUNTIME_SHUTDOWN_TIME)]);
      this.#runtimeProgram?.kill();
      this.#telemetry.flush();
      await Promise.race([Promise.all(programs.map(({ exited }) => exited)), over]);
    }
    for (const program of [this.#runtimeProgram, ...programs]) program?.kill();
    this.#telemetry.end();
    this.#runtime.close();
    await Promise.all([this.#runtimeProgram?.exited, ...programs.map(({ exited }) => exited)]);
  }

  #route(exchange: Exchange): BodySink | undefined {
    const { path } = exchange;
    if (path.startsWith(RUNTIME_PATH)) return this.#runtime.handle(path.slice(RUNTIME_PATH.length), exchange);
    if (path.startsWith(EXTENSION_PATH))
      return this.#extensions.handle(path.slice(EXTENSION_PATH.length), exchange);
    if (TELEMETRY_PATHS.includes(path)) return this.#telemetry.handle(exchange);
    return void exchange.refuse(404, 'InvalidRequest', '404 page not found');
  }

  /** What is written without a line's end before an invocation ends belongs to that invocation's log. */
  flushOutput(): void {
    this.#runtimeProgram?.flushOutput();
    for (const program of this.#extensionPrograms.values()) program.flushOutput();
  }

  /** See `Program.drain`; of all programs. */
  drain(patience: Milliseconds): Promise<unknown> | undefined {
    const programs = [this.#runtimeProgram, ...this.#extensionPrograms.values()];
    const drains = programs.map((program) => program?.drain?.(patience)).filter((one) => one !== undefined);
    return drains.length === 0 ? undefined : Promise.all(drains);
  }

  #startExtension(name: string, path: string): void {
    const { site, log } = this.#context;
    const { cwd, extensionEnvironment } = this.#plan;
    const program = site.start({
      command: [path],
      cwd,
      env: extensionEnvironment,
      frames: false,
      standby: false,
    });
    this.#extensionPrograms.set(name, program);
    program.onOutput = (message, timestamp) => log.output('extension', message, timestamp);
    void program.exited.then((exit) => this.#onExtensionExit(exit));
  }

  #startRuntime(): void {
    if (this.#runtimeProgram || this.#ended) return;
    const { site, log } = this.#context;
    const plan = this.#plan;
    const standby = this.#standby;
    this.#standby = undefined;
    const program = standby && !standby.ended ? standby : site.start(plan.program);
    this.#runtimeProgram = program;
    program.onOutput = (message, timestamp) => log.output('function', message, timestamp);
    if (program.events) this.#runtime.serve(program.events);
    if (program === standby) program.begin(plan.program);
    void program.exited.then((exit) => this.#onRuntimeExit(exit));
  }

  #onRuntimeReady(): void {
    this.#extensions.closeRegistration();
    this.#lookWhetherIdle();
  }

  #lookWhetherIdle(): void {
    if (!this.idle) return;
    if (this.#settleInit) this.#settleInit({ status: 'success' });
    else this.#context.listener.idle();
  }

  #onRuntimeExit(exit: ProgramExit): void {
    // What it sent last may still be on its way through the socket: one turn of the event loop reads it.
    setImmediate(() => this.#fail(exitError(exit)));
  }

  #onExtensionExit(exit: ProgramExit): void {
    this.#fail(extensionCrashed(exit));
  }

  #fail(error: EnvironmentError): void {
    if (this.#ended) return;
    if (this.#settleInit) this.#settleInit({ status: 'error', error });
    else this.#context.listener.crashed(error);
  }
}
