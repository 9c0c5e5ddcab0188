import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { throttle } from '../throttle.ts';
import type { LogLine } from '../workload.ts';
import { FrameReader, LineAssembler, type LogFrame } from './frames.ts';

const FIRST_PAUSE: Milliseconds = 100;
const LONGEST_PAUSE: Milliseconds = 5_000;
/** How long after a container's end we still wait for the last of its output. */
const OUTPUT_GRACE: Milliseconds = 500;

export interface LogFollowerOptions {
  container: Docker.Container;
  clock: Clock;
  /** Seconds since the epoch, with a fraction: what was written before is of no interest. */
  since?: number;
  onLine(line: LogLine): void;
}

/**
 * A container's output, line by line, as Docker keeps it. When the connection to Docker breaks, following goes on behind
 * the last message that was seen: none is lost and none comes twice.
 */
export class LogFollower {
  readonly #options: LogFollowerOptions;
  readonly #lines: LineAssembler;
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  #stream: Readable | undefined;
  #lastTime = '';
  /** Messages seen that carry `lastTime`. */
  #sameTime = 0;
  #ended = false;

  constructor(options: LogFollowerOptions) {
    this.#options = options;
    this.#lines = new LineAssembler(options.onLine);
    this.#following = this.#follow();
  }

  /** The container has ended: resolves when all of its output was read, or after a moment. */
  async finish(): Promise<void> {
    this.#ended = true;
    await Promise.race([
      this.#following,
      this.#options.clock.sleep(OUTPUT_GRACE, this.#closing.signal).catch(() => {}),
    ]);
    this.close();
  }

  close(): void {
    this.#closing.abort();
    this.#stream?.destroy();
  }

  async #follow(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#closing;
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await this.#read();
        pause = FIRST_PAUSE;
      } catch {
        // Docker is away, or the container is: then its end is told elsewhere, and `close` is called.
      }
      if (this.#ended) break;
      await clock.sleep(pause, signal).catch(() => {});
    }
    this.#lines.flush();
  }

  /** Resolves when Docker ends the stream; rejects when the connection breaks. */
  async #read(): Promise<void> {
    const { container, since } = this.#options;
    const resume = this.#lastTime === '' ? since : seconds(this.#lastTime);
    const stream = (await container.logs({
      follow: true,
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(resume === undefined ? {} : { since: resume as number }),
    })) as Readable;
    this.#stream = stream;
    if (this.#closing.signal.aborted) this.close();
    let repeated = this.#sameTime;
    const frames = new FrameReader((frame) => {
      if (frame.time < this.#lastTime) return;
      if (frame.time === this.#lastTime && repeated-- > 0) return;
      this.#take(frame);
    });
    throttle(stream, this.#options.clock);
    await new Promise<void>((resolve, reject) => {
      stream.on('data', (chunk: Buffer) => frames.push(chunk));
      stream.on('end', resolve);
      stream.on('close', resolve);
      stream.on('error', reject);
    });
  }

  #take(frame: LogFrame): void {
    this.#sameTime = frame.time === this.#lastTime ? this.#sameTime + 1 : 1;
    this.#lastTime = frame.time;
    this.#lines.push(frame);
  }
}

/** `2026-01-31T12:00:00.123456789Z` as Docker's `since` takes it: seconds, a dot, nanoseconds. */
function seconds(time: string): string {
  const whole = Math.floor(Date.parse(time) / 1000);
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '0';
  return `${whole}.${fraction.padEnd(9, '0')}`;
}
