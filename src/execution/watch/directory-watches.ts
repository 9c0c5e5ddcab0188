import { type FSWatcher, watch } from 'node:fs';
import { hasCode, isAbsence, isDenial } from './file-stamp.ts';

/** `rename`: a name came, went or was replaced. `change`: content or attributes of something that stays. */
export type EventKind = 'rename' | 'change';

/** Something happened to `name` in `directory`; without a name, to anything there. */
export interface DirectoryEvent {
  directory: string;
  name: string | undefined;
  kind: EventKind;
  /** The name was asked for by itself, and not only the folder with all that is in it. */
  byName: boolean;
}

/** Stands for every name in a folder. */
const EVERYTHING = Symbol('everything');

/** The system grants no more watches. */
export class WatchesExhausted extends Error {
  override readonly name = 'WatchesExhausted';
}

interface Armed {
  watcher: FSWatcher;
  /** Device and inode of the folder when the watch was set. */
  identity: string;
  /** Something was renamed or removed here, the folder itself perhaps: the watch may be on one that is gone. */
  suspect: boolean;
  /** What was asked for, and in which round last. */
  wanted: Map<string | typeof EVERYTHING, number>;
}

/**
 * One watch for each folder. Before a folder is read its watch is armed, so that whatever happens after the reading is
 * heard. A round of arming ends with `sweep`, which takes down the watches that the round did not ask for.
 */
export class DirectoryWatches {
  readonly #onEvent: (event: DirectoryEvent) => void;
  readonly #armed = new Map<string, Armed>();
  #round = 0;

  constructor(onEvent: (event: DirectoryEvent) => void) {
    this.#onEvent = onEvent;
  }

  get size(): number {
    return this.#armed.size;
  }

  /**
   * Watches the folder at an absolute path, or one name in it; does nothing when that is so already. `identity` tells a
   * folder from its successor at the same path. A folder that is gone or not ours is left alone. Throws WatchesExhausted.
   */
  arm(directory: string, identity: string, name: string | typeof EVERYTHING = EVERYTHING): void {
    const old = this.#armed.get(directory);
    if (old && !old.suspect && old.identity === identity) {
      old.wanted.set(name, this.#round);
      return;
    }
    const watcher = this.#watch(directory);
    const wanted = new Map(old?.wanted).set(name, this.#round);
    if (watcher) this.#armed.set(directory, { watcher, identity, suspect: false, wanted });
    else this.#armed.delete(directory);
    old?.watcher.close();
  }

  /** Ends a round: forgets what was not asked for in it, and closes watches that nothing asks for. */
  sweep(): void {
    for (const [directory, { watcher, wanted }] of this.#armed) {
      for (const [name, round] of wanted) if (round !== this.#round) wanted.delete(name);
      if (wanted.size > 0) continue;
      watcher.close();
      this.#armed.delete(directory);
    }
    this.#round++;
  }

  close(): void {
    for (const { watcher } of this.#armed.values()) watcher.close();
    this.#armed.clear();
  }

  #watch(directory: string): FSWatcher | undefined {
    try {
      const watcher = watch(directory, { persistent: false }, (kind, name) => {
        this.#report(directory, watcher, kind, name ?? undefined);
      });
      // Windows reports the removal of a watched folder as an error.
      watcher.on('error', () => this.#report(directory, watcher, 'rename', undefined));
      return watcher;
    } catch (error) {
      if (isAbsence(error) || isDenial(error)) return undefined;
      if (hasCode(error, 'ENOSPC', 'EMFILE', 'ENFILE'))
        throw new WatchesExhausted('the system has no more file watches to give', { cause: error });
      throw error;
    }
  }

  #report(directory: string, watcher: FSWatcher, kind: EventKind, name: string | undefined): void {
    const armed = this.#armed.get(directory);
    if (armed?.watcher !== watcher) return;
    if (kind === 'rename') armed.suspect = true;
    const byName = name !== undefined && armed.wanted.has(name);
    if (byName || name === undefined || armed.wanted.has(EVERYTHING))
      this.#onEvent({ directory, name, kind, byName });
  }
}
