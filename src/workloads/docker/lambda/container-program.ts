import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type { OutputListener, Program, ProgramExit } from '../../../execution/environments/program.ts';
import { deferred } from '../../../support/deferred.ts';
import { isNotFound } from '../engine/engine-errors.ts';
import { exitOf, startFailure } from './exit-status.ts';
import { orHostUnavailable } from './lambda-images.ts';
import { ProgramOutput } from './program-output.ts';

export interface ContainerProgramContext {
  clock: Clock;
  /** The most memory that what runs in the container has used, in MB. */
  peakMemoryMb(): number | undefined;
  started(): void;
  /** Ends the container, for which nothing else runs. */
  remove(): void;
}

/** How long after its end we still wait for the last of its output. */
const OUTPUT_GRACE: Milliseconds = 1_000;
const KILLED = 137;

/** The program that a container was made for: its end is the container's. */
export class ContainerProgram implements Program {
  readonly #context: ContainerProgramContext;
  readonly #exited = deferred<ProgramExit>();
  readonly #output: ProgramOutput;
  #container: Docker.Container | undefined;
  #killed = false;
  #ended = false;

  /** Rejections of `container` are the program's failure to start. */
  constructor(container: Promise<Docker.Container>, frames: boolean, context: ContainerProgramContext) {
    this.#context = context;
    this.#output = new ProgramOutput(frames, (message, timestamp) => this.onOutput(message, timestamp));
    this.#run(container).then(
      (exit) => this.#finish(exit),
      (error: unknown) => this.#fail(error),
    );
  }

  onOutput: OutputListener = () => {};

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

  terminate(): void {
    // One that has ended, or whose engine is away, is told of by its exit.
    this.#container?.kill({ signal: 'SIGTERM' }).catch(() => {});
  }

  kill(): void {
    if (this.#killed) return;
    this.#killed = true;
    this.#context.remove();
  }

  peakMemoryMb(): number | undefined {
    return this.#context.peakMemoryMb();
  }

  async #run(creating: Promise<Docker.Container>): Promise<ProgramExit> {
    const container = await creating;
    this.#container = container;
    if (this.#killed) return exitOf(KILLED);
    // Attached before it starts, or the beginning would be missed.
    const stream = (await container.attach({
      stream: true,
      stdout: true,
      stderr: true,
    })) as unknown as Readable;
    const read = this.#output.follow(stream);
    const waiting = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
    waiting.catch(() => {}); // where the start fails, that is what is told
    await container.start();
    this.#context.started();
    const status = await waiting.then(
      ({ StatusCode }) => StatusCode,
      (error: unknown) => statusWithoutWait(error),
    );
    await Promise.race([read, this.#context.clock.sleep(OUTPUT_GRACE)]);
    stream.destroy();
    const failure = startFailure(status, this.#output.startFailure);
    if (failure) return { code: status, signal: null, failure };
    const outOfMemory = status === KILLED && !this.#killed && (await ranOutOfMemory(container));
    return { ...exitOf(status), ...(outOfMemory ? { outOfMemory } : {}) };
  }

  #fail(error: unknown): void {
    const failure = orHostUnavailable(error) as Error;
    this.#finish({ code: null, signal: null, failure });
  }

  #finish(exit: ProgramExit): void {
    this.#output.end();
    this.#ended = true;
    this.#exited.resolve(exit);
  }
}

/** Someone removed the container before its end was told. */
function statusWithoutWait(error: unknown): number {
  if (isNotFound(error)) return KILLED;
  throw error;
}

/** Whether the kernel ended something in it for lack of memory. One that is gone is no longer known. */
async function ranOutOfMemory(container: Docker.Container): Promise<boolean> {
  try {
    const { State: state } = await container.inspect();
    return state.OOMKilled;
  } catch {
    return false;
  }
}
