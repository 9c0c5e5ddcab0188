import { expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { LogsEngine } from '../../../../src/services/logs/engine.ts';
import { BEGINNING } from '../../../../src/services/logs/store/events.ts';
import { memoryDatabase } from '../../../../src/storage/sqlite/database.ts';

const SCOPE = { account: '000000000000', region: 'us-east-1' };

function open() {
  const clock = new ManualClock();
  const database = memoryDatabase();
  const errors: unknown[] = [];
  const logs = new LogsEngine({ database, clock, onError: (error) => errors.push(error) });
  const stored = (group: string, stream: string): string[] => {
    const groupRow = logs.groups.get(SCOPE, group);
    const streamRow = groupRow && logs.streams.get(groupRow.id, stream);
    if (!streamRow) return [];
    return logs.events
      .forward(streamRow.id, BEGINNING, Number.MAX_SAFE_INTEGER, 1_000_000)
      .map(({ message }) => message);
  };
  const write = (group: string, stream: string, ...messages: string[]) =>
    logs.sink.write(
      SCOPE,
      group,
      stream,
      messages.map((message) => ({ timestamp: clock.now(), message })),
    );
  return { clock, database, logs, errors, stored, write };
}

test('group and stream are made when something is written, and the order is kept', async () => {
  const { logs, stored, write, errors } = open();
  write('/aws/lambda/f', 's1', 'a', 'b');
  write('/aws/lambda/f', 's2', 'x');
  write('/aws/lambda/f', 's1', 'c');
  expect(logs.groups.get(SCOPE, '/aws/lambda/f')).toBeUndefined();
  await logs.settle();
  expect(stored('/aws/lambda/f', 's1')).toEqual(['a', 'b', 'c']);
  expect(stored('/aws/lambda/f', 's2')).toEqual(['x']);
  expect(errors).toEqual([]);
});

test('what was deleted is made again', async () => {
  const { logs, stored, write } = open();
  write('g', 's', 'old');
  await logs.settle();
  logs.removeGroup(SCOPE, logs.groups.get(SCOPE, 'g')!, () => {});
  write('g', 's', 'new');
  await logs.settle();
  expect(stored('g', 's')).toEqual(['new']);
});

test('all that waits is stored at the end; what comes afterwards is not', async () => {
  const { logs, stored, write } = open();
  for (let n = 0; n < 5_000; n++) write('g', `s${n % 3}`, `line ${n}`);
  await logs[Symbol.asyncDispose]();
  write('g', 's0', 'late');
  expect(stored('g', 's0')).toHaveLength(1_667);
});

test('what comes faster than it can be stored is dropped, and told of', async () => {
  const { logs, stored, write } = open();
  const long = 'x'.repeat(1_000_000);
  for (let n = 0; n < 100; n++) write('g', 's', long);
  await logs.settle();
  const messages = stored('g', 's');
  expect(messages.length).toBeGreaterThan(20);
  expect(messages.length).toBeLessThan(40);
  expect(messages.some((message) => /^\[\d+ log events were dropped/.test(message))).toBe(true);
});

test('events out of order are put in order', async () => {
  const { logs, stored, clock } = open();
  const now = clock.now();
  logs.sink.write(SCOPE, 'g', 's', [
    { timestamp: now + 1, message: 'second' },
    { timestamp: now, message: 'first' },
  ]);
  await logs.settle();
  expect(stored('g', 's')).toEqual(['first', 'second']);
});

test('a store that can not be written to is told of, and nothing is thrown', async () => {
  const { logs, write, errors, database } = open();
  database.close();
  write('g', 's', 'x');
  await logs.settle();
  expect(errors).toHaveLength(1);
});

test('events of what was deleted go in pieces', async () => {
  const { logs, write, database } = open();
  for (let n = 0; n < 3_000; n++) write('g', 's', `line ${n}`);
  await logs.settle();
  logs.removeGroup(SCOPE, logs.groups.get(SCOPE, 'g')!, () => {});
  const count = () => database.prepare<{ n: number }>('SELECT count(*) AS n FROM log_events').get()!.n;
  expect(count()).toBe(3_000);
  await logs.settle();
  expect(count()).toBe(0);
  expect(database.prepare<{ n: number }>('SELECT count(*) AS n FROM log_removals').get()!.n).toBe(0);
});
