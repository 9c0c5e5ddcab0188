import type { Readable } from 'node:stream';
import { OutputReader } from '../../../execution/environments/output-reader.ts';
import type { OutputListener } from '../../../execution/environments/program.ts';
import { FrameReader } from '../frames.ts';
import { isStartFailure } from './exit-status.ts';

/** What a program in a container writes, as the engine hands it on: both streams in one connection. */
export class ProgramOutput {
  readonly #readers: { stdout: OutputReader; stderr: OutputReader };
  readonly #frames: FrameReader;
  #startFailure = '';

  /** `frames`: whether its runtime frames what it logs. */
  constructor(frames: boolean, listener: OutputListener) {
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
      stream.on('data', (chunk: Buffer) => this.#frames.push(chunk));
      for (const event of ['end', 'close', 'error']) stream.on(event, () => resolve());
    });
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
