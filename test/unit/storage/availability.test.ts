import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { ObjectStoreUnavailable } from '../../../src/storage/errors.ts';
import { Availability, type Condition } from '../../../src/storage/objects/availability.ts';

const outage = (what = 'MinIO is away') =>
  new ObjectStoreUnavailable('http://minio:9000', { what, ways: ['start it'], transient: true });

function setUp() {
  const clock = new ManualClock();
  const changes: Condition[] = [];
  const state = { there: true, probes: [] as number[] };
  const started = clock.now();
  const availability = new Availability({
    clock,
    onChange: (condition) => changes.push(condition),
    probe: async () => {
      state.probes.push(clock.now() - started);
      await Promise.resolve(); // an answer takes its time
      if (state.there) availability.succeeded();
      else availability.failed(outage());
    },
  });
  onTestFinished(() => availability[Symbol.dispose]());
  return { availability, clock, changes, state };
}

test('while calls succeed nothing is asked, and nothing changes', async () => {
  const { availability, clock, changes, state } = setUp();
  for (let i = 0; i < 5; i++) {
    availability.succeeded();
    expect(availability.condition).toEqual({ state: 'ok' });
    await clock.advance(4_000);
  }
  expect([changes, state.probes]).toEqual([[], []]);
});

test('what was seen long ago is asked again when somebody looks, once', async () => {
  const { availability, clock, state } = setUp();
  availability.succeeded();
  await clock.advance(6_000);
  state.there = false;
  expect([availability.condition, availability.condition]).toEqual([{ state: 'ok' }, { state: 'ok' }]);
  await clock.advance(0);
  expect(state.probes).toHaveLength(1);
  expect(availability.condition).toEqual({ state: 'unavailable', detail: 'MinIO is away: start it' });
});

test('an outage is told once, asked about ever less often up to four seconds, and its end is told', async () => {
  const { availability, clock, changes, state } = setUp();
  state.there = false;
  availability.failed(outage());
  availability.failed(outage());
  expect(availability.outage?.what).toBe('MinIO is away');
  await clock.advance(20_000);
  expect(state.probes).toEqual([500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500]);
  state.there = true;
  await clock.advance(4_000);
  expect(availability.outage).toBeUndefined();
  expect(changes.map((change) => change.state)).toEqual(['unavailable', 'ok']);
  await clock.advance(60_000);
  expect(state.probes).toHaveLength(8);
  availability.failed(outage());
  await clock.advance(500);
  expect(state.probes).toHaveLength(9); // at the first pace again
});

test('a full store is full until something was written', () => {
  const { availability, changes } = setUp();
  availability.full('no space left');
  availability.succeeded();
  expect(availability.condition).toEqual({ state: 'full', detail: 'no space left' });
  availability.succeeded(true);
  expect(availability.condition).toEqual({ state: 'ok' });
  expect(changes.map(({ state }) => state)).toEqual(['full', 'ok']);
});

test('nothing is asked or told after the end', async () => {
  const { availability, clock, changes, state } = setUp();
  availability.failed(outage());
  availability[Symbol.dispose]();
  availability.succeeded();
  await clock.advance(60_000);
  expect([changes.length, state.probes, clock.pending]).toEqual([1, [], 0]);
});
