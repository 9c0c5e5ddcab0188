// Builds the tests' Go programs: `node test/setup/go-clients.mjs`, or `ensureGoClients()`.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';
import { readSeed } from './seed.mjs';

const ROOT = join(import.meta.dirname, '../..');
const CACHE = process.env.LAMBDOCK_TEST_CACHE || join(tmpdir(), 'lambdock-test-cache');
const PROBE = 'test/support/go/sdk-probe';
const APP = 'examples/failover/app';

/**
 * The folder with `sdk-probe`, a client by AWS's SDK for Go; `failover-app`, our application for a load balancer; and `seed-app`,
 * the seed's own one where the seed is beside the checkout. Undefined when `ensureGoClients` has not built them.
 */
export function findGoClients(cache = CACHE) {
  const folder = binFolder(cache);
  return existsSync(folder) ? folder : undefined;
}

/** Resolves with `{ path }` of the folder, built where there is none (about a minute, once), or with `{ missing }`, why there is none. */
export async function ensureGoClients({ cache = CACHE, say = console.log } = {}) {
  const found = findGoClients(cache);
  if (found) return { path: found };
  const folder = binFolder(cache);
  const making = `${folder}.${process.pid}`;
  say(`Building Go programs for tests into ${folder}`);
  try {
    mkdirSync(making, { recursive: true });
    await build(join(ROOT, PROBE), join(making, 'sdk-probe'));
    await build(join(ROOT, APP), join(making, 'failover-app'));
    const seed = readSeed();
    if (seed) {
      const source = join(making, 'seed');
      cpSync(join(ROOT, APP), source, { recursive: true });
      writeFileSync(join(source, 'main.go'), seed.go);
      await build(source, join(making, 'seed-app'));
      rmSync(source, { recursive: true });
    }
    if (!existsSync(folder)) renameSync(making, folder);
    return { path: folder };
  } catch (error) {
    return { missing: `Go programs for tests can't be built: ${error.message}` };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Static, so that they run on any Linux and in any image; one package at a time, to leave a core to others. */
function build(cwd, output) {
  const env = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOWORK: 'off' };
  return run('go', ['build', '-p=1', '-buildvcs=false', '-trimpath', '-ldflags=-s -w', '-o', output, '.'], {
    cwd,
    env,
  });
}

function binFolder(cache) {
  const digest = createHash('sha256').update(readSeed()?.go ?? '');
  for (const folder of [PROBE, APP]) {
    for (const name of readdirSync(join(ROOT, folder)).sort()) {
      digest.update(`${name}\0`).update(readFileSync(join(ROOT, folder, name)));
    }
  }
  return join(cache, `go-clients-${digest.digest('hex').slice(0, 12)}`);
}

if (process.argv[1] === import.meta.filename) {
  const { path, missing } = await ensureGoClients();
  console.log(path ?? missing);
  process.exitCode = path ? 0 : 1;
}
