import type { Milliseconds } from '../../../clock/clock.ts';

const FIRST: Milliseconds = 1_000;
const LONGEST: Milliseconds = 300_000;

/** How long to wait after so many failures in a row. */
export function backoff(failures: number): Milliseconds {
  return Math.min(LONGEST, FIRST * 2 ** Math.min(failures - 1, 10));
}
