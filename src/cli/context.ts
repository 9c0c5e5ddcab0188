import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { Environment } from '../daemon/config.ts';
import type { Announcement } from './detach.ts';
import type { Style } from './style.ts';

/** One of a command's output streams. */
export interface Output {
  /** Writes text as it is. */
  write(text: string): void;
  /** Writes a line. */
  line(text?: string): void;
  readonly isTerminal: boolean;
  /** The terminal's width; undefined where there is none. */
  readonly columns: number | undefined;
  readonly style: Style;
}

/** What surrounds a command: everything it may read from and write to. */
export interface CliContext {
  env: Environment;
  cwd: string;
  out: Output;
  err: Output;
  clock: Clock;
  /** Asks a question on the terminal; undefined where there is nobody to answer. */
  ask: ((question: string) => Promise<string>) | undefined;
  /**
   * Aborts when the user or the system wants the command to end (Ctrl-C, SIGTERM). A second time ends the process at
   * once. A command that never calls it is ended by the signal itself.
   */
  interruption(): AbortSignal;
  /** Tells the process that started this one, where it waits for that, that the daemon is ready. */
  announce(announcement: Announcement): void;
  /** Since the process was launched, its runtime's own start included. */
  sinceLaunch(): Milliseconds;
}
