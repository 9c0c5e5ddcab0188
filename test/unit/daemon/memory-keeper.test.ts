import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { MemoryKeeper } from '../../../src/daemon/memory-keeper.ts';

test('memory is collected a few times after each burst, and not while requests come', async () => {
  const clock = new ManualClock();
  let collections = 0;
  const keeper = new MemoryKeeper(clock, () => collections++);
  await clock.advance(60_000);
  expect(collections).toBe(0);
  for (let second = 0; second < 30; second++) {
    keeper.note();
    await clock.advance(1_000);
  }
  expect(collections).toBe(0);
  await clock.advance(9_000);
  expect(collections).toBe(3);
  await clock.advance(600_000);
  expect(collections).toBe(3);
  expect(clock.pending).toBe(0);
  keeper.note();
  await clock.advance(9_000);
  expect(collections).toBe(6);
});
