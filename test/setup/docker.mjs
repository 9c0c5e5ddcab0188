import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensurePrograms } from './apt.mjs';
import { run, works } from './run.mjs';

const PROGRAMS = {
  docker: 'docker.io',
  dockerd: 'docker.io',
  iptables: 'iptables',
  ip: 'iproute2',
  debootstrap: 'debootstrap',
  'docker-compose': 'docker-compose',
};
const START_LIMIT = 60_000;
const OTHER_LIMIT = 5_000;
const STOP_LIMIT = 60_000;

/**
 * Makes sure that a Docker engine answers: the one that does, or else one that is installed and started here. Resolves with `stop`,
 * which ends what was started, or with what is missing.
 */
export async function ensureDocker({ cache, say = console.log }) {
  try {
    await ensurePrograms(PROGRAMS, say);
    const record = join(cache, 'dockerd.json');
    if (await answers()) return { stop: () => stopAbandoned(record) };
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      throw new Error('start it, or point DOCKER_HOST at one');
    return { stop: await startEngine(cache, record, say) };
  } catch (error) {
    return { missing: `a Docker engine (${error.message})`, stop: async () => {} };
  }
}

function answers() {
  return works('docker', ['version', '--format', '{{.Server.Version}}']);
}

/**
 * Resolves with what stops it. Its output goes to a file, so that it outlives whoever reads ours.
 */
async function startEngine(cache, record, say) {
  mkdirSync(cache, { recursive: true });
  const logFile = join(cache, 'dockerd.log');
  say(`Starting dockerd for the time of the tests (log: ${logFile})`);
  const log = openSync(logFile, 'w');
  // A PID file of our own: the usual one may be left over from a machine that was switched off, and stop dockerd.
  const pidFile = join(cache, 'dockerd.pid');
  rmSync(pidFile, { force: true });
  const child = spawn('dockerd', ['--pidfile', pidFile], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let failure;
  let limit = Date.now() + START_LIMIT;
  const fail = (message) => {
    failure = message;
    // Where a package that was just installed started one, too, ours ends and that one will answer.
    limit = Date.now() + OTHER_LIMIT;
  };
  child.once('error', (error) => fail(error.message));
  child.once('exit', (code, signal) => fail(`dockerd ended with ${signal ?? `code ${code}`}`));
  child.unref();
  writeFileSync(record, JSON.stringify({ pid: child.pid, startedBy: process.pid }));
  while (!(await answers())) {
    if (Date.now() > limit) {
      await stopEngine(child.pid, record);
      throw new Error(`${failure ?? 'dockerd does not answer'}: ${lastLines(logFile)}`);
    }
    await sleep(100);
  }
  return () => stopEngine(child.pid, record);
}

/** Does nothing about one that is gone, or never was. */
async function stopEngine(pid, record) {
  if (isRunning(pid)) process.kill(pid, 'SIGTERM');
  for (const limit = Date.now() + STOP_LIMIT; isRunning(pid) && Date.now() < limit; ) await sleep(50);
  rmSync(record, { force: true });
}

/** Ends the engine of a test run that was killed before it could; the engine of one that goes on is left alone. */
async function stopAbandoned(record) {
  if (!existsSync(record)) return;
  const { pid, startedBy } = JSON.parse(readFileSync(record, 'utf8'));
  if (isRunning(startedBy)) return;
  if (await isEngine(pid)) await stopEngine(pid, record);
  else rmSync(record, { force: true });
}

/** Process ids are used again. */
async function isEngine(pid) {
  return (await run('ps', ['-o', 'comm=', '-p', String(pid)]).catch(() => '')) === 'dockerd';
}

function isRunning(pid) {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function lastLines(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-3).join('\n');
}
