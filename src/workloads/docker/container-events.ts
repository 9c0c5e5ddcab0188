import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { readLines } from '../lines.ts';
import { parseMessage } from '../runtime-events.ts';
import { ofDaemon } from './labels.ts';

export interface ContainerEventsOptions {
  docker: Docker;
  clock: Clock;
  daemonId: string;
  /** A container of ours has ended. */
  onDied(containerId: string, exitCode: number | null): void;
  /** Docker ended a process of it for lack of memory. */
  onOutOfMemory(containerId: string): void;
  /** Docker answers, for the first time or again: what happened meanwhile is to be looked at. */
  onConnected(): void;
  onLost(error: Error): void;
}

const FIRST_PAUSE: Milliseconds = 50;
const LONGEST_PAUSE: Milliseconds = 2_000;

/** What Docker tells of our containers, as it happens, also across its restarts. */
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
    const { docker, daemonId, onConnected } = this.#options;
    const event = ['die', 'oom', 'destroy'];
    const stream = (await docker.getEvents({
      filters: { ...ofDaemon(daemonId), type: ['container'], event },
    })) as Readable;
    this.#stream = stream;
    if (this.#closing.signal.aborted) return this[Symbol.dispose]();
    onOpen();
    onConnected();
    await new Promise<void>((resolve, reject) => {
      readLines(stream, (line) => this.#take(line));
      stream.on('end', resolve);
      stream.on('close', resolve);
      stream.on('error', reject);
    });
  }

  #take(line: string): void {
    const { onDied, onOutOfMemory } = this.#options;
    const { Action: action, Actor: actor } = (parseMessage(line) ?? {}) as {
      Action?: string;
      Actor?: { ID?: string; Attributes?: Record<string, string> };
    };
    const id = actor?.ID;
    if (id === undefined) return;
    if (action === 'oom') onOutOfMemory(id);
    else if (action === 'die' || action === 'destroy') {
      const code = Number(actor?.Attributes?.exitCode ?? Number.NaN);
      onDied(id, Number.isNaN(code) ? null : code);
    }
  }
}
