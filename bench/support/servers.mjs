import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuMs, descendants, survivors } from './processes.mjs';

/**
 * @typedef {import('./scope.mjs').Scope} Scope
 * @typedef {object} Server
 * @property {number} port
 * @property {string} url
 * @property {number} pid
 * @property {number} readyMs from its spawn to its first 200
 * @property {number} readyCpuMs CPU time it used until then
 * @property {() => Promise<void>} stop ends it and checks that it left no process behind
 */

const START_TIMEOUT = 20_000;
const STOP_TIMEOUT = 15_000;

/** Python environments and build results of the benched daemons; kept, so that only a first run makes them. */
export const CACHE_DIR = process.env.LAMBDOCK_BENCH_CACHE ?? join(tmpdir(), 'lambdock-bench-cache');

/**
 * One of servers/*.mjs, until the scope closes.
 * @param {Scope} scope
 * @param {string} name
 * @param {(string | number)[]} [args]
 */
export async function startServer(scope, name, args = []) {
  const port = await freePort();
  const file = fileURLToPath(new URL(`../servers/${name}`, import.meta.url));
  return start(scope, { args: [file, port, ...args], port, path: '/', env: process.env });
}

/**
 * The built product, until the scope closes. Functions are processes unless `args` say otherwise.
 * @param {Scope} scope
 * @param {{ cli: string, dataDir: string, nodeArgs?: string[], args?: string[], env?: Record<string, string> }} options
 */
export async function startLambdock(scope, options) {
  const { cli, dataDir, nodeArgs = [], args = ['--driver', 'process'], env = {} } = options;
  const port = await freePort();
  return start(scope, {
    args: [...nodeArgs, cli, 'start', '--port', port, '--data-dir', dataDir, ...args],
    port,
    path: '/_lambdock/health',
    env: { ...cleanEnvironment(), XDG_DATA_HOME: join(dataDir, 'user'), ...env },
  });
}

/**
 * A folder that goes with the scope.
 * @param {Scope} scope
 */
export function temporaryFolder(scope) {
  const path = mkdtempSync(join(tmpdir(), 'lambdock-bench-'));
  scope.defer(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

/**
 * @param {Scope} scope
 * @param {{ args: (string | number)[], port: number, path: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<Server>}
 */
async function start(scope, { args, port, path, env }) {
  const began = performance.now();
  const child = spawn(process.execPath, args.map(String), { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit');
  /** @type {Promise<void> | undefined} */
  let stopped;
  const stop = () => (stopped ??= end(child, exited, () => output));
  scope.defer(stop);
  while (!(await answers({ port, path }))) {
    if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended while starting:\n${output}`);
    if (performance.now() - began > START_TIMEOUT)
      throw new Error(`${args.join(' ')} did not start:\n${output}`);
    await sleep(1);
  }
  const readyMs = performance.now() - began;
  const pid = /** @type {number} */ (child.pid);
  return { port, url: `http://127.0.0.1:${port}`, pid, readyMs, readyCpuMs: cpuMs([pid]), stop };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {Promise<unknown>} exited
 * @param {() => string} output what it has written
 */
async function end(child, exited, output) {
  if (child.exitCode !== null || child.signalCode !== null)
    throw new Error(
      `process ${child.pid} ended by itself (${child.signalCode ?? child.exitCode}):\n${output()}`,
    );
  const children = descendants(/** @type {number} */ (child.pid));
  child.kill('SIGTERM');
  const bound = new AbortController();
  const late = sleep(STOP_TIMEOUT, 'late', { signal: bound.signal }).catch(() => {});
  if ((await Promise.race([exited, late])) === 'late') {
    child.kill('SIGKILL');
    await exited;
    throw new Error(`process ${child.pid} did not stop within ${STOP_TIMEOUT / 1000} s`);
  }
  bound.abort();
  const left = await survivors(children, 2_000);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  if (left.length > 0) throw new Error(`process ${child.pid} left ${left.length} processes behind`);
}

/**
 * Whether a GET on a connection of its own is answered with 200.
 * @param {{ host?: string, port: number, path: string }} where
 * @returns {Promise<boolean>}
 */
export function answers({ host = '127.0.0.1', port, path }) {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`));
    socket.once('data', (head) => {
      resolve(head.toString('latin1').startsWith('HTTP/1.1 200'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Nothing of the caller's that would configure the daemon. */
function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(LAMBDOCK_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(kept), LAMBDOCK_CACHE_DIR: CACHE_DIR, NO_COLOR: '1' };
}
