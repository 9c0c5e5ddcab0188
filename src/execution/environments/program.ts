import type { Socket } from 'node:net';
import type { Milliseconds } from '../../clock/clock.ts';

/** What to start in an environment: its runtime, or an extension. */
export interface ProgramPlan {
  command: readonly [string, ...string[]];
  cwd: string;
  /** All of its environment; nothing is inherited. */
  env: Readonly<Record<string, string>>;
  /** It writes log events in AWS's frames to file descriptor 3. */
  frames: boolean;
  /** It gets its events by file descriptor 4, a socket: see `EventChannel`. */
  events?: boolean;
  /** It waits for a line on stdin before it begins. */
  standby: boolean;
  memoryMb?: number;
}

export interface ProgramExit {
  code: number | null;
  signal: string | null;
  /** It could not be started at all. */
  failure?: NodeJS.ErrnoException;
  /** It was ended because it used more memory than it may. */
  outOfMemory?: boolean;
}

/** Takes what a program writes: a line with its newline, or the content of a frame with its time. */
export type OutputListener = (message: string, timestamp?: number) => void;

/** A running program of an environment. */
export interface Program {
  /** Settles when it has ended and all that it wrote was read. Never rejects. */
  readonly exited: Promise<ProgramExit>;
  readonly ended: boolean;
  /** The other end of the socket that it gets its events by, where it has one. */
  readonly events?: Socket | undefined;
  /** Who gets its output from now on. */
  onOutput: OutputListener;
  /** Has the beginning of a line told as it is: its end may never come. */
  flushOutput(): void;
  /**
   * Resolves when all that it has written by now was read, as far as `patience` of silence tells. Absent, or undefined, where
   * what it wrote before it answered is always read before its answer.
   */
  drain?(patience: Milliseconds): Promise<void> | undefined;
  /** Tells a standby what it is for. */
  begin(assignment: Pick<ProgramPlan, 'env' | 'cwd' | 'memoryMb'>): void;
  /** Asks it to end. */
  terminate(): void;
  /** Ends it, and all it started. */
  kill(): void;
  /** The most memory that it has used so far, in MB, as the system keeps it; undefined where it keeps none. */
  peakMemoryMb(): number | undefined;
}

/** Runs the programs of environments. This one's are processes of the machine; containers are another. */
export interface ProgramDriver extends AsyncDisposable {
  readonly name: 'process' | 'docker';
  /** The address of this machine under which programs reach the Runtime API. */
  readonly apiHost: string;
  start(plan: ProgramPlan): Program;
}
