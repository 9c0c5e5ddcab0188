import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { LogFollower } from '../../../src/workloads/docker/log-follower.ts';
import type { LogLine } from '../../../src/workloads/workload.ts';
import { frame } from './log-frames.ts';

/** A container whose log can be followed, and the connections by which that is done. */
class LoggedContainer {
  readonly connections: { stream: PassThrough; since: unknown }[] = [];
  away = false;

  async logs({ since }: { since?: unknown }): Promise<PassThrough> {
    if (this.away) throw new Error('Docker is away');
    const stream = new PassThrough();
    this.connections.push({ stream, since });
    return stream;
  }

  write(stream: LogLine['stream'], text: string, time: string): void {
    this.connections.at(-1)!.stream.write(frame(stream, `${text}\n`, time));
  }

  break(): void {
    this.connections.at(-1)!.stream.destroy();
  }
}

const at = (nanoseconds: number) => `2026-01-31T12:00:00.${String(nanoseconds).padStart(9, '0')}Z`;
const settle = () => new Promise((resolve) => setImmediate(resolve));

let follower: LogFollower;
afterEach(() => follower.close());

async function follow(since?: number) {
  const container = new LoggedContainer();
  const clock = new ManualClock();
  const lines: string[] = [];
  follower = new LogFollower({
    container: container as unknown as Docker.Container,
    clock,
    ...(since === undefined ? {} : { since }),
    onLine: ({ text }) => lines.push(text),
  });
  await settle();
  return { container, clock, lines };
}

test('a log that is cut off is followed behind the last message that was seen', async () => {
  const { container, clock, lines } = await follow();
  expect(container.connections[0]!.since).toBeUndefined();
  container.write('stdout', 'one', at(1));
  container.write('stdout', 'two', at(2));
  await settle();
  container.break();
  await clock.advance(1_000);
  expect(container.connections).toHaveLength(2);
  const [seconds, nanoseconds] = String(container.connections[1]!.since).split('.');
  expect(Number(seconds)).toBeLessThan(Date.parse(at(2)) / 1000);
  expect(nanoseconds).toBe('000000002');
  for (const [n, text] of ['one', 'two', 'three'].entries()) container.write('stdout', text, at(n + 1));
  await settle();
  expect(lines).toEqual(['one', 'two', 'three']);
});

test('of messages with one time those seen are left out, and no others', async () => {
  const { container, clock, lines } = await follow();
  container.write('stdout', 'a', at(5));
  container.write('stdout', 'b', at(5));
  await settle();
  container.break();
  await clock.advance(1_000);
  for (const text of ['a', 'b', 'c']) container.write('stdout', text, at(5));
  container.write('stdout', 'd', at(6));
  await settle();
  expect(lines).toEqual(['a', 'b', 'c', 'd']);
});

test('a message of one stream that is older than the last of the other is no repeated one', async () => {
  const { container, clock, lines } = await follow();
  container.write('stdout', 'out 5', at(5));
  container.write('stderr', 'err 4', at(4));
  await settle();
  expect(lines).toEqual(['out 5', 'err 4']);
  container.break();
  await clock.advance(1_000);
  container.write('stdout', 'out 5', at(5));
  container.write('stderr', 'err 4', at(4));
  container.write('stdout', 'out 8', at(8));
  container.write('stderr', 'err 7', at(7));
  await settle();
  expect(lines).toEqual(['out 5', 'err 4', 'out 8', 'err 7']);
});

test('a clock that is set back loses nothing that comes after it', async () => {
  const { container, lines } = await follow();
  container.write('stdout', 'before', at(900));
  container.write('stdout', 'after', at(100));
  await settle();
  expect(lines).toEqual(['before', 'after']);
});

test('a line that is cut by the end of a connection is completed by the next', async () => {
  const { container, clock, lines } = await follow();
  container.connections[0]!.stream.write(frame('stdout', 'first part, ', at(1)));
  await settle();
  container.break();
  await clock.advance(1_000);
  container.connections[1]!.stream.write(frame('stdout', 'first part, ', at(1)));
  container.connections[1]!.stream.write(frame('stdout', 'second part\n', at(1)));
  await settle();
  expect(lines).toEqual(['first part, second part']);
});

test('Docker that is away is asked again after growing pauses, and no longer once nobody wants to know', async () => {
  const { container, clock, lines } = await follow(17.5);
  expect(container.connections[0]!.since).toBe(17.5);
  container.away = true;
  container.break();
  await clock.advance(60_000);
  expect(container.connections).toHaveLength(1);
  container.away = false;
  await clock.advance(5_000);
  expect(container.connections[1]!.since).toBe(17.5);
  container.write('stdout', 'back', at(1));
  await settle();
  expect(lines).toEqual(['back']);
  follower.close();
  await clock.advance(60_000);
  expect(clock.pending).toBe(0);
  expect(container.connections).toHaveLength(2);
});

test('after a container’s end the rest of its log is waited for, but not for long', async () => {
  const { container, clock, lines } = await follow();
  const finished = follower.finish();
  container.connections[0]!.stream.end(frame('stdout', 'without an end of line', at(1)));
  await finished;
  expect(lines).toEqual(['without an end of line']);
  const other = await follow();
  const late = follower.finish();
  await other.clock.advance(1_000);
  await late;
  expect(other.container.connections[0]!.stream.destroyed).toBe(true);
  expect(clock.pending).toBe(0);
});
