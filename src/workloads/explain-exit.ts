import type { Milliseconds } from '../clock/clock.ts';
import type { SourceError } from '../execution/source.ts';

/** Lines of stderr kept to explain an exit that the process did not explain itself. */
export const TAIL_LINES = 30;
const TAIL_CHARS = 16_000;

export interface ExitCircumstances {
  code: number | null;
  signal: string | null;
  /** It was ended because it did not answer any more. */
  hung: boolean;
  /** What it wrote last to stderr. */
  stderr: readonly string[];
}

/** Why a process that nobody asked to end has ended. */
export function explainExit({ code, signal, hung, stderr }: ExitCircumstances): SourceError {
  const ended = signal ? `was ended by signal ${signal}` : `ended by itself with exit code ${code}`;
  const how = hung ? 'did not respond any more and was ended; does it loop for ever?' : ended;
  const error: SourceError = { kind: 'exit', message: `the function's process ${how}` };
  if (stderr.length > 0) error.stack = stderr.join('\n').slice(-TAIL_CHARS);
  return error;
}

export function explainStartTimeout(timeout: Milliseconds): SourceError {
  const seconds = Math.round(timeout / 100) / 10;
  return { kind: 'timeout', message: `the code did not become ready within ${seconds} s` };
}

/** `used` in MB, where it is known. */
export function explainMemory(limitMb: number | undefined, used?: number): SourceError {
  const amount = used === undefined ? 'more memory' : `${used} MB of memory, more`;
  const limit = limitMb === undefined ? 'there is' : `its limit of ${limitMb} MB`;
  return { kind: 'memory', message: `used ${amount} than ${limit}` };
}
