import { relative, sep } from 'node:path';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import { type DirectoryEvent, DirectoryWatches, WatchesExhausted } from './directory-watches.ts';
import { Fingerprint } from './fingerprint.ts';
import { LoopGuard } from './loop-guard.ts';
import { silentFileSystem } from './network-file-system.ts';
import { type Look, Settling } from './settling.ts';
import { IGNORE_FILE, SourceFilter } from './source-filter.ts';
import { SourceScanner } from './source-scanner.ts';

const LARGEST_FOLDER = 20_000;
const POLL_INTERVAL: Milliseconds = 300;
/** A poll that takes long is followed by this many times as long a pause. */
const POLL_PAUSE = 4;
/** With more paths than this to look at, looking at all of them costs no more. */
const MOST_HINTED_PATHS = 64;

export interface SourceWatcherOptions {
  /** Absolute path of the function's folder. */
  root: string;
  /** Where single files were linked: these, relative to `root`. Files of the same language around them count, too. */
  only?: readonly string[];
  /** Patterns as in `.gitignore`, besides the defaults and the folder's `.lambdockignore`. */
  ignore?: readonly string[];
  /**
   * Compare at intervals instead of listening, for file systems that do not report changes. Left out, this is decided by
   * the file system; `false` never polls unless the system has no watches left.
   */
  poll?: boolean | { interval: Milliseconds };
  /** Most files and folders looked at, ignored ones not counted: 20,000 unless said otherwise. */
  limit?: number;
  /** Not a scaled one: it measures the pauses of editors that live in real time. */
  clock: Clock;
  /** The first hint that something changed; called as the hint arrives. Requests wait from here on. */
  onDirty(): void;
  /** Content changed and is quiet. `files` are relative and sorted, `firstSeen` is the clock's monotonic time of the first hint. */
  onSettled(change: { files: string[]; firstSeen: Milliseconds }): void;
  /** It was nothing: requests go on. Also follows an error, for nobody should wait for what can't be seen. */
  onClean(): void;
  /** Changes can't be seen at present. The next hint tries again. */
  onError(error: Error): void;
  /** Something a person should know while all goes on. */
  onNotice?(message: string): void;
}

/**
 * Tells when the code of a function changed on disk. File system events only say when to look; what changed is decided by
 * comparing fingerprints, so that a lost, late or meaningless event does no harm.
 *
 * Every onDirty is followed by exactly one onSettled or onClean, unless the watcher is disposed first.
 */
export class SourceWatcher implements AsyncDisposable {
  readonly #options: SourceWatcherOptions;
  readonly #filter: SourceFilter;
  readonly #fingerprint = new Fingerprint();
  readonly #guard: LoopGuard;
  readonly #scanner: SourceScanner;
  readonly #settling: Settling;
  /** Absent while polling. */
  #watches: DirectoryWatches | undefined;
  #pollTimer: ClockTimer | undefined;
  /** Paths to look at; undefined stands for all. */
  #hinted: Set<string> | undefined = new Set();
  /** The scan under way; scans follow one another. */
  #scanning: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(options: SourceWatcherOptions) {
    this.#options = options;
    const { root, clock, ignore = [], only, limit = LARGEST_FOLDER } = options;
    this.#filter = new SourceFilter(root, ignore, only);
    this.#guard = new LoopGuard(clock);
    this.#scanner = new SourceScanner({
      root,
      filter: this.#filter,
      fingerprint: this.#fingerprint,
      single: only !== undefined,
      limit,
      signal: this.#closing.signal,
      onNotice: (message) => this.#notice(message),
    });
    this.#settling = new Settling({
      clock,
      look: () => this.#look(),
      onDirty: () => options.onDirty(),
      onSettled: (firstSeen) => this.#settle(firstSeen),
      onClean: () => options.onClean(),
      onError: (error) => options.onError(error),
    });
  }

  /**
   * Resolves when every later change will be seen. A folder that does not exist is waited for; one that can't be watched is
   * told to onError and tried again by `verify`.
   */
  async start(): Promise<void> {
    const { poll, root } = this.#options;
    const silent = poll === undefined ? await silentFileSystem(root) : undefined;
    if (this.#closed) return;
    if (silent)
      this.#notice(`${root} lies on ${silent}, which does not report changes: comparing files at intervals`);
    if (!poll && !silent) this.#watches = new DirectoryWatches((event) => this.#onEvent(event));
    else this.#pollLater(this.#interval());
    try {
      await this.#scan(async () => {
        await this.#scanAll();
        this.#fingerprint.settle();
      });
    } catch (error) {
      if (!this.#closed) this.#options.onError(asError(error));
    }
  }

  /**
   * Compares with the disk now: the files, relative and sorted, that differ from what was last settled. Where there are any,
   * onDirty has been called and onSettled will follow. Rejects when the folder can't be read.
   */
  async verify(): Promise<string[]> {
    await this.#scan(() => this.#scanAll());
    const changes = this.#fingerprint.changes();
    if (changes.length > 0) this.#settling.hint('');
    return changes;
  }

  /** Stops at once; resolves when nothing is open any more. No callback comes after the call. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#settling.stop();
    this.#pollTimer?.cancel();
    this.#watches?.close();
    await this.#scanning;
    this.#watches?.close();
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }

  #onEvent({ directory, name, kind, byName }: DirectoryEvent): void {
    if (this.#closed) return;
    const folder = relative(this.#options.root, directory).replaceAll(sep, '/');
    const path = folder === '' ? (name ?? '') : `${folder}/${name}`;
    if (byName || name === undefined || path === IGNORE_FILE) this.#hint(undefined);
    // Where case does not tell names apart, only the folder's listing knows which name is left.
    else if (this.#filter.accepts(path))
      this.#hint(kind === 'change' || process.platform === 'linux' ? path : undefined);
    // What else comes and goes may be a folder with files in it.
    else if (kind === 'rename' && this.#mayHoldSource(path, name)) this.#hint(path);
  }

  #mayHoldSource(path: string, name: string): boolean {
    if (this.#filter.isMuted(path)) return false;
    return name === 'node_modules' || !this.#filter.ignores(path, false);
  }

  /** `path` undefined: look at everything. */
  #hint(path: string | undefined): void {
    if (path === undefined || (this.#hinted?.size ?? 0) >= MOST_HINTED_PATHS) this.#hinted = undefined;
    else this.#hinted?.add(path);
    this.#settling.hint(path ?? '');
  }

  async #look(): Promise<Look> {
    const hinted = this.#hinted;
    this.#hinted = new Set();
    try {
      await this.#scan(async () => {
        if (!hinted || !this.#watches || !(await this.#scanner.scanFiles(hinted))) await this.#scanAll();
      });
    } catch (error) {
      this.#hinted = undefined;
      throw error;
    }
    return { changed: this.#fingerprint.changes(), doubtful: this.#fingerprint.doubtful() };
  }

  #settle(firstSeen: Milliseconds): void {
    const { files, appearedOrGone } = this.#fingerprint.settle();
    for (const key of this.#guard.note(files, appearedOrGone)) {
      this.#filter.mute(key);
      this.#notice(
        `${key} changes so often that the function seems to write it: it does not reload the function any more ` +
          `(name it in ${IGNORE_FILE} to say so for good)`,
      );
    }
    this.#fingerprint.forget((path) => this.#filter.isMuted(path));
    this.#options.onSettled({ files, firstSeen });
  }

  async #scanAll(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#scanner.scanAll(this.#watches);
    } catch (error) {
      if (!(error instanceof WatchesExhausted)) throw error;
      this.#fallBackToPolling();
      await this.#scanner.scanAll(undefined);
    }
  }

  /** Runs scans one after another. */
  #scan(run: () => Promise<void>): Promise<void> {
    const result = this.#scanning.then(run);
    // Whoever asked for the scan hears of its failure; the next one starts all the same.
    this.#scanning = result.catch(() => undefined);
    return result;
  }

  #fallBackToPolling(): void {
    this.#watches?.close();
    this.#watches = undefined;
    this.#notice(
      `no file watches are left for ${this.#options.root}: comparing files every ${this.#interval()} ms instead ` +
        '(on Linux, raise fs.inotify.max_user_watches and fs.inotify.max_user_instances)',
    );
    this.#pollLater(this.#interval());
  }

  #interval(): Milliseconds {
    const { poll } = this.#options;
    return typeof poll === 'object' ? poll.interval : POLL_INTERVAL;
  }

  #pollLater(delay: Milliseconds): void {
    if (this.#closed) return;
    const { clock } = this.#options;
    this.#pollTimer = clock.after(delay, async () => {
      const start = clock.monotonic();
      try {
        await this.verify();
      } catch (error) {
        if (!this.#closed) this.#options.onError(asError(error));
      }
      this.#pollLater(Math.max(this.#interval(), POLL_PAUSE * (clock.monotonic() - start)));
    });
  }

  #notice(message: string): void {
    if (!this.#closed) this.#options.onNotice?.(message);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
