import { type FileStamp, sameContent } from './file-stamp.ts';

/** The content of a folder as last settled, and what has been seen to differ since. Paths are relative to the folder. */
export class Fingerprint {
  readonly #settled = new Map<string, FileStamp>();
  /** Differences to the settled state; undefined stands for a file that is gone. */
  readonly #pending = new Map<string, FileStamp | undefined>();

  /** The newest stamp of a file, settled or not. */
  latest(path: string): FileStamp | undefined {
    return this.#pending.has(path) ? this.#pending.get(path) : this.#settled.get(path);
  }

  /** Takes note of one file; undefined when it is gone. */
  observe(path: string, stamp: FileStamp | undefined): void {
    const settled = this.#settled.get(path);
    if (stamp && settled && sameContent(stamp, settled)) {
      this.#settled.set(path, stamp);
      this.#pending.delete(path);
    } else if (stamp || settled) this.#pending.set(path, stamp);
    else this.#pending.delete(path);
  }

  /** Takes note of the whole folder: a file that is not mentioned is gone. */
  observeAll(files: ReadonlyMap<string, FileStamp>): void {
    for (const path of [...this.#settled.keys(), ...this.#pending.keys()]) {
      if (!files.has(path)) this.observe(path, undefined);
    }
    for (const [path, stamp] of files) this.observe(path, stamp);
  }

  /** Files that differ from the settled state, sorted. */
  changes(): string[] {
    return [...this.#pending.keys()].sort();
  }

  /**
   * Marks of changed files that look as if a save were under way: gone, or empty without having been so. An editor that
   * truncates and then writes, or removes and then renames, leaves them like this for a moment. The mark of a file is
   * another one each time that it was written.
   */
  doubtful(): string[] {
    return [...this.#pending]
      .filter(([path, stamp]) => !stamp || (stamp.size === 0n && this.#settled.get(path)?.size !== 0n))
      .map(([path, stamp]) => (stamp ? `${path}@${stamp.ctimeNs}` : path));
  }

  /** Makes the present state the settled one. Returns what changed and which of those files came or went. */
  settle(): { files: string[]; appearedOrGone: string[] } {
    const files = this.changes();
    const appearedOrGone = files.filter((path) => !this.#settled.has(path) || !this.#pending.get(path));
    for (const [path, stamp] of this.#pending) {
      if (stamp) this.#settled.set(path, stamp);
      else this.#settled.delete(path);
    }
    this.#pending.clear();
    return { files, appearedOrGone };
  }

  /** Drops files that do not matter any more, without this being a change. */
  forget(unwanted: (path: string) => boolean): void {
    for (const map of [this.#settled, this.#pending]) {
      for (const path of map.keys()) if (unwanted(path)) map.delete(path);
    }
  }
}
