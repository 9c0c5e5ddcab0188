import { lstat, readlink } from 'node:fs/promises';
import { join, parse, resolve, sep } from 'node:path';
import { isAbsence, isDenial } from './file-stamp.ts';

/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Walks from the file system's root to where `path` leads, through all symbolic links, and tells every step on which that
 * depends: for `/app/current`, a link to `releases/7`, the names `current`, `releases` and `7` in their folders. A step is told
 * before it is looked at. The last one is the first name that does not exist, which is the one to wait for.
 */
export async function followPath(
  path: string,
  onStep: (directory: string, name: string) => Promise<void>,
): Promise<void> {
  let { root: at, rest } = split(path);
  for (let links = 0; rest.length > 0; ) {
    const name = rest.shift()!;
    await onStep(at, name);
    const step = join(at, name);
    const target = await linkTarget(step);
    if (target === 'absent') return;
    if (target === 'none') at = step;
    else if (++links > MOST_LINKS) return;
    else {
      const next = split(resolve(at, target.path));
      at = next.root;
      rest = [...next.rest, ...rest];
    }
  }
}

async function linkTarget(path: string): Promise<{ path: string } | 'none' | 'absent'> {
  try {
    return (await lstat(path)).isSymbolicLink() ? { path: await readlink(path) } : 'none';
  } catch (error) {
    if (isAbsence(error) || isDenial(error)) return 'absent';
    throw error;
  }
}

function split(path: string): { root: string; rest: string[] } {
  const { root } = parse(path);
  return { root, rest: path.slice(root.length).split(sep).filter(Boolean) };
}
