import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import { type SourceError, SourceFailure } from '../../execution/source.ts';
import { deferred } from '../../support/deferred.ts';
import { explainExit, explainMemory, explainStartTimeout, TAIL_LINES } from '../explain-exit.ts';
import { readLines } from '../lines.ts';
import { throttle } from '../throttle.ts';
import type { ExitReason, LogLine, Workload, WorkloadExit, WorkloadTemplate } from '../workload.ts';
import { ControlChannel } from './control-channel.ts';
import { WORKLOAD_LABEL } from './leftovers.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { freePort, probeUntilReady } from './probe.ts';

/** How long after its end we still wait for the last of a process's output. */
const OUTPUT_GRACE: Milliseconds = 250;

export interface ProcessContext {
  clock: Clock;
  memory: MemoryWatch;
  /** Put before every command, so that the system ends the process together with the daemon; may be empty. */
  wrapper(): readonly string[];
  /** Called with each process as soon as it has a pid. */
  spawned(workload: ProcessWorkload): void;
}

/**
 * One process group of the machine. It may be launched before it is known what it will run: `assign` then gives it
 * its owner and its code.
 */
export class ProcessWorkload implements Workload {
  readonly id = randomUUID();
  readonly host = '127.0.0.1';
  port = 0;
  template: WorkloadTemplate;

  readonly #context: ProcessContext;
  readonly #ready = deferred<void>();
  readonly #exited = deferred<WorkloadExit>();
  readonly #listening = deferred<void>();
  readonly #aborted = new AbortController();
  readonly #pongs = new Set<() => void>();
  #onLog: (line: LogLine) => void = () => {};
  #child: ChildProcess | undefined;
  #control: ControlChannel | undefined;
  #startTimer: ClockTimer | undefined;
  #unwatch: () => void = () => {};
  #ended = false;
  #reason: ExitReason | undefined;
  #lastError: SourceError | undefined;
  #stderrTail: string[] = [];

  constructor(template: WorkloadTemplate, context: ProcessContext) {
    this.template = template;
    this.#context = context;
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get exited(): Promise<WorkloadExit> {
    return this.#exited.promise;
  }

  /** Resolves when the runtime server listens: from here on a standby loads without delay. */
  get listening(): Promise<void> {
    return this.#listening.promise;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Gives it an owner and, for a runtime server, the code to load. Once. */
  assign(template: WorkloadTemplate, onLog: (line: LogLine) => void): void {
    this.template = template;
    this.#onLog = onLog;
    if (this.#child) this.#begin();
  }

  /** Starts the process. Does nothing when it was stopped meanwhile. */
  async launch(): Promise<void> {
    if (this.#reason) return this.#finish(null, null);
    const { readiness } = this.template;
    try {
      this.port = readiness.kind === 'protocol' ? 0 : await freePort();
      this.#spawn();
    } catch (error) {
      return this.#failToStart(error as NodeJS.ErrnoException);
    }
    if (this.template.owner !== '') this.#begin();
    if (readiness.kind !== 'protocol') {
      const probe = probeUntilReady(readiness, this.port, this.#context.clock, this.#aborted.signal);
      probe.then(
        () => this.#becomeReady(),
        () => {},
      ); // aborted: the exit is told elsewhere
    }
  }

  async responds(timeout: Milliseconds): Promise<boolean> {
    if (this.#ended) return false;
    const control = this.#control;
    if (!control) return true;
    return new Promise((resolve) => {
      const answer = (alive: boolean) => {
        this.#pongs.delete(onPong);
        timer.cancel();
        resolve(alive);
      };
      const onPong = () => answer(true);
      const timer = this.#context.clock.after(timeout, () => answer(false));
      this.#pongs.add(onPong);
      control.send({ command: 'ping' });
    });
  }

  stop(grace: Milliseconds, reason: ExitReason = 'stopped'): Promise<WorkloadExit> {
    if (this.#ended) return this.exited;
    this.#reason ??= reason;
    if (!this.#child) return this.exited; // not launched yet: `launch` sees the reason
    if (grace <= 0) {
      this.#signalGroup('SIGKILL');
    } else {
      this.#child.kill('SIGTERM');
      const timer = this.#context.clock.after(grace, () => this.#signalGroup('SIGKILL'));
      void this.exited.then(() => timer.cancel());
    }
    return this.exited;
  }

  #spawn(): void {
    const { command, cwd, env, readiness } = this.template;
    const [file, ...args] = [...this.#context.wrapper(), ...command];
    const protocol = readiness.kind === 'protocol';
    const child = spawn(file!, args, {
      cwd,
      env: {
        ...env,
        PORT: String(this.port),
        [WORKLOAD_LABEL]: this.id,
        ...(protocol ? { LAMBDOCK_PROTOCOL: '1' } : {}),
      },
      detached: true, // leads its own group, which is ended as a whole
      stdio: ['pipe', 'pipe', 'pipe', protocol ? 'pipe' : 'ignore'],
    });
    this.#child = child;
    child.on('error', (error) => this.#failToStart(error));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    if (child.pid === undefined) return;
    this.#context.spawned(this);
    readLines(child.stdout!, (text) => this.#onLog({ stream: 'stdout', text }));
    readLines(child.stderr!, (text) => this.#onStderr(text));
    const lifts = [child.stdout!, child.stderr!].map((stream) => throttle(stream, this.#context.clock));
    child.on('exit', () => {
      for (const lift of lifts) lift();
    });
    if (protocol) this.#control = new ControlChannel(child, this.#events());
  }

  #begin(): void {
    const { startTimeout, load, memoryLimitMb } = this.template;
    this.#startTimer = this.#context.clock.after(startTimeout, () =>
      this.#fail(explainStartTimeout(startTimeout), 'start-timeout'),
    );
    if (load) this.#control?.send({ command: 'load', ...load });
    if (memoryLimitMb !== undefined && this.pid !== undefined) {
      this.#unwatch = this.#context.memory.watch({
        pid: this.pid,
        limitMb: memoryLimitMb,
        onExceeded: (used) => this.#fail(explainMemory(memoryLimitMb, used), 'memory'),
      });
    }
  }

  #events() {
    return {
      listening: (port: number) => {
        if (this.port !== 0) return; // the server says it once; what comes later is user code's
        this.port = port;
        this.#listening.resolve();
      },
      ready: () => this.#becomeReady(),
      failed: (error: SourceError) => this.#fail(error, 'failed-load'),
      error: (error: SourceError) => {
        this.#lastError = error;
      },
      pong: () => {
        for (const onPong of [...this.#pongs]) onPong();
      },
    };
  }

  #becomeReady(): void {
    this.#startTimer?.cancel();
    this.#stderrTail = [];
    this.#ready.resolve();
  }

  #onStderr(text: string): void {
    this.#stderrTail.push(text);
    if (this.#stderrTail.length > TAIL_LINES) this.#stderrTail.shift();
    this.#onLog({ stream: 'stderr', text });
  }

  /** Ends the process at once because of `error`. */
  #fail(error: SourceError, reason: ExitReason): void {
    this.#lastError = error;
    this.#ready.reject(new SourceFailure(error));
    void this.stop(0, reason);
  }

  #failToStart(error: NodeJS.ErrnoException): void {
    const message =
      error.code === 'ENOENT'
        ? `can't start ${this.template.command[0]}: there is no such program, or ${this.template.cwd} is gone`
        : `can't start ${this.template.command[0]}: ${error.message}`;
    this.#lastError = { kind: 'setup', message };
    this.#finish(null, null);
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#signalGroup('SIGKILL'); // what it started ends with it
    const timer = this.#context.clock.after(OUTPUT_GRACE, () => this.#finish(code, signal));
    this.#child!.on('close', () => {
      timer.cancel();
      this.#finish(code, signal);
    });
  }

  #finish(code: number | null, signal: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#startTimer?.cancel();
    this.#unwatch();
    this.#aborted.abort();
    this.#child?.stdin?.destroy();
    const reason = this.#reason ?? (signal ? 'signal' : 'exited');
    const error = this.#lastError ?? (reason === 'stopped' ? undefined : this.#explainExit(code, signal));
    const failure = new SourceFailure(error ?? { kind: 'exit', message: 'was stopped before it was ready' });
    this.#ready.reject(failure);
    this.#listening.reject(failure);
    for (const onPong of this.#pongs) this.#pongs.delete(onPong);
    this.#exited.resolve({ reason, code, signal, ...(error ? { error } : {}) });
  }

  #explainExit(code: number | null, signal: string | null): SourceError {
    const hung = this.#reason === 'unresponsive';
    return explainExit({ code, signal, hung, stderr: this.#stderrTail });
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: the group has ended already, which is what we want
    }
  }
}
