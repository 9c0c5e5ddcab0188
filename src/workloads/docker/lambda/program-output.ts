import type { Readable } from 'node:stream';
import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import { OutputReader } from '../../../execution/environments/output-reader.ts';
import type { OutputListener } from '../../../execution/environments/program.ts';
import { FrameReader } from '../frames.ts';
import { isStartFailure } from './exit-status.ts';

/** After this much silence nothing is on its way, most likely. */
const QUIET: Milliseconds = 3;
/** A program that goes on writing does not hold up its answer for longer. */
const LONGEST_DRAIN: Milliseconds = 250;

/** What a program in a container writes, as the engine hands it on: both streams in one connection. */
export class ProgramOutput {
  readonly #readers: { stdout: OutputReader; stderr: OutputReader };
  readonly #frames: FrameReader;
  readonly #clock: Clock;
  #startFailure = '';
  /** Chunks so far. */
  #heard = 0;

  /** `frames`: whether its runtime frames what it logs. */
  constructor(frames: boolean, clock: Clock, listener: OutputListener) {
    this.#clock = clock;
    const tell: OutputListener = (message, timestamp) => {
      if (isStartFailure(message)) this.#startFailure = message;
      else listener(message, timestamp);
    };
    this.#readers = { stdout: new OutputReader(frames, tell), stderr: new OutputReader(false, tell) };
    this.#frames = new FrameReader(
      ({ stream, text }) => this.#readers[stream].push(Buffer.from(text, 'latin1')),
      { times: false },
    );
  }

  /** Resolves when there is no more. Never rejects: a connection that breaks has ended. */
  follow(stream: Readable): Promise<void> {
    return new Promise((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        this.#heard++;
        this.#frames.push(chunk);
      });
      for (const event of ['end', 'close', 'error']) stream.on(event, () => resolve());
    });
  }

  /**
   * Resolves when nothing has come for a while. What a program has written before it answered comes a moment after the answer,
   * by way of the engine.
   */
  async drain(quiet: Milliseconds = QUIET): Promise<void> {
    const end = this.#clock.monotonic() + LONGEST_DRAIN;
    let heard: number;
    do {
      heard = this.#heard;
      await this.#clock.sleep(quiet);
    } while (heard !== this.#heard && this.#clock.monotonic() < end);
  }

  /** What the container's first process has written, where it could not start the program. */
  get startFailure(): string {
    return this.#startFailure;
  }

  flush(): void {
    this.#readers.stdout.flush();
    this.#readers.stderr.flush();
  }

  end(): void {
    this.#readers.stdout.end();
    this.#readers.stderr.end();
  }
}
