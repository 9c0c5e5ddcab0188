import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';

/** How long nothing must happen after a lone save. Editors finish a save well within this. */
const QUIET_AFTER_SAVE: Milliseconds = 3;
/** How long nothing must happen once many files change: tools that write many files pause between them. */
const QUIET_AFTER_BURST: Milliseconds = 20;
/** A save touches few paths: the file, a temporary one, a backup. More is a burst. */
const PATHS_OF_A_SAVE = 3;
/** Hints that follow each other without a pause for this long are a burst, too. */
const LONGEST_SAVE: Milliseconds = 10;
/** A file that vanished or became empty is given this long to come back. */
const DOUBT: Milliseconds = 60;
/** However busy the folder is: what is known by then is settled, unless a save is seen to be under way. */
const LONGEST_WAIT: Milliseconds = 500;
/** However often a file is seen empty or gone: by then it is believed. */
const LONGEST_DOUBT: Milliseconds = 5_000;

/** What a look at the folder found. */
export interface Look {
  changed: readonly string[];
  /** A mark for each changed file that may be in the middle of a save; another one when it was written again. */
  doubtful: readonly string[];
}

export interface SettlingOptions {
  clock: Clock;
  /** Compares the folder with its settled state. Called once at a time. */
  look(): Promise<Look>;
  onDirty(): void;
  /** The content differs and is quiet. */
  onSettled(firstSeen: Milliseconds): void;
  onClean(): void;
  /** `look` failed; onClean follows, for nobody should wait for a change that can't be seen. */
  onError(error: Error): void;
}

/** From the first hint to the decision: one stretch of unrest. */
interface Episode {
  firstSeen: Milliseconds;
  lastHint: Milliseconds;
  /** Start of the present run of hints without a pause. */
  runStart: Milliseconds;
  hints: number;
  paths: Set<string>;
  doubts: Map<string, Milliseconds>;
  looking: boolean;
  timer?: ClockTimer;
}

/** Turns hints that something may have changed into decisions: settled or clean. */
export class Settling {
  readonly #options: SettlingOptions;
  readonly #clock: Clock;
  #episode: Episode | undefined;
  #stopped = false;

  constructor(options: SettlingOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** Something may have changed at `path`. The first hint of an episode calls onDirty before this returns. */
  hint(path: string): void {
    if (this.#stopped) return;
    const now = this.#clock.monotonic();
    const episode = this.#episode;
    if (!episode) {
      this.#begin(now, path);
      this.#options.onDirty();
      return;
    }
    if (now - episode.lastHint > QUIET_AFTER_SAVE) episode.runStart = now;
    episode.lastHint = now;
    episode.hints++;
    if (episode.paths.size <= PATHS_OF_A_SAVE) episode.paths.add(path);
    if (!episode.looking) this.#lookWhenQuiet(episode);
  }

  /** Ends without a decision, for good. */
  stop(): void {
    this.#stopped = true;
    this.#episode?.timer?.cancel();
    this.#episode = undefined;
  }

  #begin(now: Milliseconds, path: string): void {
    const episode: Episode = {
      firstSeen: now,
      lastHint: now,
      runStart: now,
      hints: 1,
      paths: new Set([path]),
      doubts: new Map(),
      looking: false,
    };
    this.#episode = episode;
    this.#lookWhenQuiet(episode);
  }

  #lookWhenQuiet(episode: Episode): void {
    const burst = episode.paths.size > PATHS_OF_A_SAVE || episode.lastHint - episode.runStart > LONGEST_SAVE;
    this.#lookAt(episode, episode.lastHint + (burst ? QUIET_AFTER_BURST : QUIET_AFTER_SAVE));
  }

  #lookAt(episode: Episode, time: Milliseconds, longestWait = LONGEST_WAIT): void {
    episode.timer?.cancel();
    const due = Math.min(time, episode.firstSeen + longestWait);
    episode.timer = this.#clock.after(due - this.#clock.monotonic(), () => void this.#look(episode));
  }

  async #look(episode: Episode): Promise<void> {
    const hints = episode.hints;
    episode.looking = true;
    let look: Look = { changed: [], doubtful: [] };
    let failure: Error | undefined;
    try {
      look = await this.#options.look();
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    if (this.#episode !== episode) return;
    episode.looking = false;
    if (failure) this.#options.onError(failure);
    this.#decide(episode, look, episode.hints !== hints);
  }

  #decide(episode: Episode, look: Look, hintedMeanwhile: boolean): void {
    const now = this.#clock.monotonic();
    const timeIsUp = now >= episode.firstSeen + LONGEST_WAIT;
    if (hintedMeanwhile && !timeIsUp) {
      this.#lookWhenQuiet(episode);
      return;
    }
    const doubtUntil = noteDoubts(episode.doubts, look.doubtful, now) + DOUBT;
    if (doubtUntil > now && now < episode.firstSeen + LONGEST_DOUBT) {
      // In a stream of saves the next moment between two of them will do.
      this.#lookAt(episode, timeIsUp ? now + QUIET_AFTER_SAVE : doubtUntil, LONGEST_DOUBT);
      return;
    }
    const changed = look.changed.length > 0;
    if (hintedMeanwhile && !changed) {
      this.#begin(now, '');
      return;
    }
    this.#episode = undefined;
    if (!changed) this.#options.onClean();
    else this.#options.onSettled(episode.firstSeen);
    if (hintedMeanwhile) this.hint('');
  }
}

/** Remembers since when each mark has been there; returns the latest of those times, or minus infinity. */
function noteDoubts(
  doubts: Map<string, Milliseconds>,
  doubtful: readonly string[],
  now: Milliseconds,
): number {
  const present = new Set(doubtful);
  for (const path of doubts.keys()) if (!present.has(path)) doubts.delete(path);
  let latest = Number.NEGATIVE_INFINITY;
  for (const path of present) {
    const since = doubts.get(path) ?? now;
    doubts.set(path, since);
    latest = Math.max(latest, since);
  }
  return latest;
}
