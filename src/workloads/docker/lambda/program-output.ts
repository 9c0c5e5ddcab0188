import type { Readable } from 'node:stream';
import type { OutputListener } from '../../../execution/environments/program.ts';
import { FrameReader, LineAssembler } from '../frames.ts';
import { isStartFailure } from './exit-status.ts';

/** What a program in a container writes, as the engine hands it on: both streams in one connection. */
export class ProgramOutput {
  readonly #lines: LineAssembler;
  readonly #frames: FrameReader;
  #startFailure = '';

  constructor(listener: OutputListener) {
    this.#lines = new LineAssembler(({ text }) => {
      if (isStartFailure(text)) this.#startFailure = text;
      else listener(`${text}\n`);
    });
    this.#frames = new FrameReader((frame) => this.#lines.push(frame), { times: false });
  }

  /** Resolves when there is no more. Never rejects: a connection that breaks has ended. */
  follow(stream: Readable): Promise<void> {
    return new Promise((resolve) => {
      stream.on('data', (chunk: Buffer) => this.#frames.push(chunk));
      for (const event of ['end', 'close', 'error']) stream.on(event, () => resolve());
    });
  }

  /** What the container's first process has written, if it could not start the program. */
  takeStartFailure(): string {
    return this.#startFailure;
  }

  flush(): void {
    this.#lines.flush();
  }

  end(): void {
    this.#lines.flush();
  }
}
