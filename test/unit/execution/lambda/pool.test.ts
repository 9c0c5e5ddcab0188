import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { Throttled } from '../../../../src/execution/function-host.ts';
import { isAlive } from '../../../support/processes.ts';
import { TestHost, value } from './support.ts';

const SLEEPER =
  'await serve(async ({ ms = 0 }) => { await new Promise((resolve) => setTimeout(resolve, ms)); return process.pid; });';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A quick program in shell would do, but Node starts as fast and holds a connection. */
async function started(test: TestHost, count: number, fn = test.program(SLEEPER, { timeout: 20_000 })) {
  const outcomes = await Promise.all(Array.from({ length: count }, () => test.invoke(fn, { ms: 1_000 })));
  expect(new Set(outcomes.map(value)).size).toBe(count);
  return fn;
}

describe('environments', () => {
  it('take one invocation at a time, and are used again, the latest first', async () => {
    await using test = await TestHost.start();
    const fn = test.program(SLEEPER, { timeout: 20_000 });
    const both = (await Promise.all([test.invoke(fn, { ms: 800 }), test.invoke(fn, { ms: 1_100 })])).map(
      value,
    );
    expect(new Set(both).size).toBe(2);
    for (let count = 0; count < 3; count++) {
      await pause(100);
      expect(value(await test.invoke(fn))).toBe(both[1]);
    }
    expect(test.host.state()).toMatchObject({ environments: 2, busy: 0 });
  });

  it('end when they were idle for long, all but the latest soon after a burst', async () => {
    const clock = new ManualClock();
    await using test = await TestHost.start({ clock, idleTimeout: 60_000 });
    const fn = await started(test, 3);
    await pause(100);
    await clock.advance(21_000);
    expect(test.host.state().environments).toBe(1);
    await clock.advance(30_000);
    expect(test.host.state().environments).toBe(1);
    await clock.advance(15_000);
    expect(test.host.state().environments).toBe(0);
    const outcome = test.invoke(fn);
    expect(value(await outcome)).toEqual(expect.any(Number));
  });

  it('of replaced code take no more invocations, and end after the one they have', async () => {
    await using test = await TestHost.start();
    const old = test.program(SLEEPER, { timeout: 20_000 });
    const idle = value(await test.invoke(old));
    const busy = test.invoke(old, { ms: 400 });
    await pause(50);
    const fresh = { ...old, revision: 'next' };
    test.host.retire(old.functionArn, fresh.revision);
    expect(value(await test.invoke(fresh))).not.toBe(idle);
    expect(value(await busy)).toBe(idle);
    await pause(50);
    expect(test.host.state().environments).toBe(1);
  });

  it('have a folder for temporary files of their own, which ends with them', async () => {
    await using test = await TestHost.start();
    const fn = test.program(
      "require('node:fs').writeFileSync(process.env.TMPDIR + '/mine', ''); await serve(async () => { await new Promise((r) => setTimeout(r, 300)); return process.env.TMPDIR; });",
    );
    const [one, two] = (await Promise.all([test.invoke(fn), test.invoke(fn)])).map(value) as string[];
    expect(one).not.toBe(two);
    expect(readdirSync(one!)).toEqual(['mine']);
    test.host.retire(fn.functionArn);
    await pause(400);
    expect([existsSync(one!), existsSync(two!)]).toEqual([false, false]);
  });

  it('see files of their layers in the order of the layers, and the package unpacked once', async () => {
    await using test = await TestHost.start();
    const layers = [
      test.package({ 'bin/tool': { content: '#!/bin/sh\necho first', mode: 0o755 }, 'bin/other': 'x' }),
      test.package({ 'bin/tool': { content: '#!/bin/sh\necho second', mode: 0o755 } }),
    ];
    const fn = test.program("await serve(() => require('node:child_process').execSync('tool').toString());", {
      layers,
    });
    expect(value(await test.invoke(fn))).toBe('second\n');
    expect(readdirSync(join(test.folder, 'code'))).toHaveLength(4);
  });

  it('end with the host, and what they started with them', async () => {
    const test = await TestHost.start();
    const fn = test.program(
      "const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' }); await serve(() => [process.pid, child.pid]);",
    );
    const pids = value(await test.invoke(fn)) as number[];
    await test[Symbol.asyncDispose]();
    await pause(50);
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(existsSync(test.folder)).toBe(false);
  });
});

describe('a caller that goes away', () => {
  it('is not waited for by an invocation that has no environment yet', async () => {
    await using test = await TestHost.start();
    const fn = test.program(`await new Promise((r) => setTimeout(r, 500)); ${SLEEPER}`);
    const controller = new AbortController();
    const outcome = test.invoke(fn, {}, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('gone')), 50);
    await expect(outcome).rejects.toThrow('gone');
    test.host.setAccountLimit(fn.scope, 1);
    expect(value(await test.invoke(fn))).toEqual(expect.any(Number));
  });
});

describe('concurrency', () => {
  const reasons = async (work: Promise<unknown>[]) => {
    const results = await Promise.allSettled(work);
    return results.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Throttled).reason] : []));
  };

  it('of 200 at once at an account limit of 100 throttles exactly 100', async () => {
    await using test = await TestHost.start();
    const script = `#!/bin/sh
while true; do
  ID=$(curl -sS -D - -o /dev/null "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next" | grep -Fi request-id | tr -d '[:space:]' | cut -d: -f2)
  curl -sS -o /dev/null -X POST "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$ID/response" -d 1
done
`;
    const fn = test.fn({ bootstrap: { content: script, mode: 0o755 } }, { timeout: 60_000 });
    test.host.setAccountLimit(fn.scope, 100);
    const throttled = await reasons(Array.from({ length: 200 }, () => test.invoke(fn)));
    expect(throttled).toEqual(Array.from({ length: 100 }, () => 'ConcurrentInvocationLimitExceeded'));
    expect(test.host.takePeaks().get(fn.functionArn)).toBe(100);
    expect(test.host.takePeaks().get(fn.functionArn)).toBeUndefined();
  }, 60_000);

  it('reserved for a function is its own, and no one else’s', async () => {
    await using test = await TestHost.start();
    const mine = test.program(SLEEPER, { name: 'mine' });
    const other = test.program(SLEEPER, { name: 'other' });
    test.host.setAccountLimit(mine.scope, 3);
    test.host.setReserved(mine.functionArn, 2);
    const calls = (fn: typeof mine) => Array.from({ length: 3 }, () => test.invoke(fn, { ms: 300 }));
    const [forMine, forOther] = await Promise.all([reasons(calls(mine)), reasons(calls(other))]);
    expect(forMine).toEqual(['ReservedFunctionConcurrentInvocationLimitExceeded']);
    expect(forOther).toEqual(['ConcurrentInvocationLimitExceeded', 'ConcurrentInvocationLimitExceeded']);
    test.host.setReserved(mine.functionArn, 0);
    await expect(test.invoke(mine)).rejects.toThrow(Throttled);
    test.host.setReserved(mine.functionArn, undefined);
    expect(value(await test.invoke(mine))).toEqual(expect.any(Number));
  });

  it('provisioned is there before the first invocation, and taken out of what others share', async () => {
    await using test = await TestHost.start();
    const fn = test.program(
      SLEEPER.replace('return process.pid', 'return process.env.AWS_LAMBDA_INITIALIZATION_TYPE'),
      {
        version: '1',
      },
    );
    const other = test.program(SLEEPER, { name: 'other' });
    test.host.setAccountLimit(fn.scope, 3);
    await test.host.setProvisioned(fn, 2);
    expect(test.host.state().environments).toBe(2);
    const calls = [1, 2, 3].map(() => test.invoke(fn, { ms: 300 }));
    await expect(test.invoke(other)).rejects.toMatchObject({ reason: 'ConcurrentInvocationLimitExceeded' });
    expect((await Promise.all(calls)).map(value).sort()).toEqual([
      'on-demand',
      'provisioned-concurrency',
      'provisioned-concurrency',
    ]);
    const log = await test.log();
    expect(log.match(/Init Duration/g)).toHaveLength(3);
    await test.host.setProvisioned(fn, 0);
    await pause(100);
    expect(test.host.state().environments).toBe(1);
  });

  it('can’t be provisioned for a function whose init fails', async () => {
    await using test = await TestHost.start();
    const fn = test.program('process.exit(1);', { version: '1' });
    await expect(test.host.setProvisioned(fn, 1)).rejects.toThrow();
    expect(test.host.state().environments).toBe(0);
  });
});
