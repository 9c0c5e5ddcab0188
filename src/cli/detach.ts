import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../daemon/config.ts';
import { makeWritable } from '../daemon/data-folder.ts';
import { shortPath } from './banner.ts';
import { CliError } from './cli-error.ts';
import type { Flags } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { CliContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** What a daemon tells the process that started it, once it is ready. */
export interface Announcement {
  url: string;
  pid: number;
  dataDirectory: string;
}

/** Starts a daemon that outlives this process, and returns once it is ready or has failed. */
export async function startDetached(flags: Flags, context: CliContext): Promise<ExitCode> {
  const config = await loadConfig({
    flags: settingsOf(flags),
    env: context.env,
    cwd: context.cwd,
  });
  const logFolder = makeWritable(config.ephemeral ? config.cacheDir : config.dataDir);
  const logFile = join(logFolder, config.ephemeral ? 'ephemeral-output.log' : 'output.log');
  const log = openSync(logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...commandLine(flags)], {
    cwd: context.cwd,
    env: context.env,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const outcome = await new Promise<Announcement | number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Announcement));
    child.once('exit', (code) => resolve(code ?? EXIT.failed));
    child.once('error', reject);
  });
  if (typeof outcome === 'number') {
    const said = readFileSync(logFile).subarray(logStart).toString().trimEnd();
    // It has told why in its own words, error and remedies.
    if (said) {
      context.err.line(said);
      return outcome as ExitCode;
    }
    throw new CliError(`The daemon ended with code ${outcome} before it was ready`, outcome as ExitCode);
  }
  child.disconnect();
  child.unref();
  if (flags.json) context.out.line(JSON.stringify({ ...outcome, log: logFile }));
  else {
    const { bold, cyan, dim } = context.out.style;
    context.out.line(`${bold('lambdock')} runs at ${cyan(outcome.url)} ${dim(`(process ${outcome.pid})`)}`);
    context.out.line(`  data    ${shortPath(outcome.dataDirectory, context.cwd)}`);
    context.out.line(`  output  ${shortPath(logFile, context.cwd)}`);
    context.out.line(`Stop it with: lambdock stop`);
  }
  return EXIT.ok;
}

function settingsOf(flags: Flags): Flags {
  const { example: _, json: __, detach: ___, ...settings } = flags;
  return settings;
}

/** The command line that gives these flags again, without those that are about this process. */
function commandLine(flags: Flags): string[] {
  const { flags: specs } = COMMANDS.find(({ name }) => name === 'start')!;
  const line = ['start'];
  for (const { key, long, value } of specs) {
    const given = flags[key];
    if (given === undefined || key === 'detach' || key === 'json') continue;
    if (!value) line.push(long);
    else if (typeof given === 'string') line.push(`${long}=${given}`);
  }
  return line;
}
