import { accessSync, constants, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { type Config, listenUrl } from '../../daemon/config.ts';
import type { Bytes } from '../../daemon/option-types.ts';
import { DaemonClient } from '../client.ts';
import { probe } from '../connect.ts';
import { plural } from '../plural.ts';
import { findPortHolder } from '../port-holder.ts';
import type { CheckResult } from './check.ts';

const OLDEST_NODE = [20, 19] as const;
const LITTLE_SPACE = 1024 ** 3;
/** A watch for each folder of a project; a large one has thousands. */
const FEW_WATCHES = 16_384;
const FEW_INSTANCES = 64;

/** Node must not be older than package.json says. */
export function checkNode(version = process.versions.node, path = process.execPath): CheckResult {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (enough) return { name: 'Node', state: 'ok', detail: `${version} (${path})` };
  const oldest = OLDEST_NODE.join('.');
  return {
    name: 'Node',
    state: 'missing',
    detail: `${version} (${path}) is too old`,
    advice: `install Node ${oldest} or later from https://nodejs.org`,
  };
}

/** What the machine is, for reports of bugs: always as it should be. */
export function checkMachine(): CheckResult {
  const cores = availableParallelism();
  const memory = `${gigabytes(freemem())} of ${gigabytes(totalmem())} memory free`;
  const detail = `${process.platform} ${process.arch}, ${plural(cores, 'core')}, ${memory}`;
  return { name: 'Machine', state: 'ok', detail };
}

/** Opens a database in memory: better-sqlite3 is native code, which may not fit this machine's Node. */
export async function checkSqlite(): Promise<CheckResult> {
  try {
    const { connect } = await import('../../storage/sqlite/connection.ts');
    const database = connect(':memory:');
    const { version } = database.prepare('select sqlite_version() as version').get() as { version: string };
    database.close();
    return { name: 'SQLite', state: 'ok', detail: version };
  } catch (error) {
    return {
      name: 'SQLite',
      state: 'missing',
      detail: firstLine(error),
      advice: 'build it for this Node: npm rebuild better-sqlite3 (needs python3, make and a C++ compiler)',
    };
  }
}

/** esbuild is a program of its own, which `npm install --omit=optional` leaves out. */
export async function checkEsbuild(): Promise<CheckResult> {
  try {
    const { version, transform } = await import('esbuild');
    await transform('const works: boolean = true', { loader: 'ts' });
    return { name: 'TypeScript', state: 'ok', detail: `esbuild ${version}` };
  } catch (error) {
    return {
      name: 'TypeScript',
      state: 'warning',
      detail: `esbuild does not run: ${firstLine(error)}`,
      advice: 'only handlers and configuration in TypeScript need it: npm install esbuild',
    };
  }
}

/** The port must be free, or held by a lambdock. */
export async function checkPort(config: Config): Promise<CheckResult> {
  const { host, port } = config;
  const name = 'Port';
  const refusal = await tryToListen(host, port);
  if (refusal === undefined)
    return {
      name,
      state: 'ok',
      detail: port === 0 ? `any free one on ${host}` : `${port} on ${host} is free`,
    };
  if (refusal !== 'EADDRINUSE')
    return {
      name,
      state: 'missing',
      detail: `${host}:${port} can't be listened on (${refusal})`,
      advice: 'choose with --host and --port',
    };
  const url = listenUrl(host, port);
  const [running, holder] = await Promise.all([probe(new DaemonClient(url), 1_000), findPortHolder(port)]);
  if (running)
    return {
      name,
      state: 'ok',
      detail: `lambdock ${running.version} runs at ${url} (process ${running.pid})`,
    };
  const who = holder ? `${holder.command} (process ${holder.pid})` : 'another program';
  return {
    name,
    state: 'missing',
    detail: `${port} is taken by ${who}`,
    advice: `start with another one: lambdock start --port ${port + 1}`,
  };
}

/** The data folder, or the nearest one above it, must be writable and have space. */
export async function checkDataFolder(folder: string): Promise<CheckResult> {
  const name = 'Data folder';
  const existing = nearestExisting(folder);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(existing);
    const free = bavail * bsize;
    const space = `${gigabytes(free)} free`;
    if (free < LITTLE_SPACE)
      return { name, state: 'warning', detail: `${folder}, only ${space}`, advice: 'make room on that disk' };
    return { name, state: 'ok', detail: `${folder}, ${space}` };
  } catch (error) {
    return {
      name,
      state: 'missing',
      detail: `${folder} can't be written (${firstLine(error)})`,
      advice: 'choose another one with --data-dir or LAMBDOCK_DATA_DIR',
    };
  }
}

/** How many folders this user may watch. Undefined where there is no such limit. */
export function checkWatching(platform: NodeJS.Platform = process.platform): CheckResult | undefined {
  if (platform !== 'linux') return undefined;
  const watches = inotifyLimit('max_user_watches');
  const instances = inotifyLimit('max_user_instances');
  const detail = `${watches} inotify watches, ${instances} instances`;
  if (watches >= FEW_WATCHES && instances >= FEW_INSTANCES)
    return { name: 'File watching', state: 'ok', detail };
  return {
    name: 'File watching',
    state: 'warning',
    detail: `${detail}: few for large projects`,
    advice:
      'raise them: sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512; or use dev --poll',
  };
}

/** `23.5 GB`. */
function gigabytes(bytes: Bytes): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GB`;
}

function inotifyLimit(name: string): number {
  return Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'));
}

function nearestExisting(folder: string): string {
  try {
    accessSync(folder);
    return folder;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : nearestExisting(parent);
  }
}

/** Undefined when it works, else why not. */
function tryToListen(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
