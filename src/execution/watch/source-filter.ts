import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { DEFAULT_IGNORES, IgnoreList, ignoreLines } from './ignore.ts';
import { isInstallMark, sameLanguageAs } from './languages.ts';

/** The user's own list of patterns, in the function's folder. */
export const IGNORE_FILE = '.lambdockignore';

/**
 * Says which files of a folder matter. In a linked folder that is every file not ignored. Where a single file was
 * linked, the folder may hold anything: there the file itself counts, and files of its language (which it may
 * import), and nothing else.
 */
export class SourceFilter {
  readonly #root: string;
  readonly #patterns: readonly string[];
  readonly #only: ((path: string) => boolean) | undefined;
  readonly #muted = new Set<string>();
  #fileText = '';
  #list: IgnoreList;

  constructor(root: string, ignore: readonly string[], only: readonly string[] | undefined) {
    this.#root = root;
    this.#patterns = [...DEFAULT_IGNORES, ...ignore];
    this.#only = only && matchesAny(only);
    this.#list = new IgnoreList(this.#patterns);
  }

  /** Reads the ignore file again. True when it says something else than before. */
  async refresh(): Promise<boolean> {
    const text = await readFile(join(this.#root, IGNORE_FILE), 'utf8').catch(absent);
    if (text === this.#fileText) return false;
    this.#fileText = text;
    this.#list = new IgnoreList([...this.#patterns, ...ignoreLines(text)]);
    return true;
  }

  /** Neither the path nor anything in it matters. */
  ignores(path: string, isDirectory: boolean): boolean {
    return !isInstallMark(path) && this.#list.ignores(path, isDirectory);
  }

  /** A file at this path is part of the function. */
  accepts(path: string): boolean {
    if (path === IGNORE_FILE || this.isMuted(path) || this.ignores(path, false)) return false;
    return this.#only === undefined || this.#only(path);
  }

  /** Stops caring about a file (`data/app.db`) or about a kind of file in one folder (`uploads/*.png`). */
  mute(key: string): void {
    this.#muted.add(key);
  }

  isMuted(path: string): boolean {
    return this.#muted.size > 0 && (this.#muted.has(path) || this.#muted.has(kindOf(path)));
  }
}

/** `uploads/7f3a.png` is one of `uploads/*.png`. */
export function kindOf(path: string): string {
  return posix.join(posix.dirname(path), `*${posix.extname(path)}`);
}

function matchesAny(files: readonly string[]): (path: string) => boolean {
  const languages = files.map(sameLanguageAs);
  return (path) => files.includes(path) || languages.some((belongs) => belongs(path));
}

/** No ignore file, or one that can't be read, ignores nothing. */
function absent(): string {
  return '';
}
