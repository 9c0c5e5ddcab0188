import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** A longer line is cut into several, so that output without newlines can't fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Cuts UTF-8 text, as it comes, into lines of at most `longest` characters. */
export class LineCutter {
  readonly #onLine: (line: string) => void;
  readonly #longest: number;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(onLine: (line: string) => void, longest = LONGEST_LINE) {
    this.#onLine = onLine;
    this.#longest = longest;
  }

  push(chunk: Buffer): void {
    this.#take(this.#decoder.write(chunk));
  }

  /** Takes the beginning of a line for a whole one. */
  flush(): void {
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }

  end(): void {
    this.#take(this.#decoder.end());
    this.flush();
  }

  #take(text: string): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = this.#rest + text.slice(start, end);
      this.#rest = '';
      this.#onLine(this.#cut(line.endsWith('\r') ? line.slice(0, -1) : line));
      start = end + 1;
    }
    this.#rest = this.#cut(this.#rest + text.slice(start));
  }

  /** Takes whole parts off a line, and returns what is left of it. */
  #cut(line: string): string {
    let start = 0;
    for (; line.length - start > this.#longest; start += this.#longest)
      this.#onLine(line.slice(start, start + this.#longest));
    return start === 0 ? line : line.slice(start);
  }
}

/**
 * Calls `onLine` for each line of UTF-8 text, in parts of at most `longest` characters. Reading is synchronous with the
 * stream's data events, so a slow consumer slows the writer down through the pipe instead of piling up text here.
 */
export function readLines(stream: Readable, onLine: (line: string) => void, longest?: number): void {
  const lines = new LineCutter(onLine, longest);
  stream.on('data', (chunk: Buffer) => lines.push(chunk));
  stream.on('end', () => lines.end());
  // A pipe that breaks with its process has ended as far as its lines are concerned; the exit is told elsewhere.
  stream.on('error', () => {});
}
