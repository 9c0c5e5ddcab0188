import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { Throttled } from '../../../../src/execution/function-host.ts';
import { eventually } from '../../../support/patience.ts';
import { isAlive } from '../../../support/processes.ts';
import { GATED, Gate, TestHost, value } from './support.ts';

/** Starts as many environments, and leaves them idle. */
async function started(test: TestHost, count: number) {
  const fn = test.program(GATED);
  using gate = new Gate();
  const outcomes = Array.from({ length: count }, () => test.invoke(fn, { gate: gate.folder }));
  await gate.reached(count);
  gate.open();
  await Promise.all(outcomes);
  await test.idle();
  return fn;
}

describe('environments', () => {
  it('take one invocation at a time, and are used again, the latest first', async () => {
    await using test = await TestHost.start();
    const fn = test.program(GATED);
    using first = new Gate();
    using second = new Gate();
    const outcomes = [first, second].map(({ folder }) => test.invoke(fn, { gate: folder }));
    await Promise.all([first.reached(1), second.reached(1)]);
    first.open();
    const other = value(await outcomes[0]!);
    await eventually(() => test.host.state().busy === 1);
    second.open();
    const latest = value(await outcomes[1]!);
    expect(latest).not.toBe(other);
    for (let count = 0; count < 3; count++) {
      await test.idle();
      expect(value(await test.invoke(fn))).toBe(latest);
    }
    await test.idle();
    expect(test.host.state()).toMatchObject({ environments: 2, busy: 0 });
  });

  it('end when they were idle for long, all but the latest soon after a burst', async () => {
    const clock = new ManualClock();
    await using test = await TestHost.start({ clock, idleTimeout: 60_000 });
    const fn = await started(test, 3);
    await clock.advance(21_000);
    await test.environments(1);
    await clock.advance(30_000);
    expect(test.host.state().environments).toBe(1);
    await clock.advance(15_000);
    await test.environments(0);
    const outcome = test.invoke(fn);
    expect(value(await outcome)).toEqual(expect.any(Number));
  });

  it('of replaced code take no more invocations, and end after the one they have', async () => {
    await using test = await TestHost.start();
    const old = test.program(GATED);
    using gate = new Gate();
    const busy = test.invoke(old, { gate: gate.folder });
    await gate.reached(1);
    const fresh = { ...old, revision: 'next' };
    test.host.retire(old.functionArn, fresh.revision);
    const other = value(await test.invoke(fresh));
    gate.open();
    expect(value(await busy)).not.toBe(other);
    await test.environments(1);
  });

  it('have a folder for temporary files of their own, which ends with them', async () => {
    await using test = await TestHost.start();
    const fn = test.program(
      `const mine = process.env.TMPDIR; require('node:fs').writeFileSync(mine + '/mine', ''); ${GATED.replace('return process.pid', 'return mine')}`,
    );
    using gate = new Gate();
    const outcomes = [1, 2].map(() => test.invoke(fn, { gate: gate.folder }));
    await gate.reached(2);
    gate.open();
    const [one, two] = (await Promise.all(outcomes)).map(value) as string[];
    expect(one).not.toBe(two);
    expect(readdirSync(one!)).toEqual(['mine']);
    test.host.retire(fn.functionArn);
    await eventually(() => !existsSync(one!) && !existsSync(two!));
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
    const unpacked = readdirSync(join(test.folder, 'code')).filter((name) => /^[0-9a-f]{64}$/.test(name));
    expect(unpacked).toHaveLength(4);
  });

  it('end with the host, and what they started with them', async () => {
    const test = await TestHost.start();
    const fn = test.program(
      "const child = require('node:child_process').spawn('sleep', ['60'], { stdio: 'ignore' }); await serve(() => [process.pid, child.pid]);",
    );
    const pids = value(await test.invoke(fn)) as number[];
    await test[Symbol.asyncDispose]();
    await eventually(() => !pids.some(isAlive));
    expect(existsSync(test.folder)).toBe(false);
  });
});

describe('a caller that goes away', () => {
  it('is not waited for by an invocation that has no environment yet', async () => {
    await using test = await TestHost.start();
    using gate = new Gate();
    const fn = test.program(
      `while (!require('node:fs').existsSync(process.env.GATE + '/open')) await new Promise((r) => setTimeout(r, 5)); ${GATED}`,
      { environment: { GATE: gate.folder } },
    );
    const controller = new AbortController();
    const outcome = test.invoke(fn, {}, { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(outcome).rejects.toThrow('gone');
    gate.open();
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
  });

  it('reserved for a function is its own, and no one else’s', async () => {
    await using test = await TestHost.start();
    const mine = test.program(GATED, { name: 'mine' });
    const other = test.program(GATED, { name: 'other' });
    using gate = new Gate();
    test.host.setAccountLimit(mine.scope, 3);
    test.host.setReserved(mine.functionArn, 2);
    const calls = (fn: typeof mine) =>
      Array.from({ length: 3 }, () => test.invoke(fn, { gate: gate.folder }));
    const all = Promise.all([reasons(calls(mine)), reasons(calls(other))]);
    await gate.reached(3);
    gate.open();
    const [forMine, forOther] = await all;
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
      GATED.replace('return process.pid', 'return process.env.AWS_LAMBDA_INITIALIZATION_TYPE'),
      {
        version: '1',
      },
    );
    const other = test.program(GATED, { name: 'other' });
    test.host.setAccountLimit(fn.scope, 3);
    await test.host.setProvisioned(fn, 2);
    expect(test.host.state().environments).toBe(2);
    using gate = new Gate();
    const calls = [1, 2, 3].map(() => test.invoke(fn, { gate: gate.folder }));
    await gate.reached(3);
    await expect(test.invoke(other)).rejects.toMatchObject({ reason: 'ConcurrentInvocationLimitExceeded' });
    gate.open();
    expect((await Promise.all(calls)).map(value).sort()).toEqual([
      'on-demand',
      'provisioned-concurrency',
      'provisioned-concurrency',
    ]);
    await test.log(/(Init Duration.*){3}/s);
    await test.host.setProvisioned(fn, 0);
    await test.environments(1);
  });

  it('can’t be provisioned for a function whose init fails', async () => {
    await using test = await TestHost.start();
    const fn = test.program('process.exit(1);', { version: '1' });
    await expect(test.host.setProvisioned(fn, 1)).rejects.toThrow();
    await test.environments(0);
  });
});
