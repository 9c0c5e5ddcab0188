import { randomUUID } from 'node:crypto';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import { type SourceError, SourceFailure } from '../../execution/source.ts';
import { deferred } from '../../support/deferred.ts';
import { explainExit, explainMemory, explainStartTimeout } from '../explain-exit.ts';
import { dispatchRuntimeEvent } from '../runtime-events.ts';
import type { ExitReason, LogLine, Workload, WorkloadExit, WorkloadTemplate } from '../workload.ts';
import type { AgentAddress } from './agent-connection.ts';

/** What a workload asks of the container that it runs in. */
export interface Host {
  send(
    command: { command: 'ping'; process: string } | { command: 'stop'; process: string; grace: number },
  ): void;
  /** Where this machine reaches a port of the container. */
  addressOf(port: number): AgentAddress;
  /** Resolves when all output that was written so far has been read, or after a moment. */
  outputSettled(): Promise<void>;
  /** The newest lines of stderr. */
  stderrTail(): string[];
  /** Gives the container up, with all that runs in it, unless its agent answers. */
  checkAgent(): void;
  close(): void;
  /** Has the process started anew from the bytes instead of the URL. False where that was tried. */
  retryWithContent(workload: DockerWorkload): boolean;
}

/** A compiler gets this long, as a first build may compile a standard library. */
const COMPILE_TIMEOUT: Milliseconds = 10 * 60_000;
/** How long the agent may take to tell of an end, once it has used force. */
const END_FOLLOWS_WITHIN: Milliseconds = 2_000;
/** So often the agent is asked whether it lives, before the container is given up although it does. */
const MOST_CHECKS = 5;

/** One server process in a container, which is placed there once one has been found or started. */
export class DockerWorkload implements Workload {
  readonly id = randomUUID();
  /** Processes of another system. */
  readonly pid = undefined;
  readonly template: WorkloadTemplate;
  readonly onLog: (line: LogLine) => void;
  host = '';
  port = 0;
  /** Its name for the agent: another one for each try. */
  process: string = this.id;

  readonly #clock: Clock;
  readonly #placeAnew: () => void;
  readonly #ready = deferred<void>();
  readonly #exited = deferred<WorkloadExit>();
  readonly #pongs = new Set<() => void>();
  #place: Host | undefined;
  #timer: ClockTimer | undefined;
  #endTimer: ClockTimer | undefined;
  #isReady = false;
  #hadSecondChance = false;
  #ended = false;
  #reason: ExitReason | undefined;
  #lastError: SourceError | undefined;
  #grace: Milliseconds = 0;

  /** `placeAnew` is called when its container went away under it before it was ready: it needs another one. */
  constructor(
    template: WorkloadTemplate,
    onLog: (line: LogLine) => void,
    clock: Clock,
    placeAnew: () => void,
  ) {
    this.template = template;
    this.onLog = onLog;
    this.#clock = clock;
    this.#placeAnew = placeAnew;
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get exited(): Promise<WorkloadExit> {
    return this.#exited.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** It was asked to end, by its owner or because of an error. */
  get stopping(): boolean {
    return this.#reason !== undefined;
  }

  /** Its process is being started in a container. False when it was stopped before. */
  begin(host: Host): boolean {
    if (this.stopping) {
      this.#finish(null, null);
      return false;
    }
    this.#place = host;
    const { startTimeout, container } = this.template;
    const patience = container?.compiles ? COMPILE_TIMEOUT : startTimeout;
    this.#startTimer(patience);
    return true;
  }

  /** It was found running, by a daemon that did not start it. */
  adopt(host: Host, process: string, port: number): void {
    this.#place = host;
    this.process = process;
    this.#listening(port);
    this.#becomeReady();
  }

  /** A message of the agent's that is about this process. */
  receive(message: Record<string, unknown>): void {
    switch (message.event) {
      case 'exited':
        void this.#onExited(message);
        break;
      case 'build-failed':
        this.#onBuildFailed(message);
        break;
      default:
        dispatchRuntimeEvent(message, {
          listening: (port) => this.#listening(port),
          ready: () => this.#becomeReady(),
          failed: (error) => this.#onFailed(error),
          error: (error) => {
            this.#lastError = error;
          },
          pong: () => {
            for (const onPong of [...this.#pongs]) onPong();
          },
        });
    }
  }

  /** There is no container for it. */
  failToStart(error: SourceError): void {
    this.#lastError ??= error;
    this.#finish(null, null);
  }

  /** The container it ran in has ended. */
  lost(code: number | null, signal: string | null, outOfMemory: boolean): void {
    if (outOfMemory && this.#reason === undefined) this.#ranOutOfMemory();
    if (code === null && signal === null && this.takeSecondChance()) {
      this.#timer?.cancel();
      this.#place = undefined;
      this.port = 0;
      this.#placeAnew();
    } else this.#finish(code, signal);
  }

  /** Whether another container is tried, which is once: code that had not started yet is not at fault for the loss of one. */
  takeSecondChance(): boolean {
    const may = !this.#hadSecondChance && !this.#isReady && !this.stopping && !this.#ended;
    if (may) this.#hadSecondChance = true;
    return may;
  }

  async responds(timeout: Milliseconds): Promise<boolean> {
    if (this.#ended || !this.#place) return false;
    return new Promise((resolve) => {
      const answer = (alive: boolean) => {
        this.#pongs.delete(onPong);
        timer.cancel();
        resolve(alive);
      };
      const onPong = () => answer(true);
      const timer = this.#clock.after(timeout, () => answer(false));
      this.#pongs.add(onPong);
      this.#place!.send({ command: 'ping', process: this.process });
    });
  }

  stop(grace: Milliseconds, reason: ExitReason = 'stopped'): Promise<WorkloadExit> {
    if (this.#ended) return this.exited;
    const again = this.#reason !== undefined && grace >= this.#grace;
    this.#reason ??= reason;
    this.#grace = grace;
    // Not placed yet: there is no process, and `begin` will start none.
    if (!this.#place) this.#finish(null, null);
    else if (!again) {
      this.#place.send({ command: 'stop', process: this.process, grace });
      this.#expectEnd(grace + END_FOLLOWS_WITHIN);
      if (reason === 'unresponsive') this.#place.checkAgent();
    }
    return this.exited;
  }

  /** A container that hangs tells of no end. */
  #expectEnd(within: Milliseconds, checks = 0): void {
    this.#endTimer?.cancel();
    this.#endTimer = this.#clock.after(within, () => {
      if (checks === MOST_CHECKS) return this.#place!.close();
      this.#place!.checkAgent();
      this.#expectEnd(END_FOLLOWS_WITHIN, checks + 1);
    });
  }

  #startTimer(patience: Milliseconds): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(patience, () =>
      this.#fail(explainStartTimeout(patience), 'start-timeout'),
    );
  }

  #listening(port: number): void {
    if (this.port !== 0 || !this.#place) return; // the server says it once; what comes later is user code's
    const address = this.#place.addressOf(port);
    this.host = address.host;
    this.port = address.port;
    if (this.template.container?.compiles) this.#startTimer(this.template.startTimeout);
  }

  #becomeReady(): void {
    this.#timer?.cancel();
    this.#isReady = true;
    this.#ready.resolve();
  }

  #onFailed(error: SourceError): void {
    const fetching = error.kind === 'setup' && this.template.container?.code !== undefined;
    if (fetching && !this.stopping && this.#place?.retryWithContent(this)) {
      this.port = 0; // another process, which will say its own
      return;
    }
    this.#fail(error, 'failed-load');
  }

  #onBuildFailed(message: Record<string, unknown>): void {
    const lines = Array.isArray(message.lines) ? message.lines.map(String) : [];
    const output = { lines, ownModule: message.ownModule === true };
    const error = this.template.container?.explainBuild?.(output);
    this.#fail(error ?? { kind: 'load', message: lines.at(-1) ?? 'the build failed' }, 'failed-load');
  }

  async #onExited({ code, signal, oom }: Record<string, unknown>): Promise<void> {
    if (oom === true && this.#reason === undefined) this.#ranOutOfMemory();
    // What it wrote last may explain why; nobody waits for that of one that was asked to end.
    if (this.#reason === undefined && !this.#lastError) await this.#place?.outputSettled();
    this.#finish(typeof code === 'number' ? code : null, typeof signal === 'string' ? signal : null);
  }

  #ranOutOfMemory(): void {
    this.#reason = 'memory';
    this.#lastError = explainMemory(this.template.memoryLimitMb);
  }

  /** Ends the process at once because of `error`. */
  #fail(error: SourceError, reason: ExitReason): void {
    this.#lastError = error;
    this.#ready.reject(new SourceFailure(error));
    void this.stop(0, reason);
  }

  #finish(code: number | null, signal: string | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer?.cancel();
    this.#endTimer?.cancel();
    const reason = this.#reason ?? (signal ? 'signal' : 'exited');
    const known = this.#lastError ?? (reason === 'stopped' ? undefined : this.#explain(code, signal));
    this.#ready.reject(
      new SourceFailure(known ?? { kind: 'exit', message: 'was stopped before it was ready' }),
    );
    for (const onPong of this.#pongs) this.#pongs.delete(onPong);
    this.#exited.resolve({ reason, code, signal, ...(known ? { error: known } : {}) });
  }

  #explain(code: number | null, signal: string | null): SourceError {
    const hung = this.#reason === 'unresponsive';
    if (code === null && signal === null && !hung)
      return { kind: 'exit', message: 'the container that the function ran in is gone' };
    return explainExit({ code, signal, hung, stderr: this.#place?.stderrTail() ?? [] });
  }
}
