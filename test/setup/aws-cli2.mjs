// Gets version 2 of the AWS CLI for the tests, which only distributions package: `node test/setup/aws-cli2.mjs`, or `ensureAwsCli2()`.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

/**
 * The program, which is rarely the first `aws` of the PATH where version 1 is there too; undefined where there is none. Those in
 * the system's folders are looked at first: pyenv puts stand-ins for version 1 into the PATH that take long to say what they are.
 */
export function findAwsCli2() {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return [...new Set(folders)].map((folder) => join(folder, 'aws')).find(isVersion2);
}

/** Resolves with `{ path }` of the program, installed by apt-get where there is none and we may, or with `{ missing }`, why there is none. */
export async function ensureAwsCli2({ say = console.log } = {}) {
  const found = findAwsCli2();
  if (found) return { path: found };
  try {
    say('Installing awscli by apt-get');
    if (process.getuid?.() !== 0) throw new Error('that needs root');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env });
    // Adds packages, and changes or removes none: a machine that would need that keeps what it has.
    await run(
      'apt-get',
      ['install', '-q', '-y', '--no-install-recommends', '--no-upgrade', '--no-remove', 'awscli'],
      {
        env,
      },
    );
    const path = findAwsCli2();
    if (!path) throw new Error("the distribution's awscli is not version 2");
    return { path };
  } catch (error) {
    return { missing: `version 2 of the AWS CLI (${error.message})` };
  }
}

function isVersion2(program) {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    return false;
  }
  return /^aws-cli\/2\./.test(
    spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 }).stdout ?? '',
  );
}

if (process.argv[1] === import.meta.filename) {
  const { path, missing } = await ensureAwsCli2();
  console.log(path ?? missing);
  process.exitCode = path ? 0 : 1;
}
