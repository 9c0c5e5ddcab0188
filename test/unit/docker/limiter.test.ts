import { expect, test } from 'vitest';
import { deferred } from '../../../src/support/deferred.ts';
import { Limiter } from '../../../src/workloads/docker/limiter.ts';

/** Lets promise reactions run, chained ones too. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('only so many tasks run at a time, and the others in the order in which they came', async () => {
  const limiter = new Limiter(2);
  const begun: number[] = [];
  const tasks = [0, 1, 2, 3].map(() => deferred<void>());
  const results = tasks.map((task, n) =>
    limiter.run(async () => {
      begun.push(n);
      await task.promise;
      return n;
    }),
  );
  await settle();
  expect(begun).toEqual([0, 1]);
  tasks[1]!.resolve();
  await settle();
  expect(begun).toEqual([0, 1, 2]);
  for (const task of tasks) task.resolve();
  expect(await Promise.all(results)).toEqual([0, 1, 2, 3]);
});

test('a task that fails gives its place on', async () => {
  const limiter = new Limiter(1);
  const fails = limiter.run(() => Promise.reject(new Error('no')));
  const works = limiter.run(async () => 'yes');
  await expect(fails).rejects.toThrow('no');
  expect(await works).toBe('yes');
  expect(await limiter.run(async () => 'again')).toBe('again');
});

test('nobody slips in between a task that ends and the one that waits', async () => {
  const limiter = new Limiter(1);
  const first = deferred<void>();
  const order: string[] = [];
  const running = limiter.run(() => first.promise);
  const waiting = limiter.run(async () => void order.push('waiting'));
  first.resolve();
  await running;
  await Promise.all([limiter.run(async () => void order.push('late')), waiting]);
  expect(order).toEqual(['waiting', 'late']);
});
