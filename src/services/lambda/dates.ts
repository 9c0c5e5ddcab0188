import type { Milliseconds } from '../../clock/clock.ts';

/** `2024-01-01T00:00:00.000+0000`, the form of most of Lambda's dates. */
export function lambdaDate(time: Milliseconds): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}
