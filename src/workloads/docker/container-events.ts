import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { readLines } from '../lines.ts';
import { parseMessage } from '../runtime-events.ts';

export interface ContainerEventsOptions {
  docker: Docker;
  clock: Clock;
  /** A container has ended, ours or another. */
  onDied(containerId: string, exitCode: number | null): void;
  /** It lost a network, as it also does on its way to an end. */
  onDisconnected(containerId: string): void;
  /** Docker ended a process of it for lack of memory. */
  onOutOfMemory(containerId: string): void;
  /** Docker answers, for the first time or again: what happened meanwhile is to be looked at. */
  onConnected(): Promise<void>;
  onLost(error: Error): void;
}

const FIRST_PAUSE: Milliseconds = 50;
const LONGEST_PAUSE: Milliseconds = 2_000;

/** What Docker tells of containers, as it happens, also across its restarts. */
export class ContainerEvents implements Disposable {
  readonly #options: ContainerEventsOptions;
  readonly #closing = new AbortController();
  #stream: Readable | undefined;

  constructor(options: ContainerEventsOptions) {
    this.#options = options;
    void this.#follow();
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
    this.#stream?.destroy();
  }

  async #follow(): Promise<void> {
    const { clock, onLost } = this.#options;
    const { signal } = this.#closing;
    let pause = FIRST_PAUSE;
    while (!signal.aborted) {
      try {
        await this.#read(() => {
          pause = FIRST_PAUSE;
        });
        if (!signal.aborted) onLost(new Error('Docker ended the connection'));
      } catch (error) {
        if (!signal.aborted) onLost(error as Error);
      }
      await clock.sleep(pause, signal).catch(() => {});
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }

  async #read(onOpen: () => void): Promise<void> {
    const { docker, onConnected } = this.#options;
    // Without our label, which what is told of networks lacks.
    const event = ['die', 'oom', 'destroy', 'disconnect'];
    const stream = (await docker.getEvents({
      filters: { type: ['container', 'network'], event },
    })) as Readable;
    this.#stream = stream;
    if (this.#closing.signal.aborted) return this[Symbol.dispose]();
    onOpen();
    // What failed is tried again at the next connection.
    onConnected().catch((error: Error) => stream.destroy(error));
    await new Promise<void>((resolve, reject) => {
      readLines(stream, (line) => this.#take(line));
      stream.on('end', resolve);
      stream.on('close', resolve);
      stream.on('error', reject);
    });
  }

  #take(line: string): void {
    const { onDied, onOutOfMemory, onDisconnected } = this.#options;
    const { Action: action, Actor: actor } = (parseMessage(line) ?? {}) as {
      Action?: string;
      Actor?: { ID?: string; Attributes?: Record<string, string> };
    };
    const id = actor?.ID;
    if (id === undefined) return;
    if (action === 'oom') onOutOfMemory(id);
    else if (action === 'disconnect') onDisconnected(actor?.Attributes?.container ?? '');
    else if (action === 'die' || action === 'destroy') {
      const code = Number(actor?.Attributes?.exitCode ?? Number.NaN);
      onDied(id, Number.isNaN(code) ? null : code);
    }
  }
}
