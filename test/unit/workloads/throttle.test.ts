import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { throttle } from '../../../src/workloads/throttle.ts';

const MB = 2 ** 20;

/** A source that never runs dry, and how much of it was read. */
function flood() {
  const chunk = Buffer.alloc(64 * 1024);
  const stream = new Readable({
    read() {
      setImmediate(() => this.push(chunk));
    },
  });
  let bytes = 0;
  stream.on('data', ({ length }: Buffer) => (bytes += length));
  return { stream, read: () => bytes / MB };
}

/** Lets the stream flow as far as it does by itself. */
async function flow(): Promise<void> {
  for (let turn = 0; turn < 1_500; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test('a stream that floods is read at once up to a burst, then at a steady rate, and freely when let go', async () => {
  const clock = new ManualClock();
  const { stream, read } = flood();
  const lift = throttle(stream, clock);
  await flow();
  expect(read()).toBeCloseTo(16, 0);
  const seconds = 10;
  for (let step = 0; step < seconds * 20; step++) {
    await clock.advance(50);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(read() - 16).toBeGreaterThan(2 * seconds);
  expect(read() - 16).toBeLessThan(6 * seconds);
  lift();
  expect(clock.pending).toBe(0);
  const before = read();
  await flow();
  expect(read() - before).toBeGreaterThan(16);
  stream.destroy();
});
