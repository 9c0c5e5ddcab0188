import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { MemoryGauge } from '../../../../src/execution/environments/memory-gauge.ts';
import { TestHost, value } from './support.ts';

describe('the memory that an environment has used', () => {
  it('is looked at again after work, or some time, and is the most that was seen', async () => {
    const clock = new ManualClock();
    let [used, looks] = [40.2, 0];
    const gauge = new MemoryGauge(clock, 128, () => {
      looks++;
      return used;
    });
    expect(gauge.read()).toBe(41);
    used = 60;
    expect([gauge.read(), gauge.read(9), looks]).toEqual([41, 41, 1]);
    expect([gauge.read(10), looks]).toEqual([60, 2]);
    used = 50;
    await clock.advance(2_000);
    expect([gauge.read(), looks]).toEqual([60, 3]);
    used = 500;
    expect(gauge.read(1_000)).toBe(128);
  });
});

describe('a report', () => {
  let test: TestHost;
  beforeAll(async () => {
    test = await TestHost.start();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  it.runIf(process.platform === 'linux')('tells of memory that the invocation itself has taken', async () => {
    const code = 'exports.handler = async (mb) => Buffer.alloc(mb * 2 ** 20, 1).length / 2 ** 20;';
    const fn = test.fn({ 'index.js': code }, { runtime: 'nodejs20.x', memoryMb: 512 });
    const used = async (mb: number) => {
      const outcome = await test.invoke(fn, mb, { wantsLog: true });
      expect(value(outcome)).toBe(mb);
      return Number(/Max Memory Used: (\d+) MB/.exec(String(outcome.logTail))?.[1]);
    };
    const before = await used(0);
    expect(before).toBeLessThan(150);
    expect(await used(200)).toBeGreaterThan(before + 150);
  });
});
