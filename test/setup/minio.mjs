// Gets a MinIO server for the tests: `node test/setup/minio.mjs`, or `ensureMinio()`.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The commit of MinIO's last release with its source. */
const VERSION = 'v0.0.0-20260212201848-7aac2a2c5b7c';
const SOURCE = 'github.com/minio/minio';
const NAME = process.platform === 'win32' ? 'minio.exe' : 'minio';
const CACHE = process.env.LAMBDOCK_TEST_CACHE || join(tmpdir(), 'lambdock-test-cache');

/** The server that is there already, on the PATH or from an earlier `ensureMinio`; undefined when there is none. */
export function findMinio(cache = CACHE) {
  const folders = [binFolder(cache), ...(process.env.PATH ?? '').split(delimiter)];
  return folders.map((folder) => join(folder, NAME)).find(isExecutable);
}

/**
 * Resolves with `{ path }` of a MinIO server, which is built from source where there is none (about five minutes on two
 * cores, once), or with `{ missing }`, why there is none.
 */
export async function ensureMinio({ cache = CACHE, say = console.log } = {}) {
  const found = findMinio(cache);
  if (found) return { path: found };
  say(`Building MinIO ${VERSION} into ${cache} with Go (some minutes, only the first time)`);
  const folder = binFolder(cache);
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const failure = await goInstall(unfinished);
    if (failure) return { missing: `MinIO can't be built: ${failure}` };
    if (!existsSync(folder)) renameSync(unfinished, folder);
    return { path: join(folder, NAME) };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function binFolder(cache) {
  return join(cache, `minio-${VERSION.split('-').at(-1)}`);
}

/** Resolves with what went wrong, if anything did. One package at a time, to leave a core to others. */
function goInstall(folder) {
  const flags = [process.env.GOFLAGS, '-p=1'].filter(Boolean).join(' ');
  const go = spawn('go', ['install', '-trimpath', '-ldflags=-s -w', `${SOURCE}@${VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOFLAGS: flags, CGO_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let last = '';
  go.stderr.on('data', (chunk) => {
    last = String(chunk).trim().split('\n').at(-1) || last;
  });
  return new Promise((resolve) => {
    go.once('error', (error) => resolve(`go can't be run (${error.code})`));
    go.once('close', (code) => resolve(code === 0 ? undefined : `go install ended with ${code}: ${last}`));
  });
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === import.meta.filename) {
  const { path, missing } = await ensureMinio();
  console.log(path ?? missing);
  process.exitCode = path ? 0 : 1;
}
