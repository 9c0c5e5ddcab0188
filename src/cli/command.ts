import type { CliContext } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

/** A flag's value: text, a yes or no, or all texts of a flag that may be repeated. */
export type FlagValue = string | boolean | string[];
export type Flags = Readonly<Record<string, FlagValue | undefined>>;

export interface FlagSpec {
  /** Under which it arrives in `Flags`: `dataDir`. */
  key: string;
  /** `--data-dir`; `--no-standby` for one that is on by default. */
  long: string;
  /** `-f`. */
  short?: string;
  /** The value's name, `<folder>`; absent for a yes/no flag. */
  value?: string;
  repeatable?: boolean;
  /** What the flag sets, false for `--no-…`. */
  sets?: boolean;
  summary: string;
  /** Shown in help. */
  fallback?: string;
}

export interface ArgumentSpec {
  name: string;
  summary: string;
  /** The words it may be. */
  choices?: readonly string[];
  /** Any number of them, none included. Only the last argument can be. */
  any?: true;
}

export type Command = (input: {
  args: readonly string[];
  flags: Flags;
  context: CliContext;
}) => Promise<ExitCode>;

export interface CommandSpec {
  name: string;
  summary: string;
  args: readonly ArgumentSpec[];
  flags: readonly FlagSpec[];
  examples?: readonly string[];
  /** Loads the command's own file: only the one that runs. */
  load(): Promise<Command>;
}

/** A flag's text, or undefined when it was not given. */
export function textFlag(flags: Flags, key: string): string | undefined {
  const value = flags[key];
  return typeof value === 'string' ? value : undefined;
}
