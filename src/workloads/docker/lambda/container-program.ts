import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type { OutputListener, Program, ProgramExit } from '../../../execution/environments/program.ts';
import { deferred } from '../../../support/deferred.ts';
import { isNotFound, isUnavailable } from '../engine/engine-errors.ts';
import { isNetworkTrouble } from '../explain.ts';
import type { ContainerMemory } from './container-memory.ts';
import { exitOf, KILLED, startFailure } from './exit-status.ts';
import { orHostUnavailable } from './lambda-images.ts';
import { ProgramOutput } from './program-output.ts';

export interface ContainerProgramContext {
  clock: Clock;
  /** Another container for the same, where the network has refused the first one. */
  again(): Promise<Docker.Container>;
  memory(container: Docker.Container): ContainerMemory;
  /** Ends and removes the container, in which nothing else runs. Never rejects. */
  remove(container: Docker.Container): Promise<void>;
}

/** How long after its end we still wait for the last of its output. */
const OUTPUT_GRACE: Milliseconds = 1_000;
/** An engine that went away is asked again after this. */
const PAUSE: Milliseconds = 500;

/** The program that a container was made for: its end is the container's. */
export class ContainerProgram implements Program {
  onOutput: OutputListener = () => {};
  readonly #context: ContainerProgramContext;
  readonly #exited = deferred<ProgramExit>();
  readonly #output: ProgramOutput;
  #container: Docker.Container | undefined;
  #memory: ContainerMemory | undefined;
  #stream: Readable | undefined;
  #read: Promise<void> = Promise.resolve();
  /** Resolves once a container that was killed is gone: a connection that broke meanwhile may never tell. */
  readonly #removed = deferred<number>();
  #killed = false;
  #ended = false;

  /** Rejections of `container` are the program's failure to start. `frames`: whether it frames what it logs. */
  constructor(container: Promise<Docker.Container>, frames: boolean, context: ContainerProgramContext) {
    this.#context = context;
    this.#output = new ProgramOutput(frames, context.clock, (...message) => this.onOutput(...message));
    this.#run(container).then(
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
    // One that has ended, or whose engine is away, is told of by its exit.
    this.#container?.kill({ signal: 'SIGTERM' }).catch(() => {});
  }

  kill(): void {
    if (this.#killed || this.#ended) return;
    this.#killed = true;
    if (this.#container) void this.#context.remove(this.#container).then(() => this.#removed.resolve(KILLED));
  }

  peakMemoryMb(): number | undefined {
    return this.#memory?.peakMb();
  }

  async #run(creating: Promise<Docker.Container>): Promise<ProgramExit> {
    const container = await creating;
    try {
      return await this.#runIn(container);
    } catch (error) {
      if (!isNetworkTrouble(error) || this.#killed) throw error;
      await this.#context.remove(container);
      return this.#runIn(await this.#context.again());
    }
  }

  async #runIn(container: Docker.Container): Promise<ProgramExit> {
    this.#container = container;
    // Attached before it starts, or the beginning would be missed.
    await this.#attach(container);
    const waiting = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
    waiting.catch(() => {}); // where the start fails, that is what is told
    if (this.#killed) return this.#killedBeforeStart(container);
    await container.start();
    this.#memory = this.#context.memory(container);
    const status = await Promise.race([this.#status(container, waiting), this.#removed.promise]);
    await Promise.race([this.#read, this.#context.clock.sleep(OUTPUT_GRACE)]);
    const failure = startFailure(status, this.#output.startFailure);
    if (failure) return { code: status, signal: null, failure };
    const outOfMemory = status === KILLED && !this.#killed && (await ranOutOfMemory(container));
    return { ...exitOf(status), ...(outOfMemory ? { outOfMemory } : {}) };
  }

  async #killedBeforeStart(container: Docker.Container): Promise<ProgramExit> {
    await this.#context.remove(container);
    return exitOf(KILLED);
  }

  async #attach(container: Docker.Container): Promise<void> {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    this.#stream = stream as unknown as Readable;
    this.#read = this.#output.follow(this.#stream);
  }

  /** How it ended. While the engine is away a container may well run on. */
  async #status(container: Docker.Container, waiting: Promise<{ StatusCode: number }>): Promise<number> {
    for (let ending = waiting; ; ending = container.wait()) {
      try {
        return (await ending).StatusCode;
      } catch (error) {
        if (isNotFound(error)) return KILLED; // someone has removed it
        if (!isUnavailable(error)) throw error;
        if (this.#killed || this.#ended) return KILLED; // what is left of it goes by its label, once the engine is back
      }
      await this.#context.clock.sleep(PAUSE);
      await this.#attach(container).catch(() => {}); // is gone, or tried again with the next wait
    }
  }

  #finish(exit: ProgramExit): void {
    this.#output.end();
    this.#stream?.destroy();
    this.#ended = true;
    this.#exited.resolve(exit);
  }
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
