import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { Milliseconds } from '../../clock/clock.ts';

/** What the search for toolchains needs to know of a computer. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The Node that runs the daemon. */
  readonly node: { path: string; version: string };
  /** Names in a folder; none when there is no such folder. */
  list(directory: string): Promise<string[]>;
  isExecutable(path: string): Promise<boolean>;
  /** What a program prints, or undefined when it can't be run, fails or takes too long. */
  run(path: string, args: readonly string[]): Promise<string | undefined>;
}

const LONGEST_RUN: Milliseconds = 5_000;

/** The computer this runs on. */
export function localMachine(env: Machine['env']): Machine {
  return {
    platform: process.platform,
    home: homedir(),
    env,
    node: { path: process.execPath, version: process.versions.node },
    list: (directory) => readdir(directory).catch(() => []),
    isExecutable: (path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    run: (path, args) =>
      new Promise((resolve) => {
        execFile(path, [...args], { env, timeout: LONGEST_RUN, killSignal: 'SIGKILL' }, (error, stdout) =>
          resolve(error ? undefined : stdout),
        );
      }),
  };
}
