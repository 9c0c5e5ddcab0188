import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { processIdentity } from '../workloads/process/identity.ts';
import type { ClientSettings } from './config.ts';
import { isRunning } from './is-running.ts';
import { makeFolder } from './make-folder.ts';

/** What a running daemon leaves on disk so that commands find it. */
export interface DaemonInfo {
  pid: number;
  /** Tells this process from a later one with the same number. */
  startIdentity?: string;
  url: string;
  version: string;
  /** Absolute path of the data folder. */
  dataDirectory: string;
  token?: string;
}

const INFO_FILE = 'daemon.json';

/**
 * Leaves word of this process's daemon in its data folder, and in the user's data folder when that is another one.
 * To be called once it is ready. Disposing takes both back.
 */
export function publishDaemon(info: Omit<DaemonInfo, 'pid' | 'startIdentity'>, userDir: string): Disposable {
  const identity = processIdentity(process.pid);
  const content: DaemonInfo = { pid: process.pid, ...(identity && { startIdentity: identity }), ...info };
  const files = [join(info.dataDirectory, INFO_FILE)];
  writePrivately(files[0]!, JSON.stringify(content));
  if (info.dataDirectory !== userDir) {
    // A process can hold several daemons, each with a port of its own.
    const pointer = join(pointerFolder(userDir), `${process.pid}-${new URL(info.url).port}.json`);
    if (leavePointer(pointer, JSON.stringify(content))) files.push(pointer);
  }
  return {
    [Symbol.dispose]() {
      for (const file of files) rmSync(file, { force: true });
    },
  };
}

/** A user without a writable home has to name the daemon in each command, which is no reason not to start it. */
function leavePointer(file: string, content: string): boolean {
  try {
    makeFolder(dirname(file));
    writePrivately(file, content);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return false;
  }
}

/** The daemon that has its data in this folder, if it runs. */
export function daemonOf(dataDir: string): DaemonInfo | undefined {
  return readRunning(join(dataDir, INFO_FILE));
}

/**
 * The daemon a command means when it names no URL: the one of its data folder, else (unless the folder was named)
 * the one started last among those with their data elsewhere, ephemeral ones for instance.
 */
export function findDaemon(settings: Pick<ClientSettings, 'dataDir' | 'dataDirGiven' | 'userDir'>) {
  const own = daemonOf(settings.dataDir);
  return own ?? (settings.dataDirGiven ? undefined : newestElsewhere(settings.userDir));
}

function newestElsewhere(userDir: string): DaemonInfo | undefined {
  const folder = pointerFolder(userDir);
  const found = ignoreMissing(() => readdirSync(folder)) ?? [];
  const running = found
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ file: join(folder, name), info: readRunning(join(folder, name)) }))
    .map(({ file, info }) => {
      if (!info) rmSync(file, { force: true });
      return { info, modified: ignoreMissing(() => statSync(file).mtimeMs) ?? 0 };
    })
    .filter((entry) => entry.info !== undefined);
  return running.sort((a, b) => b.modified - a.modified)[0]?.info;
}

function readRunning(file: string): DaemonInfo | undefined {
  const content = ignoreMissing(() => readFileSync(file, 'utf8'));
  if (content === undefined) return undefined;
  const info = parseInfo(content);
  return info && isRunning(info.pid, info.startIdentity) ? info : undefined;
}

/** Undefined for what no daemon wrote: a file cut short by a full disk is as good as none. */
function parseInfo(content: string): DaemonInfo | undefined {
  try {
    const info = JSON.parse(content) as Partial<DaemonInfo> | null;
    return typeof info?.pid === 'number' && typeof info.url === 'string' ? (info as DaemonInfo) : undefined;
  } catch {
    return undefined;
  }
}

function pointerFolder(userDir: string): string {
  return join(userDir, 'running');
}

function writePrivately(file: string, content: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, content, { mode: 0o600 });
  renameSync(draft, file);
}

function ignoreMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return undefined;
    throw error;
  }
}
