// Gets AWS's SDKs for durable functions for the tests: `node test/setup/durable-sdks.mjs`, or `ensureDurableSdks()`.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

const LOCKED = join(import.meta.dirname, 'durable');
/** boto3 is the one of aws-clients.mjs. */
const PACKAGES = ['aws-durable-execution-sdk-python==3.0.0', 'boto3==1.44.8', 'botocore==1.44.8'];
const CACHE = process.env.LAMBDOCK_TEST_CACHE || join(tmpdir(), 'lambdock-test-cache');

/** A folder with `node_modules` and `python`; undefined when `ensureDurableSdks` has not made one. */
export function findDurableSdks(cache = CACHE) {
  const folder = place(cache);
  return existsSync(folder) ? folder : undefined;
}

/** Resolves with `{ path }` of the folder, which is made where there is none, or with `{ missing }`, why there is none. */
export async function ensureDurableSdks({ cache = CACHE, say = console.log } = {}) {
  const found = findDurableSdks(cache);
  if (found) return { path: found };
  const folder = place(cache);
  const making = `${folder}.making`;
  say(`Installing AWS's durable execution SDKs into ${folder}`);
  try {
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    for (const file of ['package.json', 'package-lock.json'])
      copyFileSync(join(LOCKED, file), join(making, file));
    // It asks for a newer Node.js than tests run with, and works with theirs once it is bundled.
    const npm = ['ci', '--engine-strict=false', '--ignore-scripts', '--no-audit', '--no-fund'];
    await run('npm', npm, { cwd: making });
    await run('python3', [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--target',
      join(making, 'python'),
      ...PACKAGES,
    ]);
    renameSync(making, folder);
    return { path: folder };
  } catch (error) {
    return { missing: `AWS's durable execution SDKs can't be installed: ${error.message}` };
  }
}

function place(cache) {
  const lock = readFileSync(join(LOCKED, 'package-lock.json'), 'utf8');
  const digest = createHash('sha256').update(lock).update(PACKAGES.join(' ')).digest('hex');
  return join(cache, `durable-sdks-${digest.slice(0, 12)}`);
}

if (process.argv[1] === import.meta.filename) {
  const { path, missing } = await ensureDurableSdks();
  console.log(path ?? missing);
  process.exitCode = path ? 0 : 1;
}
