import type { Readable } from 'node:stream';
import type { Clock, ClockTimer, Milliseconds } from '../clock/clock.ts';

/** Bytes that may be read at once, and then in each second. */
const BURST = 16 * 2 ** 20;
const PER_SECOND = 4 * 2 ** 20;
const SECOND: Milliseconds = 1_000;

/**
 * Reads a flowing stream no faster than anybody could use what is in it: a function that prints in an endless loop then
 * waits for its pipe, instead of taking a processor and gigabytes from everyone else. Call the result to let go.
 */
export function throttle(stream: Readable, clock: Clock): () => void {
  let allowed = BURST;
  let counted = clock.monotonic();
  let timer: ClockTimer | undefined;
  const onData = ({ length }: Buffer) => {
    const now = clock.monotonic();
    allowed = Math.min(BURST, allowed + ((now - counted) / SECOND) * PER_SECOND) - length;
    counted = now;
    if (allowed >= 0) return;
    stream.pause();
    timer = clock.after((-allowed / PER_SECOND) * SECOND, () => void stream.resume());
  };
  stream.on('data', onData);
  return () => {
    timer?.cancel();
    stream.off('data', onData).resume();
  };
}
