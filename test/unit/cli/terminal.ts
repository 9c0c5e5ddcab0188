import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliContext, Output } from '../../../src/cli/context.ts';
import type { ExitCode } from '../../../src/cli/exit-codes.ts';
import { run } from '../../../src/cli/run.ts';
import { styleFor } from '../../../src/cli/style.ts';
import { RealClock } from '../../../src/clock/real-clock.ts';
import { eventually } from '../../support/patience.ts';

export interface TerminalOptions {
  env?: Record<string, string>;
  /** Columns of the terminal; none when the output goes to a pipe. */
  columns?: number;
  answers?: string[];
}

/** Runs commands in this process and keeps what they print. Its folders are its own. */
export class Terminal implements Disposable {
  stdout = '';
  stderr = '';
  readonly folder = mkdtempSync(join(tmpdir(), 'lambdock-cli-'));
  readonly #options: TerminalOptions;
  readonly #interruption = new AbortController();

  constructor(options: TerminalOptions = {}) {
    this.#options = options;
  }

  run(...argv: string[]): Promise<ExitCode> {
    return run(argv, this.#context());
  }

  /** As Ctrl-C. */
  interrupt(): void {
    this.#interruption.abort('SIGINT');
  }

  /** Waits, bounded, until standard output contains `text`. */
  async shows(text: string, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    await eventually(() => this[stream].includes(text)).catch((cause) => {
      const shown = `${this.stdout}\n${this.stderr}`;
      throw new Error(`no ${JSON.stringify(text)} on ${stream}:\n${shown}`, { cause });
    });
  }

  [Symbol.dispose](): void {
    this.interrupt();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #context(): CliContext {
    const { env = {}, answers } = this.#options;
    return {
      env: { XDG_DATA_HOME: this.folder, ...env },
      cwd: this.folder,
      out: this.#output((text) => (this.stdout += text)),
      err: this.#output((text) => (this.stderr += text)),
      clock: new RealClock(),
      ask: answers
        ? async (question) => {
            this.stderr += question;
            return answers.shift() ?? '';
          }
        : undefined,
      interruption: () => this.#interruption.signal,
      announce: () => {},
      sinceLaunch: () => 1,
    };
  }

  #output(write: (text: string) => void): Output {
    const { columns, env = {} } = this.#options;
    return {
      write,
      line: (text = '') => write(`${text}\n`),
      isTerminal: columns !== undefined,
      columns,
      style: styleFor(columns !== undefined, env),
    };
  }
}
