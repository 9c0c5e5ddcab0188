import type { ProgramExit } from '../../../execution/environments/program.ts';

/** What is told of a program that was killed. */
export const KILLED = 137;

/**
 * Signals that end programs, by the status in which a container's first process tells them. Hang-up and interrupt are left out:
 * 129 and 130 are what runtimes exit with themselves.
 */
const SIGNALS: ReadonlyMap<number, string> = new Map([
  [132, 'SIGILL'],
  [133, 'SIGTRAP'],
  [134, 'SIGABRT'],
  [135, 'SIGBUS'],
  [136, 'SIGFPE'],
  [KILLED, 'SIGKILL'],
  [139, 'SIGSEGV'],
  [141, 'SIGPIPE'],
  [143, 'SIGTERM'],
]);

/** What a container's status, 128 and the signal's number where one ended it, says of the program. */
export function exitOf(status: number): ProgramExit {
  const signal = SIGNALS.get(status);
  return signal === undefined ? { code: status, signal: null } : { code: null, signal };
}

/** Statuses of a first process that could not start the program. */
const NOT_STARTED = [126, 127];
const FATAL = /^\[FATAL tini \(\d+\)\] exec (.*) failed: (.*)\n?$/;

/** Why the program could not be started, as Go's `os/exec` words it and AWS tells it; from the line that the first process wrote. */
export function startFailure(status: number, lastLine: string): NodeJS.ErrnoException | undefined {
  if (!NOT_STARTED.includes(status)) return undefined;
  const [, path, reason] = FATAL.exec(lastLine) ?? [];
  if (path === undefined || reason === undefined) return undefined;
  return new Error(`fork/exec ${path}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`);
}

/** Whether a line is the first process's own and not the program's. */
export function isStartFailure(line: string): boolean {
  return FATAL.test(line);
}
