import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { ReplicaSet } from '../../../src/workloads/replica-set.ts';
import { FakeDriver, template } from './fake-driver.ts';

function setUp(desired = 1) {
  const clock = new ManualClock(0);
  const driver = new FakeDriver();
  const exits: [string, boolean][] = [];
  const set = new ReplicaSet({
    driver,
    clock,
    desired,
    drainTimeout: 30_000,
    stopGrace: 2_000,
    onLog() {},
    onExit: (workload, _exit, { expected }) => exits.push([workload.id, expected]),
    onChange() {},
  });
  return { clock, driver, set, exits, alive: () => driver.started.filter((one) => one.stops === 0) };
}

test('an old replica serves until the new one is ready, one at a time', async () => {
  const { driver, set } = setUp(2);
  await set.roll(template('old'));
  driver.prompt = false;
  const rolling = set.roll(template('new'));
  expect(driver.started).toHaveLength(3);
  expect(set.readyCount).toBe(2);
  expect(driver.started[0]!.stops).toBe(0);
  driver.started[2]!.becomeReady();
  await tick();
  expect(driver.started).toHaveLength(4);
  expect(set.readyCount).toBe(2);
  expect(driver.started.map((one) => one.stops)).toEqual([1, 0, 0, 0]);
  driver.started[3]!.becomeReady();
  expect(await rolling).toBe(true);
  expect(set.readyCount).toBe(2);
  expect(driver.started.map((one) => one.stops)).toEqual([1, 1, 0, 0]);
});

test('a new template that fails leaves the old replicas in service', async () => {
  const { driver, set } = setUp();
  await set.roll(template('old'));
  driver.prompt = false;
  const rolling = set.roll(template('new'));
  driver.started[1]!.failToLoad('broken');
  await expect(rolling).rejects.toThrow('broken');
  expect(set.pick()?.workload).toBe(driver.started[0]);
});

test('a replica that is taken out of service ends when its last request has', async () => {
  const { driver, set } = setUp();
  await set.roll(template('old'));
  const replica = set.pick()!;
  replica.enter();
  replica.enter();
  await set.roll(template('new'));
  expect(set.pick()?.workload).toBe(driver.started[1]);
  replica.leave();
  await tick();
  expect(driver.started[0]!.stops).toBe(0);
  replica.leave();
  await tick();
  expect(driver.started[0]!.stops).toBe(1);
});

test('a request that never ends holds its replica only for the drain time-out', async () => {
  const { clock, driver, set } = setUp();
  await set.roll(template('old'));
  set.pick()!.enter();
  await set.roll(template('new'));
  await clock.advance(29_999);
  expect(driver.started[0]!.stops).toBe(0);
  await clock.advance(1);
  expect(driver.started[0]!.stops).toBe(1);
});

test('a crashed replica is replaced at once, then after growing pauses', async () => {
  const { clock, driver, set } = setUp();
  await set.roll(template('a'));
  const pauses: number[] = [];
  for (let crash = 0; crash < 10; crash++) {
    const count = driver.started.length;
    driver.started.at(-1)!.crash();
    await tick();
    const from = clock.now();
    while (driver.started.length === count) await clock.advance(100);
    pauses.push(clock.now() - from);
  }
  expect(pauses).toEqual([100, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

test('a replica that ran well for a while is replaced at once again', async () => {
  const { clock, driver, set } = setUp();
  await set.roll(template('a'));
  for (let crash = 0; crash < 5; crash++) {
    driver.started.at(-1)!.crash();
    await clock.advance(10_000);
  }
  await clock.advance(10_000);
  const count = driver.started.length;
  driver.started.at(-1)!.crash();
  await clock.advance(0);
  expect(driver.started).toHaveLength(count + 1);
});

test('a replacement that does not become ready is tried again, and a roll ends the trying', async () => {
  const { clock, driver, set } = setUp();
  await set.roll(template('a'));
  driver.prompt = false;
  driver.started[0]!.crash();
  await clock.advance(0);
  driver.started[1]!.failToLoad('broken');
  await clock.advance(100);
  expect(driver.started).toHaveLength(3);
  driver.started[2]!.failToLoad('broken');
  await tick();
  expect(set.restartDue).toBeGreaterThan(clock.now());
  driver.prompt = true;
  await set.roll(template('b'));
  expect(set.restartDue).toBeUndefined();
  await clock.advance(60_000);
  expect(driver.started).toHaveLength(4);
});

test('a roll that is overtaken starts nothing more and leaves nothing running', async () => {
  const { driver, set, alive } = setUp();
  driver.prompt = false;
  const first = set.roll(template('a'));
  const second = set.roll(template('b'));
  expect(await first).toBe(false);
  driver.started[1]!.becomeReady();
  expect(await second).toBe(true);
  expect(alive()).toEqual([driver.started[1]]);
});

test('retiring ends everything, also what is still starting or waiting to restart', async () => {
  const { clock, driver, set, exits, alive } = setUp();
  await set.roll(template('a'));
  driver.prompt = false;
  const rolling = set.roll(template('b'));
  await set.retireAll();
  expect(await rolling).toBe(false);
  expect(alive()).toEqual([]);
  expect(exits.every(([, expected]) => expected)).toBe(true);
  await clock.advance(60_000);
  expect(driver.started).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('requests go to the replica with the fewest under way', async () => {
  const { set } = setUp(3);
  await set.roll(template('a'));
  const counts = new Map<string, number>();
  for (let i = 0; i < 9; i++) {
    const replica = set.pick()!;
    replica.enter();
    counts.set(replica.workload.id, (counts.get(replica.workload.id) ?? 0) + 1);
  }
  expect([...counts.values()]).toEqual([3, 3, 3]);
});

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
