// Gets AWS's Python clients for the tests: `node test/setup/aws-clients.mjs`, or `ensureAwsClients()`.
import { createHash } from 'node:crypto';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** The AWS CLI names the botocore that it works with, and boto3 the same one. */
const PACKAGES = ['awscli==1.46.3', 'boto3==1.44.8', 'botocore==1.44.8'];
const CACHE = process.env.LAMBDOCK_TEST_CACHE || join(tmpdir(), 'lambdock-test-cache');

/** The folder of an environment whose `bin/python` has boto3 and runs `-m awscli`; undefined when `ensureAwsClients` has not made one. */
export function findAwsClients(cache = CACHE) {
  const folder = environment(cache);
  return existsSync(folder) ? folder : undefined;
}

/** Resolves with `{ path }` of the environment, which is made where there is none, or with `{ missing }`, why there is none. */
export async function ensureAwsClients({ cache = CACHE, say = console.log } = {}) {
  const found = findAwsClients(cache);
  if (found) return { path: found };
  const folder = environment(cache);
  say(`Installing ${PACKAGES.join(', ')} into ${folder}`);
  try {
    // Moved when it is whole. Its programs go on naming the first folder, so that tests run them by its Python.
    rmSync(`${folder}.making`, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', `${folder}.making`]);
    await run(join(`${folder}.making`, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
    renameSync(`${folder}.making`, folder);
    return { path: folder };
  } catch (error) {
    return { missing: `AWS's Python clients can't be installed: ${error.message}` };
  }
}

function environment(cache) {
  return join(
    cache,
    `aws-clients-${createHash('sha256').update(PACKAGES.join(' ')).digest('hex').slice(0, 12)}`,
  );
}

if (process.argv[1] === import.meta.filename) {
  const { path, missing } = await ensureAwsClients();
  console.log(path ?? missing);
  process.exitCode = path ? 0 : 1;
}
