import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PackageInfo {
  /** The folder of package.json: `runtimes/`, `examples/` and `dist/` lie in it, installed or in the repository. */
  root: string;
  version: string;
}

/** Finds our own package from wherever this module ended up in it: `src/` or a chunk of the bundle. */
export function packageInfo(): PackageInfo {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package.json'))) {
    const parent = dirname(root);
    if (parent === root) throw new Error(`lambdock is incomplete: no package.json above ${import.meta.url}`);
    root = parent;
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return { root, version };
}
