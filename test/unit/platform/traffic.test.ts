import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { Traffic } from '../../../src/platform/traffic.ts';
import { NODE, serveApi } from './support.ts';

const NONE = Array<number>(60).fill(0);

/** All zero but for these, by their distance from the newest. */
function parts(values: Record<number, number>): number[] {
  return NONE.map((_, index) => values[59 - index] ?? 0);
}

test('requests are counted in parts of ten seconds, oldest first', async () => {
  const clock = new ManualClock();
  const traffic = new Traffic(clock);
  traffic.record('a', 200, 10);
  traffic.record('a', 499, 2.5);
  await clock.advance(9_999);
  traffic.record('a', 500, 1);
  await clock.advance(1);
  traffic.record('a', 504, 30);
  await clock.advance(30_000);
  traffic.record('a', 404, 0.01);
  expect(traffic.times('a')).toEqual({
    periodMs: 10_000,
    end: '2026-01-01T00:00:50.000Z',
    requests: parts({ 4: 3, 3: 1, 0: 1 }),
    errors: parts({ 4: 1, 3: 1 }),
    totalMs: parts({ 4: 13.5, 3: 30, 0: 0.01 }),
    slowestMs: parts({ 4: 10, 3: 30, 0: 0.01 }),
  });
  const { totalMs: _, slowestMs: __, ...counts } = traffic.times('a');
  expect(traffic.counts('a')).toEqual(counts);
});

test('what is older than ten minutes is forgotten, also when nothing came since', async () => {
  const clock = new ManualClock();
  const traffic = new Traffic(clock);
  traffic.record('a', 500, 1);
  await clock.advance(590_000);
  expect(traffic.counts('a').requests).toEqual(parts({ 59: 1 }));
  traffic.record('a', 200, 1);
  await clock.advance(10_000);
  expect(traffic.times('a')).toMatchObject({
    requests: parts({ 1: 1 }),
    errors: NONE,
    totalMs: parts({ 1: 1 }),
  });
  await clock.advance(86_400_000);
  expect(traffic.counts('a')).toMatchObject({ requests: NONE, end: '2026-01-02T00:10:10.000Z' });
});

test('every part is told of for ten minutes, wherever the count began', async () => {
  const clock = new ManualClock();
  const traffic = new Traffic(clock);
  for (let part = 1; part <= 150; part++) {
    for (let count = 0; count < part; count++) traffic.record('a', 200, 1);
    const oldest = part - 59;
    expect(traffic.counts('a').requests).toEqual(NONE.map((_, index) => Math.max(0, oldest + index)));
    await clock.advance(10_000);
  }
});

test('a clock that is set back goes on with the newest part, or from the start when it is far back', () => {
  let now = Date.UTC(2026, 0, 1, 1);
  const traffic = new Traffic(Object.assign(new ManualClock(), { now: () => now }));
  traffic.record('a', 200, 1);
  now -= 300_000;
  traffic.record('a', 200, 1);
  expect(traffic.counts('a')).toMatchObject({ requests: parts({ 0: 2 }), end: '2026-01-01T01:00:10.000Z' });
  now -= 600_000;
  traffic.record('a', 200, 1);
  expect(traffic.counts('a')).toMatchObject({ requests: parts({ 0: 1 }), end: '2026-01-01T00:45:10.000Z' });
});

test('a function without requests has zeros, and a deleted one has them again', () => {
  const traffic = new Traffic(new ManualClock());
  const empty = {
    requests: NONE,
    errors: NONE,
    totalMs: NONE,
    slowestMs: NONE,
    end: '2026-01-01T00:00:10.000Z',
  };
  expect(traffic.times('a')).toMatchObject(empty);
  traffic.record('a', 200, 1);
  traffic.forget('a');
  expect(traffic.times('a')).toMatchObject(empty);
});

interface Listed {
  status?: object;
  traffic?: object;
}

test('the list tells of status and traffic only when asked', async () => {
  const { call, traffic } = await serveApi();
  const id = (await call('POST', '/lambda', NODE)).body as string;
  traffic.record(id, 502, 3);
  const get = async (query: string) => {
    const { body } = await call('GET', `/lambda/list?${query}`);
    return (body as { lambdas: Listed[] }).lambdas[0]!;
  };
  for (const query of ['', 'include=']) expect(Object.keys(await get(query))).not.toContain('status');
  const { status } = await get('include=status');
  const own = (await call('GET', `/lambda/${id}/status`)).body as { revision: string };
  expect(own).toEqual(expect.objectContaining(status));
  expect(status).toMatchObject({ state: 'ready', source: { kind: 'inline' }, revision: own.revision });
  const both = await get('include=traffic,status');
  expect(both.status).toEqual(status);
  expect(both.traffic).toMatchObject({ requests: parts({ 0: 1 }), errors: parts({ 0: 1 }) });
  const times = (await call('GET', `/lambda/${id}/traffic`)).body;
  expect(times).toEqual({ ...both.traffic, totalMs: parts({ 0: 3 }), slowestMs: parts({ 0: 3 }) });
  expect(await get('include=traffic&include=status')).toEqual(both);
  expect(await call('GET', '/lambda/list?include=status,code')).toMatchObject({
    status: 400,
    body: { error: 'include must be a comma-separated list of status and traffic' },
  });
  expect((await call('GET', '/lambda/0123456789abcdef01234567/traffic')).status).toBe(404);
  await call('DELETE', `/lambda?id=${id}`);
  expect((await call('GET', `/lambda/${id}/traffic`)).status).toBe(404);
  expect(traffic.counts(id).requests).toEqual(NONE);
});
