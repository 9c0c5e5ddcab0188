import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { type DeploymentSpec, NotReady } from '../../../src/execution/deployment.ts';
import { LocalDeployments } from '../../../src/execution/local-deployments.ts';
import type { Runtime } from '../../../src/execution/runtime.ts';
import { SourceFailure } from '../../../src/execution/source.ts';
import { Journal, type JournalEntry } from '../../../src/journal/journal.ts';
import { FakeDriver, template } from '../workloads/fake-driver.ts';

const ID = 'a'.repeat(24);
const HOLD = 30_000;
const never = new AbortController().signal;

function setUp() {
  const clock = new ManualClock(0);
  const driver = new FakeDriver();
  driver.prompt = false;
  const journal = new Journal({ clock });
  const entries: JournalEntry[] = [];
  journal.subscribe((entry) => entries.push(entry));
  const deployments = new LocalDeployments({
    driver,
    clock,
    journal,
    holdTimeout: HOLD,
    drainTimeout: 30_000,
    idleTimeout: 60_000,
    replicas: 1,
    maxRunning: 2,
  });
  const runtime = {
    prepare: async ({ entry }: { entry: string }) => template(entry),
  } as unknown as Runtime;
  const spec = (entry: string, id = ID): DeploymentSpec => ({
    id,
    runtime,
    source: { kind: 'inline', sha256: entry },
    directory: '/code',
    entry,
  });
  const started = async (count: number) => {
    await clock.advance(0);
    expect(driver.started).toHaveLength(count);
    return driver.started[count - 1]!;
  };
  const outcomes = () =>
    entries.filter((entry) => entry.type === 'reload.finished').map((entry) => entry.outcome);
  return { clock, driver, deployments, spec, started, outcomes };
}

test('a request that arrives while code is loading waits for it', async () => {
  const { deployments, spec, started } = setUp();
  deployments.deploy(spec('a'));
  expect(deployments.claim(ID)).toBeUndefined();
  const waiting = deployments.acquire(ID, never)!;
  const workload = await started(1);
  workload.becomeReady();
  expect((await waiting).workload).toBe(workload);
});

test('from the moment of a redeployment no request reaches the old code, while requests under way end there', async () => {
  const { deployments, spec, started, clock } = setUp();
  deployments.deploy(spec('a'));
  const old = await started(1);
  old.becomeReady();
  await clock.advance(0);
  const underWay = deployments.claim(ID)!;
  deployments.deploy(spec('b'));
  expect(deployments.claim(ID)).toBeUndefined();
  const waiting = deployments.acquire(ID, never)!;
  const next = await started(2);
  next.becomeReady();
  expect((await waiting).workload).toBe(next);
  expect(old.stops).toBe(0);
  underWay.release();
  await clock.advance(0);
  expect(old.stops).toBe(1);
});

test('code that fails to load answers with its error, also those who waited, and recovers with the next code', async () => {
  const { deployments, spec, started, clock, outcomes } = setUp();
  deployments.deploy(spec('a'));
  const waiting = deployments.acquire(ID, never)!;
  (await started(1)).failToLoad('no such thing');
  await expect(waiting).rejects.toThrow(SourceFailure);
  await expect(deployments.acquire(ID, never)).rejects.toThrow('no such thing');
  expect(deployments.status(ID)).toMatchObject({ state: 'failed', lastError: { message: 'no such thing' } });
  deployments.deploy(spec('b'));
  const repaired = deployments.acquire(ID, never)!;
  (await started(2)).becomeReady();
  await repaired;
  await clock.advance(0);
  expect(deployments.status(ID)).toMatchObject({ state: 'ready', replicas: { ready: 1 } });
  expect(deployments.status(ID)!.lastError).toBeUndefined();
  expect(outcomes()).toEqual(['failed', 'ready']);
});

test('broken code takes the code before it out of service', async () => {
  const { deployments, spec, started, clock } = setUp();
  deployments.deploy(spec('a'));
  const old = await started(1);
  old.becomeReady();
  await clock.advance(0);
  deployments.deploy(spec('b'));
  (await started(2)).failToLoad('broken');
  await clock.advance(0);
  expect(deployments.claim(ID)).toBeUndefined();
  expect(old.stops).toBe(1);
});

test('code that failed is tried again by a request some seconds later', async () => {
  const { deployments, spec, started, clock } = setUp();
  deployments.deploy(spec('a'));
  (await started(1)).failToLoad('database away');
  await clock.advance(5_000);
  const waiting = deployments.acquire(ID, never)!;
  const second = await started(2);
  second.becomeReady();
  expect((await waiting).workload).toBe(second);
});

test('a request waits no longer than it is allowed to, and is told to come back', async () => {
  const { deployments, spec, started, clock } = setUp();
  deployments.deploy(spec('a'));
  const waiting = deployments.acquire(ID, never)!;
  const outcome = expect(waiting).rejects.toThrow(NotReady);
  await started(1);
  await clock.advance(HOLD);
  await outcome;
});

test('a caller that goes away stops waiting', async () => {
  const { deployments, spec } = setUp();
  const gone = new AbortController();
  deployments.deploy(spec('a'));
  const waiting = deployments.acquire(ID, gone.signal)!;
  gone.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
});

test('of rapid redeployments only the last is served', async () => {
  const { deployments, spec, started, clock, driver, outcomes } = setUp();
  for (const entry of ['a', 'b', 'c']) deployments.deploy(spec(entry));
  await clock.advance(0);
  const last = await started(driver.started.length);
  expect(last.template.command).toEqual(['c']);
  last.becomeReady();
  await clock.advance(0);
  expect(deployments.claim(ID)!.workload).toBe(last);
  expect(outcomes()).toEqual(['ready']);
  expect(driver.started.filter((one) => one !== last && one.stops === 0)).toEqual([]);
});

test('a function that keeps crashing says when it restarts instead of making callers wait', async () => {
  const { deployments, spec, started, clock, driver } = setUp();
  driver.prompt = true;
  deployments.deploy(spec('a'));
  await started(1);
  for (let crash = 0; crash < 7; crash++) {
    driver.started.at(-1)!.crash();
    await clock.advance(crash < 6 ? 6_400 : 0);
  }
  expect(deployments.status(ID)!.state).toBe('restarting');
  await expect(deployments.acquire(ID, never)).rejects.toMatchObject({
    name: 'NotReady',
    retryAfterSeconds: 4,
  });
});

test('a function nobody calls gives its process back, and the next request starts it', async () => {
  const { deployments, spec, started, clock } = setUp();
  deployments.deploy(spec('a'));
  const first = await started(1);
  first.becomeReady();
  await clock.advance(0);
  deployments.claim(ID)!.release();
  await clock.advance(65_000);
  expect(first.stops).toBe(1);
  expect(deployments.status(ID)!.state).toBe('idle');
  const waking = deployments.acquire(ID, never)!;
  const second = await started(2);
  second.becomeReady();
  expect((await waking).workload).toBe(second);
});

test('with more functions running than allowed, the one unused longest gives its process back', async () => {
  const { deployments, spec, clock, driver } = setUp();
  driver.prompt = true;
  const ids = ['1', '2', '3'].map((digit) => digit.repeat(24));
  for (const id of ids) {
    deployments.deploy(spec(id, id));
    await clock.advance(10);
    deployments.claim(id)!.release();
  }
  deployments.claim(ids[0]!)!.release();
  await clock.advance(5_000);
  expect(ids.map((id) => deployments.status(id)!.state)).toEqual(['ready', 'idle', 'ready']);
});

test('of many functions deployed at once, one that is asked for does not wait behind those that are not', async () => {
  const { clock, deployments, spec, driver } = setUp();
  const ids = Array.from({ length: 50 }, (_, index) => index.toString(16).padStart(24, '0'));
  for (const id of ids) deployments.deploy(spec(id, id));
  await clock.advance(0);
  expect(driver.started).toHaveLength(8);
  const last = ids.at(-1)!;
  expect(deployments.status(last)!.state).toBe('idle');
  const waiting = deployments.acquire(last, never)!;
  await clock.advance(0);
  expect(driver.started).toHaveLength(9);
  driver.started[8]!.becomeReady();
  expect((await waiting).workload.id).toBe('w9');
});

test('an adopted function starts nothing until it is asked for', async () => {
  const { deployments, spec, started, driver } = setUp();
  deployments.adopt(spec('a'));
  expect(deployments.status(ID)!.state).toBe('idle');
  expect(driver.started).toEqual([]);
  const waiting = deployments.acquire(ID, never)!;
  (await started(1)).becomeReady();
  await waiting;
});

test('removing a function ends its processes and refuses those who wait', async () => {
  const { deployments, spec, started, clock } = setUp();
  deployments.deploy(spec('a'));
  const waiting = deployments.acquire(ID, never)!;
  const outcome = expect(waiting).rejects.toThrow('deleted');
  const workload = await started(1);
  await deployments.remove(ID);
  await outcome;
  expect(workload.stops).toBe(1);
  expect(deployments.acquire(ID, never)).toBeUndefined();
  await deployments[Symbol.asyncDispose]();
  await clock.advance(0);
  expect(clock.pending).toBe(0);
});
