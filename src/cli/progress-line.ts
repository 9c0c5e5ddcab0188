import type { Output } from './context.ts';
import { fitWidth, printable } from './text-width.ts';

const CLEAR = '\r\u001b[2K';

/** What a command is doing: one line that changes on a terminal, a line each time elsewhere. */
export class ProgressLine {
  readonly #out: Output;
  #shown = false;

  constructor(out: Output) {
    this.#out = out;
  }

  show(message: string): void {
    const { isTerminal, columns, style } = this.#out;
    const text = `· ${printable(message)}`;
    if (!isTerminal) {
      this.#out.line(style.dim(text));
      return;
    }
    this.#out.write(CLEAR + style.dim(columns ? fitWidth(text, columns - 1) : text));
    this.#shown = true;
  }

  /** Takes the line away, so that something lasting can be written in its place. */
  clear(): void {
    if (this.#shown) this.#out.write(CLEAR);
    this.#shown = false;
  }
}
