import { accessSync, constants, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '../workloads/process/identity.ts';
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { isRunning } from './is-running.ts';
import { makeFolder } from './make-folder.ts';

/** The folder of a daemon's data. Disposing removes an ephemeral one. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string;
}

const EPHEMERAL_PREFIX = 'lambdock-ephemeral-';
/** Names the owner of an ephemeral folder, so that a killed daemon's can be told from a running one's. */
const OWNER_FILE = 'owner.json';

/**
 * Makes the data folder and checks that it can be written. An ephemeral daemon gets a new one of its own, and those of
 * daemons that were killed are removed behind it. Throws ConfigError when the folder can't be used.
 */
export function openDataFolder(config: Pick<Config, 'dataDir' | 'ephemeral'>): DataFolder {
  if (!config.ephemeral) return { path: makeWritable(config.dataDir), async [Symbol.asyncDispose]() {} };
  const path = makeEphemeral();
  const swept = sweepStale(path);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await swept;
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** Makes a folder if there is none and returns its path. Throws ConfigError when it can't be written. */
export function makeWritable(folder: string): string {
  try {
    makeFolder(folder);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return realpathSync(folder);
  } catch (error) {
    throw new ConfigError(
      `The data folder ${folder} can't be used: ${explain(error)}. ` +
        'Choose another one with --data-dir or LAMBDOCK_DATA_DIR, or start with --ephemeral',
    );
  }
}

function makeEphemeral(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), EPHEMERAL_PREFIX)));
  writeFileSync(
    join(path, OWNER_FILE),
    JSON.stringify({ pid: process.pid, startIdentity: processIdentity(process.pid) }),
  );
  return path;
}

/** Removes ephemeral folders whose daemon no longer runs. Another user's are left alone. */
async function sweepStale(own: string): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(EPHEMERAL_PREFIX)) continue;
    const path = join(tmpdir(), name);
    if (realpathOrSame(path) === own || !hasDeadOwner(path)) continue;
    // Another daemon that starts now may sweep the same folder.
    await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  }
}

function hasDeadOwner(folder: string): boolean {
  try {
    const owner = JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')) as {
      pid: number;
      startIdentity?: string;
    };
    return !isRunning(owner.pid, owner.startIdentity);
  } catch {
    // Being made at this moment, or not readable: not ours to judge.
    return false;
  }
}

function realpathOrSame(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function explain(error: unknown): string {
  const { code, path, message } = error as NodeJS.ErrnoException;
  const where = path ? ` (${path})` : '';
  if (code === 'EACCES' || code === 'EPERM') return `no permission to write${where}`;
  if (code === 'EROFS') return `the file system is read-only${where}`;
  if (code === 'ENOSPC') return `the disk is full${where}`;
  if (code === 'ENOENT') return `it can't be made${where}`;
  if (code === 'EEXIST' || code === 'ENOTDIR') return `there is a file of that name${where}`;
  return message;
}
