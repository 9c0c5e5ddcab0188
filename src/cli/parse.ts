import type { ArgumentSpec, CommandSpec, FlagSpec, FlagValue } from './command.ts';

export interface ParsedCommand {
  spec: CommandSpec;
  args: string[];
  flags: Record<string, FlagValue>;
}

/**
 * Reads a command line in which nothing is unusual. Undefined for anything else (help, mistakes, `--`, joined short
 * flags): commander reads those, with the same table. It takes 15 ms to load, which a start does without.
 */
export function parsePlain(
  argv: readonly string[],
  commands: readonly CommandSpec[],
): ParsedCommand | undefined {
  const spec = commands.find(({ name }) => name === argv[0]);
  if (!spec) return undefined;
  const parsed: ParsedCommand = { spec, args: [], flags: {} };
  const rest = argv.slice(1);
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (!token.startsWith('-')) {
      parsed.args.push(token);
      continue;
    }
    const [name, joined] = splitOnce(token);
    const flag = spec.flags.find(({ long, short }) => long === name || short === token);
    if (!flag) return undefined;
    if (!flag.value) {
      if (joined !== undefined) return undefined;
      parsed.flags[flag.key] = flag.sets ?? true;
      continue;
    }
    const value = joined ?? rest.shift();
    if (value === undefined || (joined === undefined && value.startsWith('-'))) return undefined;
    store(parsed.flags, flag, value);
  }
  return fits(parsed.args, spec.args) ? parsed : undefined;
}

function fits(args: readonly string[], specs: readonly ArgumentSpec[]): boolean {
  const any = specs.at(-1)?.any === true;
  const required = any ? specs.length - 1 : specs.length;
  if (args.length < required || (!any && args.length > required)) return false;
  return specs.every(({ choices }, index) => choices === undefined || choices.includes(args[index]!));
}

function store(flags: Record<string, FlagValue>, flag: FlagSpec, value: string): void {
  const before = flags[flag.key];
  flags[flag.key] = flag.repeatable ? [...(Array.isArray(before) ? before : []), value] : value;
}

/** `--port=1` as flag and value; short flags and flags alone have none. */
function splitOnce(token: string): [string, string | undefined] {
  const at = token.startsWith('--') ? token.indexOf('=') : -1;
  return at < 0 ? [token, undefined] : [token.slice(0, at), token.slice(at + 1)];
}
