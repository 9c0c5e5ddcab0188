import { Argument, Command as Commander, CommanderError, Option } from 'commander';
import type { ArgumentSpec, CommandSpec, FlagSpec, FlagValue } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { CliContext } from './context.ts';
import { EXIT, EXIT_CODE_HELP, type ExitCode } from './exit-codes.ts';

/** Reads any command line with commander: help, suggestions after mistakes, and everything `parsePlain` leaves. */
export async function runProgram(
  argv: readonly string[],
  version: string,
  context: CliContext,
  commands: readonly CommandSpec[] = COMMANDS,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = new Commander('lambdock')
    .description('A local serverless platform: functions from source to a live, hot-reloading endpoint.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, context.err.style.red('error:'))),
      getOutHelpWidth: () => helpWidth(context.out.columns),
      getErrHelpWidth: () => helpWidth(context.err.columns),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText('after', () => footer())
    .exitOverride();
  for (const spec of commands) addCommand(program, spec, context, (code) => (exitCode = code));
  // Without a command commander shows help as an error; a newcomer who types the bare name did nothing wrong.
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    throw error;
  }
}

function addCommand(
  program: Commander,
  spec: CommandSpec,
  context: CliContext,
  done: (code: ExitCode) => void,
): void {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(`${spec.summary[0]!.toUpperCase()}${spec.summary.slice(1)}.`)
    .showHelpAfterError(`Run "lambdock ${spec.name} --help" for what it takes.`)
    .allowExcessArguments(false);
  for (const argument of spec.args) command.addArgument(toArgument(argument));
  for (const flag of spec.flags) command.addOption(toOption(flag));
  if (spec.examples)
    command.addHelpText('after', `\nExamples:\n${spec.examples.map((line) => `  $ ${line}`).join('\n')}`);
  command.action(async () => {
    const run = await spec.load();
    const given = Object.entries(command.opts<Record<string, FlagValue>>()).filter(
      // Commander sets `--no-x` flags to true by default; only what was typed counts here.
      ([key]) => command.getOptionValueSource(key) === 'cli',
    );
    done(await run({ args: command.args, flags: Object.fromEntries(given), context }));
  });
}

function toArgument({ name, summary, choices, any }: ArgumentSpec): Argument {
  const argument = new Argument(any ? `[${name}...]` : `<${name}>`, summary);
  return choices ? argument.choices(choices) : argument;
}

function toOption(flag: FlagSpec): Option {
  const names = [flag.short, flag.long].filter((name) => name !== undefined).join(', ');
  const fallback = flag.fallback ? ` (default: ${flag.fallback})` : '';
  const option = new Option(flag.value ? `${names} ${flag.value}` : names, flag.summary + fallback);
  if (flag.repeatable)
    option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
  return option;
}

function footer(): string {
  const codes = EXIT_CODE_HELP.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}`).join('\n');
  return `
Every option of start is also a variable (--data-dir: LAMBDOCK_DATA_DIR) and a key of lambdock.config.json (dataDir).

Exit codes:
${codes}
`;
}

function helpWidth(columns: number | undefined): number {
  return Math.min(columns ?? 100, 110);
}
