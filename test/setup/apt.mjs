import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';

/**
 * Installs the Debian packages of those programs that are missing: `{ debootstrap: 'debootstrap' }`. Leaves a machine alone
 * that is not Debian's, or where we are not root: whoever needs such a program says so then.
 */
export async function ensurePrograms(packages, say) {
  const missing = Object.entries(packages).filter(([program]) => !isInstalled(program));
  if (missing.length === 0 || process.getuid?.() !== 0 || !isInstalled('apt-get')) return;
  const names = [...new Set(missing.map(([, name]) => name))];
  say(`Installing ${names.join(', ')} by apt-get`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...names], { env });
}

/** Root's programs are looked for where a user's PATH may not lead. */
function isInstalled(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}
