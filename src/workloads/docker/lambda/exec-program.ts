import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type {
  OutputListener,
  Program,
  ProgramExit,
  ProgramPlan,
} from '../../../execution/environments/program.ts';
import { deferred } from '../../../support/deferred.ts';
import type { ContainerMemory } from './container-memory.ts';
import { exitOf, KILLED } from './exit-status.ts';
import { orHostUnavailable } from './lambda-images.ts';
import { ProgramOutput } from './program-output.ts';

export interface ExecProgramContext {
  clock: Clock;
  memory(container: Docker.Container): ContainerMemory;
}

/** Tells its process id in a first line, by which the program can be ended without the container. */
const TELL_ID = ['/bin/sh', '-c', 'echo "$$"; exec "$@"', 'sh'];
const ID = /^\d+\n$/;

/** One of several programs in a container: an extension, or the runtime beside extensions. */
export class ExecProgram implements Program {
  onOutput: OutputListener = () => {};
  readonly #context: ExecProgramContext;
  readonly #exited = deferred<ProgramExit>();
  readonly #output: ProgramOutput;
  #container: Docker.Container | undefined;
  #memory: ContainerMemory | undefined;
  /** Within the container. */
  #pid: string | undefined;
  #signal: string | undefined;
  #ended = false;

  /** `container` is one that runs already. */
  constructor(container: Promise<Docker.Container>, plan: ProgramPlan, context: ExecProgramContext) {
    this.#context = context;
    this.#output = new ProgramOutput(plan.frames, context.clock, (message, timestamp) => {
      if (this.#pid === undefined && ID.test(message)) this.#began(message.trim());
      else this.onOutput(message, timestamp);
    });
    this.#run(container, plan).then(
      (exit) => this.#finish(exit),
      (error: unknown) =>
        this.#finish({ code: null, signal: null, failure: orHostUnavailable(error) as Error }),
    );
  }

  get exited(): Promise<ProgramExit> {
    return this.#exited.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  begin(): void {
    throw new Error('programs of containers are not started ahead');
  }

  flushOutput(): void {
    this.#output.flush();
  }

  drain(patience: Milliseconds): Promise<void> | undefined {
    return this.#ended ? undefined : this.#output.drain(patience);
  }

  terminate(): void {
    this.#send('TERM');
  }

  kill(): void {
    this.#send('KILL');
  }

  peakMemoryMb(): number | undefined {
    return this.#memory?.peakMb();
  }

  async #run(creating: Promise<Docker.Container>, plan: ProgramPlan): Promise<ProgramExit> {
    const container = await creating;
    this.#container = container;
    this.#memory = this.#context.memory(container);
    const exec = await container.exec({
      Cmd: [...TELL_ID, ...plan.command],
      Env: Object.entries(plan.env).map(([name, value]) => `${name}=${value}`),
      WorkingDir: plan.cwd,
      AttachStdout: true,
      AttachStderr: true,
    });
    const stream = (await exec.start({ hijack: true, stdin: false })) as unknown as Readable;
    await this.#output.follow(stream);
    // The connection also ends when the container does, before the engine knows how.
    const { ExitCode: code, Running: running } = await exec.inspect();
    return exitOf(running || code === null ? KILLED : code);
  }

  #began(pid: string): void {
    this.#pid = pid;
    if (this.#signal !== undefined) this.#send(this.#signal);
  }

  #send(signal: string): void {
    if (this.#ended) return;
    this.#signal = signal;
    if (this.#pid === undefined || !this.#container) return;
    const command = ['/bin/sh', '-c', `kill -s ${signal} ${this.#pid}`];
    this.#container
      .exec({ Cmd: command })
      .then((exec) => exec.start({ Detach: true }))
      .catch(() => {}); // it has ended meanwhile, or its container
  }

  #finish(exit: ProgramExit): void {
    this.#output.end();
    this.#ended = true;
    this.#exited.resolve(exit);
  }
}
