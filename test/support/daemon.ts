import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './patience.ts';

export { eventually };

export const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Shared by all test daemons, so that Python's environment and Go's build cache are made once. */
export const CACHE_DIR = process.env.LAMBDOCK_TEST_CACHE ?? join(tmpdir(), 'lambdock-test-cache');

export interface StartOptions {
  /** More flags of `lambdock start`. */
  args?: string[];
  env?: Record<string, string>;
  /** Kept after `stop`; by default a new one that is removed. */
  dataDir?: string;
  cwd?: string;
  /** A command that runs the one it is followed by, in its own process. */
  within?: string[];
}

export interface RunningDaemon extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  readonly dataDir: string;
  /** What it wrote so far, both streams. */
  output(): string;
  /** SIGTERM, and waits for the end; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>;
}

/**
 * The environment of a process under test: nothing of the caller's that would configure it. Functions run as processes, also
 * where Docker is at hand, unless `extra` or a flag says otherwise.
 */
export function testEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(LAMBDOCK_|VITEST|NODE_OPTIONS$|CI$)/.test(name),
  );
  return {
    ...Object.fromEntries(clean),
    LAMBDOCK_CACHE_DIR: CACHE_DIR,
    LAMBDOCK_DRIVER: 'process',
    NO_COLOR: '1',
    ...extra,
  };
}

/** Starts the built product on a free port, as a process of its own. Rejects with its output when it does not start. */
export async function startDaemon(options: StartOptions = {}): Promise<RunningDaemon> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'lambdock-test-'));
  mkdirSync(dataDir, { recursive: true });
  const start = [process.execPath, CLI, 'start', '--port', '0', '--data-dir', dataDir];
  const [program, ...args] = [...(options.within ?? []), ...start, ...(options.args ?? [])];
  const child = spawn(program!, args, {
    env: testEnvironment({ XDG_DATA_HOME: join(dataDir, 'user'), ...options.env }),
    cwd: options.cwd ?? dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const code = await exited;
    if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    return code;
  };
  const url = await waitForUrl(dataDir, child).catch(async (error: Error) => {
    await end('SIGKILL');
    throw new Error(`${error.message}\n${output}`);
  });
  return {
    url,
    pid: child.pid!,
    process: child,
    dataDir,
    output: () => output,
    stop: () => end('SIGTERM'),
    kill: async () => void (await end('SIGKILL')),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGTERM');
    },
  };
}

async function waitForUrl(dataDir: string, child: ChildProcess): Promise<string> {
  const file = join(dataDir, 'daemon.json');
  return eventually(() => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error('the daemon ended while starting');
    if (!existsSync(file)) return undefined;
    const info = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; url: string };
    return info.pid === child.pid ? info.url : undefined; // an older file is a killed daemon's
  });
}

/** Creates a function through the platform API and returns its id. */
export async function createFunction(
  url: string,
  input: { code: string; title?: string; runtime?: string; version?: string },
): Promise<string> {
  const response = await fetch(`${url}/lambda`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'test', runtime: 'node', version: '20', ...input }),
  });
  if (response.status !== 200)
    throw new Error(`create answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as string;
}
