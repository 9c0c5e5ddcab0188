import type { ProgramExit } from './program.ts';

export const OUT_OF_MEMORY = 'Runtime.OutOfMemory';

/** Why an invocation or an init has no answer of the function's own. */
export interface EnvironmentError {
  /** As AWS names it: `Runtime.ExitError`. */
  type: string;
  /** The message without the request id that AWS puts before it; undefined where there is only a type. */
  message: string;
}

/** The error object that callers get. */
export function errorPayload(requestId: string, { type, message }: EnvironmentError): Uint8Array {
  const errorMessage = `RequestId: ${requestId} Error: ${message}`;
  return Buffer.from(JSON.stringify({ errorType: type, errorMessage }));
}

/** `Task timed out after 3.00 seconds` */
export function timeoutMessage(timeout: number): string {
  return `Task timed out after ${(timeout / 1000).toFixed(2)} seconds`;
}

export function timedOut(timeout: number): EnvironmentError {
  return { type: 'Sandbox.Timedout', message: timeoutMessage(timeout) };
}

export function responseTooLarge(limit: number): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: `Response payload size exceeded maximum allowed payload size (${limit} bytes).`,
    }),
  );
}

/** Signals as Go's runtime, in which AWS's own side is written, names them. */
const SIGNALS: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGALRM: 'alarm clock',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGPIPE: 'broken pipe',
  SIGQUIT: 'quit',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};

/** The end of a runtime that nobody asked to end. */
export function exitError(exit: ProgramExit): EnvironmentError {
  if (exit.failure) {
    return { type: 'Runtime.InvalidEntrypoint', message: exit.failure.message };
  }
  const type = exit.outOfMemory ? OUT_OF_MEMORY : 'Runtime.ExitError';
  return { type, message: exitMessage(exit) };
}

function exitMessage({ code, signal }: ProgramExit): string {
  if (signal !== null) {
    // A core dump is mentioned by Go, but limits keep environments from leaving any.
    return `Runtime exited with error: signal: ${SIGNALS[signal] ?? signal.slice(3).toLowerCase()}`;
  }
  return code === 0
    ? 'Runtime exited without providing a reason'
    : `Runtime exited with error: exit status ${code}`;
}

export function extensionCrashed(exit: ProgramExit): EnvironmentError {
  const how = exit.signal === null ? `exit code ${exit.code}` : exitMessage(exit);
  return { type: 'Extension.Crash', message: exit.code === 0 ? 'exit code 0' : how };
}
