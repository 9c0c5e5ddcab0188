import { lstat, readlink } from 'node:fs/promises';
import { join, parse, resolve, sep } from 'node:path';
import { isAbsence, isDenial } from './file-stamp.ts';

/** As many as Linux follows. */
const MOST_LINKS = 40;

type LinkTarget = { path: string } | 'none' | 'absent';

/**
 * Walks from the file system's root to where a path leads, through all symbolic links, and tells every step on which that
 * depends: for `/app/current`, a link to `releases/7`, the names `app`, `current`, `releases` and `7` in their folders. A step is
 * told before it is looked at, and only once however many paths share it.
 */
export class PathFollower {
  readonly #onStep: (directory: string, name: string) => Promise<void>;
  readonly #steps = new Map<string, LinkTarget>();

  constructor(onStep: (directory: string, name: string) => Promise<void>) {
    this.#onStep = onStep;
  }

  /** Ends where the absolute path leads, or at the first name that does not exist, which is then the last step told. */
  async follow(path: string): Promise<void> {
    let { root: at, rest } = split(path);
    for (let links = 0; rest.length > 0; ) {
      const name = rest.shift()!;
      const target = await this.#step(at, name);
      if (target === 'absent') return;
      if (target === 'none') at = join(at, name);
      else if (++links > MOST_LINKS) return;
      else {
        const next = split(resolve(at, target.path));
        at = next.root;
        rest = [...next.rest, ...rest];
      }
    }
  }

  async #step(directory: string, name: string): Promise<LinkTarget> {
    const path = join(directory, name);
    let target = this.#steps.get(path);
    if (target === undefined) {
      await this.#onStep(directory, name);
      target = await linkTarget(path);
      this.#steps.set(path, target);
    }
    return target;
  }
}

async function linkTarget(path: string): Promise<LinkTarget> {
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
