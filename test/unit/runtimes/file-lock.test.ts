import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RealClock } from '../../../src/clock/real-clock.ts';
import { withFileLock } from '../../../src/execution/runtimes/file-lock.ts';

let folder: string;
const clock = new RealClock(100);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-lock-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const lock = <T>(work: () => Promise<T>, signal = new AbortController().signal) =>
  withFileLock(join(folder, 'lock'), clock, signal, work);

test('works one after the other, and leaves nothing behind', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await clock.sleep(100);
    inside--;
  };
  await Promise.all([
    lock(work),
    lock(work),
    lock(work),
    lock(() => Promise.reject(new Error('x'))).catch(() => {}),
  ]);
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a process that has ended is taken over', async () => {
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, identity: 'an earlier one' }));
  expect(await Promise.all([lock(async () => 'one'), lock(async () => 'two')])).toEqual(['one', 'two']);
});

test('waiting for the lock can be given up', async () => {
  const abort = new AbortController();
  await lock(async () => {
    const waiting = lock(async () => {}, abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
