/** A length of time in milliseconds. */
export type Milliseconds = number;

/** A timer that can be cancelled; cancelling a fired or cancelled timer does nothing. */
export interface ClockTimer {
  cancel(): void;
}

/**
 * The only source of time in `src/`. Timers, periods and timestamps go through a clock, so that tests can
 * advance time by hand and demonstrations can run it faster than the wall.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, on this clock. */
  now(): Milliseconds;
  /** A steadily increasing reading with a fraction, for measuring durations of real work. Never scaled. */
  monotonic(): Milliseconds;
  /** Runs `callback` once, `delay` after now. Timers never keep the process alive. */
  after(delay: Milliseconds, callback: () => void): ClockTimer;
  /** Runs `callback` every `period` until cancelled. */
  every(period: Milliseconds, callback: () => void): ClockTimer;
  /** Resolves `delay` after now; rejects with the signal's reason when it aborts first. */
  sleep(delay: Milliseconds, signal?: AbortSignal): Promise<void>;
}

/** ISO 8601 in UTC with milliseconds, the form every date takes on the wire and in the store. */
export function isoDate(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
