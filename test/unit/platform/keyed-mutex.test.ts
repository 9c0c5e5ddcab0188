import { expect, test } from 'vitest';
import { KeyedMutex } from '../../../src/platform/keyed-mutex.ts';
import { deferred } from '../../../src/support/deferred.ts';

test('tasks of one key run one after the other in order, a failed one too', async () => {
  const mutex = new KeyedMutex();
  const log: string[] = [];
  const gate = deferred<void>();
  const first = mutex.run('a', async () => {
    log.push('first begins');
    await gate.promise;
    log.push('first ends');
    throw new Error('first');
  });
  const second = mutex.run('a', async () => log.push('second'));
  const third = mutex.run('a', async () => log.push('third'));
  gate.resolve();
  await expect(first).rejects.toThrow('first');
  await Promise.all([second, third]);
  expect(log).toEqual(['first begins', 'first ends', 'second', 'third']);
});

test('tasks of different keys do not wait for each other', async () => {
  const mutex = new KeyedMutex();
  const gate = deferred<void>();
  const blocked = mutex.run('a', () => gate.promise);
  expect(await mutex.run('b', async () => 'done')).toBe('done');
  gate.resolve();
  await blocked;
});
