import { afterEach, expect, test, vi } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { RealClock } from '../../../src/clock/real-clock.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('a manual clock stands still until it is advanced', async () => {
  const clock = new ManualClock(1_000);
  let fired = 0;
  clock.after(10, () => fired++);
  await clock.advance(9);
  expect([clock.now(), fired]).toEqual([1_009, 0]);
  await clock.advance(1);
  expect([clock.now(), fired]).toEqual([1_010, 1]);
});

test('timers fire in order of due time, then of creation, each at its own moment', async () => {
  const clock = new ManualClock(0);
  const seen: [string, number][] = [];
  for (const [name, delay] of [
    ['c', 30],
    ['a', 10],
    ['b', 10],
  ] as const) {
    clock.after(delay, () => seen.push([name, clock.now()]));
  }
  await clock.advance(100);
  expect(seen).toEqual([
    ['a', 10],
    ['b', 10],
    ['c', 30],
  ]);
});

test('timers and sleeps begun by a timer fire within the same advance', async () => {
  const clock = new ManualClock(0);
  const seen: number[] = [];
  const work = (async () => {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(10);
      seen.push(clock.now());
    }
  })();
  await clock.advance(30);
  await work;
  expect(seen).toEqual([10, 20, 30]);
});

test('a period repeats until cancelled, also from within its callback', async () => {
  const clock = new ManualClock(0);
  let ticks = 0;
  const timer = clock.every(5, () => {
    ticks++;
    if (ticks === 3) timer.cancel();
  });
  await clock.advance(100);
  expect(ticks).toBe(3);
  expect(clock.pending).toBe(0);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = new ManualClock(0);
  const abort = new AbortController();
  const sleeping = clock.sleep(1_000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(sleeping).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
});

test('a scaled clock runs as many times faster as it is told', () => {
  vi.useFakeTimers();
  const clock = new RealClock(60);
  const start = clock.now();
  let fired = false;
  clock.after(60_000, () => {
    fired = true;
  });
  vi.advanceTimersByTime(999);
  expect(fired).toBe(false);
  vi.advanceTimersByTime(1);
  expect(fired).toBe(true);
  expect(clock.now() - start).toBe(60_000);
});

test('a delay longer than Node can count does not fire at once', () => {
  vi.useFakeTimers();
  let fired = false;
  new RealClock().after(2 ** 31 + 1_000, () => {
    fired = true;
  });
  vi.advanceTimersByTime(2 ** 31 + 998);
  expect(fired).toBe(false);
  vi.advanceTimersByTime(2);
  expect(fired).toBe(true);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('a time scale of %s is refused', (scale) => {
  expect(() => new RealClock(scale)).toThrow(RangeError);
});
