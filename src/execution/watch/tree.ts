import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FileStamp, isAbsence, isDenial, stampFile } from './file-stamp.ts';
import { INSTALL_MARKS } from './languages.ts';
import type { SourceFilter } from './source-filter.ts';

/** Files stamped at a time: enough to keep the thread pool busy, few enough not to run out of descriptors. */
const STAMPED_AT_ONCE = 16;

/** A folder holds more than can be watched with good manners. */
export class TooManyFiles extends Error {
  override readonly name = 'TooManyFiles';

  constructor(root: string, limit: number) {
    super(
      `${root} holds more than ${limit.toLocaleString('en')} files and folders, which is too many to watch: name what is ` +
        'not code in .lambdockignore or with --ignore, or link a smaller folder',
    );
  }
}

export interface TreeOptions {
  root: string;
  filter: SourceFilter;
  /** Most files and folders looked at. */
  limit: number;
  /** Also what lies in folders of the root. */
  recursive: boolean;
  /** Ends the reading, with its reason, when it aborts. */
  signal: AbortSignal;
  /** The stamp known so far, which saves reading a file again. */
  known(path: string): FileStamp | undefined;
  /** Called before a folder is read, with its absolute path, its path in the tree and its device and inode. */
  onDirectory(absolute: string, path: string, identity: string): void;
  /** Called before a symbolic link is followed, with its absolute path. */
  onLink(absolute: string): Promise<void>;
}

/** A folder as it is on disk. Paths are relative to its root, with `/`. */
export interface Tree {
  files: Map<string, FileStamp>;
  /** Folders, the root as `''`, ignored ones not among them. */
  directories: Set<string>;
  /** How many symbolic links there are. */
  links: number;
  /** Folders that may not be read. */
  denied: string[];
}

/**
 * Reads a folder and what it links to. Each real folder is read once, under the first of its names in a fixed order and
 * under its own name before a linked one, so that cycles end and two scans of the same tree agree.
 */
export async function readTree(options: TreeOptions): Promise<Tree> {
  const tree: Tree = { files: new Map(), directories: new Set(), links: 0, denied: [] };
  const reader = new TreeReader(options, tree);
  await reader.read();
  return tree;
}

class TreeReader {
  readonly #options: TreeOptions;
  readonly #tree: Tree;
  readonly #visited = new Set<string>();
  readonly #linkedFolders: string[] = [];
  #folders: string[] = [''];
  #seen = 0;

  constructor(options: TreeOptions, tree: Tree) {
    this.#options = options;
    this.#tree = tree;
  }

  async read(): Promise<void> {
    while (this.#folders.length > 0) {
      const level = this.#folders;
      this.#folders = [];
      for (const path of level) await this.#readFolder(path);
      if (this.#folders.length === 0) this.#folders = this.#linkedFolders.splice(0, 1);
    }
  }

  async #readFolder(path: string): Promise<void> {
    this.#options.signal.throwIfAborted();
    const absolute = join(this.#options.root, path);
    const stats = await statsOf(absolute);
    if (!stats?.isDirectory()) return;
    const identity = identityOf(stats);
    if (this.#visited.has(identity)) return;
    this.#visited.add(identity);
    this.#tree.directories.add(path);
    this.#options.onDirectory(absolute, path, identity);

    const files: string[] = [];
    for (const entry of await this.#entries(absolute, path)) {
      const child = path === '' ? entry.name : `${path}/${entry.name}`;
      await this.#sort(entry, child, files);
    }
    await this.#stamp(files);
  }

  async #entries(absolute: string, path: string): Promise<Dirent[]> {
    try {
      const entries = await readdir(absolute, { withFileTypes: true });
      return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    } catch (error) {
      if (isDenial(error)) this.#tree.denied.push(path);
      else if (!isAbsence(error)) throw error;
      return [];
    }
  }

  async #sort(entry: Dirent, path: string, files: string[]): Promise<void> {
    const { filter, limit, root, recursive, onLink } = this.#options;
    if (filter.ignores(path, entry.isDirectory())) {
      if (entry.name === 'node_modules') await this.#watchInstalls(path, files);
      return;
    }
    if (++this.#seen > limit) throw new TooManyFiles(root, limit);
    if (entry.isFile()) files.push(path);
    else if (entry.isDirectory()) {
      if (recursive) this.#folders.push(path);
    } else if (entry.isSymbolicLink()) {
      this.#tree.links++;
      await onLink(join(root, path));
      const target = await statsOf(join(root, path));
      if (target?.isFile()) files.push(path);
      else if (target?.isDirectory() && recursive && !filter.ignores(path, true))
        this.#linkedFolders.push(path);
    }
  }

  /** Packages are too many to look at, but a finished install leaves its mark. */
  async #watchInstalls(path: string, files: string[]): Promise<void> {
    const absolute = join(this.#options.root, path);
    const stats = await statsOf(absolute);
    if (!stats?.isDirectory()) return;
    this.#options.onDirectory(absolute, path, identityOf(stats));
    files.push(...INSTALL_MARKS.map((mark) => `${path}/${mark}`));
  }

  async #stamp(files: string[]): Promise<void> {
    const { filter, root, known, signal } = this.#options;
    const wanted = files.filter((path) => filter.accepts(path));
    for (let start = 0; start < wanted.length; start += STAMPED_AT_ONCE) {
      signal.throwIfAborted();
      const batch = wanted.slice(start, start + STAMPED_AT_ONCE);
      const stamps = await Promise.all(batch.map((path) => stampFile(join(root, path), known(path))));
      for (const [index, path] of batch.entries()) {
        const stamp = stamps[index];
        if (stamp) this.#tree.files.set(path, stamp);
      }
    }
  }
}

/** Tells a folder from another that comes to stand at its path. */
export function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`;
}

/** Follows links; undefined for what is absent or not ours to see. */
export async function statsOf(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    if (isAbsence(error) || isDenial(error)) return undefined;
    throw error;
  }
}
