import { ConfigError } from '../daemon/config-error.ts';
import { packageInfo } from '../package-info.ts';
import { CliError } from './cli-error.ts';
import { COMMANDS } from './commands.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { parsePlain } from './parse.ts';

/** Runs a command line and returns its exit code. Never rejects: what a user can mend is told in words, a bug with its stack. */
export async function run(argv: readonly string[], context: CliContext): Promise<ExitCode> {
  try {
    const parsed = parsePlain(argv, COMMANDS);
    if (!parsed) return await (await import('./program.ts')).runProgram(argv, packageInfo().version, context);
    const command = await parsed.spec.load();
    return await command({ args: parsed.args, flags: parsed.flags, context });
  } catch (error) {
    return report(error, context);
  }
}

function report(error: unknown, { err }: CliContext): ExitCode {
  const { red, dim } = err.style;
  if (error instanceof ConfigError) {
    err.line(`${red('error:')} ${error.message}`);
    return EXIT.usage;
  }
  if (error instanceof CliError) {
    err.line(`${red('error:')} ${error.message}`);
    for (const way of error.ways) err.line(`  ${dim('-')} ${way}`);
    return error.exitCode;
  }
  err.line(`${red('error:')} lambdock failed in a way it should not: ${describe(error)}`);
  return EXIT.failed;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
