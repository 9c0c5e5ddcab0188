import { lstat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { DirectoryWatches } from './directory-watches.ts';
import { isAbsence, isDenial, stampFile } from './file-stamp.ts';
import type { Fingerprint } from './fingerprint.ts';
import { PathFollower } from './path-follower.ts';
import type { SourceFilter } from './source-filter.ts';
import { identityOf, readTree, statsOf, TooManyFiles } from './tree.ts';

/** Files and folders looked at around a single linked file, which may lie in somebody's home. */
const LARGEST_NEIGHBOURHOOD = 2_000;

export interface SourceScannerOptions {
  root: string;
  filter: SourceFilter;
  fingerprint: Fingerprint;
  /** A single file was linked: its folder may be too large to be read whole. */
  single: boolean;
  /** Most files and folders looked at. */
  limit: number;
  /** Ends a scan under way when it aborts. */
  signal: AbortSignal;
  onNotice(message: string): void;
}

/** Brings a fingerprint up to date with the disk, wholly or for some paths. One scan at a time. */
export class SourceScanner {
  readonly #options: SourceScannerOptions;
  readonly #denied = new Set<string>();
  /** Of the last whole scan; undefined when there was none, or a file's path no longer says all about it. */
  #directories: ReadonlySet<string> | undefined;
  #recursive = true;

  constructor(options: SourceScannerOptions) {
    this.#options = options;
  }

  /**
   * Reads everything. With `watches`, each folder is watched before it is read, and so is whatever decides where links lead.
   * Throws TooManyFiles, WatchesExhausted, and the signal's reason; the fingerprint is then as it was.
   */
  async scanAll(watches: DirectoryWatches | undefined): Promise<void> {
    const { root, filter, fingerprint, single, limit, signal } = this.#options;
    this.#directories = undefined;
    const way = watches && this.#watchedWay(watches);
    await way?.follow(root);
    if (await filter.refresh()) fingerprint.forget((path) => !filter.accepts(path));
    try {
      const tree = await readTree({
        root,
        filter,
        limit: single && this.#recursive ? Math.min(limit, LARGEST_NEIGHBOURHOOD) : limit,
        recursive: this.#recursive,
        signal,
        known: (path) => fingerprint.latest(path),
        onDirectory: (absolute, _path, identity) => watches?.arm(absolute, identity),
        onLink: async (absolute) => way?.follow(absolute),
      });
      watches?.sweep();
      fingerprint.observeAll(tree.files);
      if (tree.links === 0) this.#directories = tree.directories;
      this.#reportDenied(tree.denied);
    } catch (error) {
      if (!(error instanceof TooManyFiles && single && this.#recursive)) throw error;
      this.#recursive = false;
      this.#options.onNotice(
        `${root} is too large to be watched whole: only files beside the function reload it, those in folders do not`,
      );
      return this.scanAll(watches);
    }
  }

  /**
   * Reads single files, by their paths in the tree. False, having changed nothing that matters, when only a whole scan
   * can tell: a folder is concerned, or there are symbolic links.
   */
  async scanFiles(paths: Iterable<string>): Promise<boolean> {
    const { root, filter, fingerprint } = this.#options;
    for (const path of paths) {
      if (!this.#directories || this.#directories.has(path)) return false;
      const absolute = join(root, path);
      if (!(await isFileOrAbsent(absolute))) return false;
      const stamp = filter.accepts(path) ? await stampFile(absolute, fingerprint.latest(path)) : undefined;
      fingerprint.observe(path, stamp);
    }
    return true;
  }

  /** Watches every step of the ways it follows, so that a renamed parent and a link that leads elsewhere are noticed. */
  #watchedWay(watches: DirectoryWatches): PathFollower {
    return new PathFollower(async (directory, name) => {
      if (process.platform !== 'linux' && isAbove(directory, dirname(this.#options.root))) return;
      const stats = await statsOf(directory);
      if (stats?.isDirectory()) watches.arm(directory, identityOf(stats), name);
    });
  }

  #reportDenied(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#denied.has(path)) continue;
      this.#denied.add(path);
      this.#options.onNotice(`${join(this.#options.root, path)} may not be read: changes in it are not seen`);
    }
  }
}

/** Folders and links say more than their own path does. */
async function isFileOrAbsent(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch (error) {
    if (isAbsence(error)) return true;
    if (isDenial(error)) return false;
    throw error;
  }
}

/** Outside Linux a watch costs by what lies below its folder, and everything lies below a disk's root. */
function isAbove(directory: string, other: string): boolean {
  const way = relative(directory, other);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`);
}
