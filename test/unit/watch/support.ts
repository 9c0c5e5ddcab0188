import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ManualClock } from '../../../src/clock/manual-clock.ts';
import { RealClock } from '../../../src/clock/real-clock.ts';
import { SourceWatcher, type SourceWatcherOptions } from '../../../src/execution/watch/source-watcher.ts';
import { eventually } from '../../support/patience.ts';

/** Waits until `condition` holds; fails naming what was waited for. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  await eventually(condition).catch((cause) => {
    throw new Error(`timed out waiting until ${what}`, { cause });
  });
}

/** Moves a manual clock on, a little at a time, until `condition` holds: real reading goes on meanwhile. */
export async function pass(clock: ManualClock, what: string, condition: () => boolean): Promise<void> {
  const turning = { done: false };
  const turns = (async () => {
    while (!turning.done) await clock.advance(10);
  })();
  await until(what, condition).finally(() => (turning.done = true));
  await turns;
}

/** A folder that is removed again by `remove`. */
export function temporaryFolder() {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'lambdock-watch-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A started watcher and everything it said. */
export class Watching implements AsyncDisposable {
  readonly log: string[] = [];
  readonly settled: string[][] = [];
  readonly errors: Error[] = [];
  readonly notices: string[] = [];
  dirty = 0;
  clean = 0;
  readonly watcher: SourceWatcher;

  constructor(root: string, options: Partial<SourceWatcherOptions> = {}) {
    this.watcher = new SourceWatcher({
      root,
      clock: new RealClock(),
      onDirty: () => {
        this.dirty++;
        this.log.push('dirty');
      },
      onSettled: ({ files }) => {
        this.settled.push(files);
        this.log.push(`settled ${files.join(' ')}`);
      },
      onClean: () => {
        this.clean++;
        this.log.push('clean');
      },
      onError: (error) => this.errors.push(error),
      onNotice: (message) => this.notices.push(message),
      ...options,
    });
  }

  static async start(root: string, options: Partial<SourceWatcherOptions> = {}): Promise<Watching> {
    const watching = new Watching(root, options);
    await watching.watcher.start();
    return watching;
  }

  /** All files reported so far, sorted, each once. */
  get files(): string[] {
    return [...new Set(this.settled.flat())].sort();
  }

  /** Nothing is being waited for: every onDirty got its answer. */
  get calm(): boolean {
    return this.dirty === this.settled.length + this.clean;
  }

  /** Waits until `files` have been reported and calm has returned. */
  async sees(...files: string[]): Promise<void> {
    await until(
      `${files.join(', ')} reported; so far: ${this.log.join(', ')}`,
      () => this.calm && files.every((file) => this.files.includes(file)),
    );
  }

  /** Forgets what was said. */
  clear(): void {
    this.log.length = 0;
    this.settled.length = 0;
    this.dirty = 0;
    this.clean = 0;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.watcher[Symbol.asyncDispose]();
  }
}

/** inotify watches this process holds; undefined where the system does not tell. */
export function inotifyWatches(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  let count = 0;
  for (const descriptor of readdirSync('/proc/self/fdinfo')) {
    try {
      count += readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8').split('inotify wd:').length - 1;
    } catch {
      // Closed since the listing, like the listing's own descriptor.
    }
  }
  return count;
}
