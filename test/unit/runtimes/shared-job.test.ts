import { expect, test } from 'vitest';
import { SharedJob } from '../../../src/execution/runtimes/shared-job.ts';

/** A job that ends when told, or when aborted. */
function controlled() {
  let finish = (_value: string) => {};
  let reason: unknown;
  const job = new SharedJob<string>(
    (signal) =>
      new Promise((resolve, reject) => {
        finish = resolve;
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason);
        });
      }),
  );
  return { job, finish: (value: string) => finish(value), reason: () => reason };
}

test('all who wait get the one result', async () => {
  const { job, finish } = controlled();
  const waiting = [new AbortController(), new AbortController()].map(({ signal }) => job.wait(signal));
  finish('done');
  expect(await Promise.all(waiting)).toEqual(['done', 'done']);
});

test('who gives up leaves the work to the others; the last one ends it', async () => {
  const { job, reason } = controlled();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = job.wait(one.signal);
  const second = job.wait(two.signal);
  one.abort(new Error('one'));
  await expect(first).rejects.toThrow('one');
  expect(job.aborted).toBe(false);
  two.abort(new Error('two'));
  await expect(second).rejects.toThrow('two');
  expect(job.aborted).toBe(true);
  expect(reason()).toEqual(new Error('two'));
});

test('stopping ends the work for everybody', async () => {
  const { job } = controlled();
  const waiting = job.wait(new AbortController().signal);
  const expected = expect(waiting).rejects.toThrow('stopping');
  await job.stop(new Error('stopping'));
  await expected;
});
