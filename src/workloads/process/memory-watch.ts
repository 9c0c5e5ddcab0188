import { readFileSync } from 'node:fs';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';

const PERIOD: Milliseconds = 1_000;

export interface WatchedProcess {
  pid: number;
  limitMb: number;
  onExceeded(usedMb: number): void;
}

/**
 * Ends processes that outgrow their limit, by looking at their resident memory once a second. A hard limit of the
 * system's (RLIMIT_AS) can't be used: it counts address space, of which V8 and Go reserve far more than they touch.
 * Only on Linux; elsewhere `watch` does nothing and `supported` says so.
 */
export class MemoryWatch implements Disposable {
  readonly supported = process.platform === 'linux';
  readonly #clock: Clock;
  readonly #watched = new Set<WatchedProcess>();
  #timer: ClockTimer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Watches until the returned function is called. */
  watch(target: WatchedProcess): () => void {
    if (!this.supported) return () => {};
    this.#watched.add(target);
    this.#timer ??= this.#clock.every(PERIOD, () => this.#look());
    return () => {
      this.#watched.delete(target);
      if (this.#watched.size === 0) this[Symbol.dispose]();
    };
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    for (const target of this.#watched) {
      const used = residentMb(target.pid);
      if (used !== undefined && used > target.limitMb) {
        this.#watched.delete(target);
        target.onExceeded(Math.round(used));
      }
    }
  }
}

/** Resident memory of a process in MB, undefined once it has ended. */
export function residentMb(pid: number): number | undefined {
  try {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match ? Number(match[1]) / 1024 : undefined;
  } catch {
    return undefined;
  }
}
