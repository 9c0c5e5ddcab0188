import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { FunctionIds } from '../../../src/platform/function-id.ts';
import { functionId } from '../../../src/platform/schemas.ts';

const isFunctionId = (text: string) => functionId.safeParse(text).success;

test('ids are valid, distinct and ascending, whatever the clock does', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 32 * 1000 - 1 }), { minLength: 2 }), (times) => {
      let now = 0;
      const clock = Object.assign(new ManualClock(), { now: () => now });
      const ids = new FunctionIds(clock);
      let before = '';
      for (now of times) {
        const id = ids.next();
        expect(id).toMatch(/^[0-9a-f]{24}$/);
        expect(id > before).toBe(true);
        before = id;
      }
    }),
  );
});

test('an id begins with the second of its creation', () => {
  const clock = new ManualClock(Date.UTC(2026, 5, 1, 12, 30, 15, 999));
  const id = new FunctionIds(clock).next();
  const seconds = Number.parseInt(id.slice(0, 8), 16);
  expect(new Date(seconds * 1000).toISOString()).toBe('2026-06-01T12:30:15.000Z');
});

test('two processes in the same second make different ids', () => {
  const clock = new ManualClock();
  const [a, b] = [new FunctionIds(clock), new FunctionIds(clock)];
  expect(a.next().slice(8, 18)).not.toBe(b.next().slice(8, 18));
});

test('a million ids within one second still ascend', () => {
  const ids = new FunctionIds(new ManualClock());
  let before = ids.next();
  for (let count = 0; count < 1_000_000; count++) {
    const id = ids.next();
    if (id <= before) throw new Error(`${id} after ${before}`);
    before = id;
  }
});

test('only 24 lower-case hex characters are an id', () => {
  const valid = '65f1d7c2a1b2c3d4e5f60718';
  expect(isFunctionId(valid)).toBe(true);
  for (const text of [
    '',
    valid.toUpperCase(),
    valid.slice(1),
    `${valid}0`,
    `${valid}\n`,
    valid.replace('a', 'g'),
  ])
    expect(isFunctionId(text)).toBe(false);
});
