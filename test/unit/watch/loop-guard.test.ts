import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { LoopGuard } from '../../../src/execution/watch/loop-guard.ts';

describe('loop guard', () => {
  it('mutes a data file that reloads the function five times in ten seconds', async () => {
    const clock = new ManualClock();
    const guard = new LoopGuard(clock);
    for (let reload = 1; reload < 5; reload++) {
      expect(guard.note(['app.db'], [])).toEqual([]);
      await clock.advance(2_000);
    }
    expect(guard.note(['app.db'], [])).toEqual(['app.db']);
  });

  it('leaves a file alone that a person saves again and again', async () => {
    const clock = new ManualClock();
    const guard = new LoopGuard(clock);
    for (let save = 0; save < 30; save++) {
      expect(guard.note(['page.html'], [])).toEqual([]);
      await clock.advance(2_600);
    }
  });

  it('never mutes source, whose change starts the count anew', () => {
    const guard = new LoopGuard(new ManualClock());
    for (let save = 0; save < 20; save++) expect(guard.note(['handler.mjs'], [])).toEqual([]);
    for (let reload = 0; reload < 4; reload++) guard.note(['app.db'], []);
    guard.note(['app.db', 'handler.py'], []);
    expect(guard.note(['app.db'], [])).toEqual([]);
  });

  it('mutes a kind of file that comes and goes under ever new names', () => {
    const guard = new LoopGuard(new ManualClock());
    const muted = [1, 2, 3, 4, 5].flatMap((n) => guard.note([`uploads/${n}.png`], [`uploads/${n}.png`]));
    expect(muted).toEqual(['uploads/*.png']);
  });
});
