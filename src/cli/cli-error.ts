import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ends a command with a message for the user: what is wrong, then, each on its own line, what can be done. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;
  readonly ways: readonly string[];

  constructor(message: string, exitCode: ExitCode = EXIT.failed, ways: readonly string[] = []) {
    super(message);
    this.exitCode = exitCode;
    this.ways = ways;
  }
}
