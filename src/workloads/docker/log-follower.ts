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
  /** Docker stamps each stream's messages by itself: only within one do times never go back. */
  readonly #seen: Record<LogLine['stream'], Seen> = { stdout: { ...NOTHING }, stderr: { ...NOTHING } };
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
    const resume = this.#resumeFrom() ?? since;
    const stream = (await container.logs({
      follow: true,
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(resume === undefined ? {} : { since: resume as number }),
    })) as Readable;
    this.#stream = stream;
    if (this.#closing.signal.aborted) this.close();
    const repeated = { stdout: { ...this.#seen.stdout }, stderr: { ...this.#seen.stderr } };
    const frames = new FrameReader((frame) => {
      if (!isRepeated(frame, repeated[frame.stream])) this.#take(frame);
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
    const seen = this.#seen[frame.stream];
    seen.count = frame.time === seen.time ? seen.count + 1 : 1;
    seen.time = frame.time;
    this.#lines.push(frame);
  }

  /** A little before the newest message: one of the other stream may have got its time earlier and be written later. */
  #resumeFrom(): string | undefined {
    const { stdout, stderr } = this.#seen;
    const newest = stdout.time > stderr.time ? stdout.time : stderr.time;
    return newest === '' ? undefined : seconds(newest, -OVERLAP_SECONDS);
  }
}

/** How far a stream was read: the time of its last message, and how many of its messages carry that. */
interface Seen {
  time: string;
  count: number;
}

const NOTHING: Seen = { time: '', count: 0 };
const OVERLAP_SECONDS = 1;

/** Whether a message is one that was seen before. Once one is not, the others behind it are new, whatever the clock says. */
function isRepeated({ time }: LogFrame, seen: Seen): boolean {
  if (time < seen.time) return true;
  if (time === seen.time && seen.count > 0) {
    seen.count--;
    return true;
  }
  seen.time = '';
  seen.count = 0;
  return false;
}

/** `2026-01-31T12:00:00.123456789Z` as Docker's `since` takes it: seconds, a dot, nanoseconds. */
function seconds(time: string, change: number): string {
  const whole = Math.floor(Date.parse(time) / 1000) + change;
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '0';
  return `${whole}.${fraction.padEnd(9, '0')}`;
}
