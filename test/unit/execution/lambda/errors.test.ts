import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import type { FunctionVersion } from '../../../../src/execution/function-host.ts';
import { eventually } from '../../../support/patience.ts';
import { TestHost, value } from './support.ts';

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start();
});
afterAll(() => test[Symbol.asyncDispose]());

const requestId = '6f747a66-b1a5-4a0c-8e39-4d5ad0d1a3d5';

async function failure(fn: FunctionVersion, payload: unknown = {}) {
  const outcome = await test.invoke(fn, payload, { requestId });
  return {
    ...(value(outcome) as object),
    functionError: outcome.functionError,
    log: String(Buffer.from(outcome.logTail)),
  };
}

describe('an error of the function', () => {
  it('is passed on as the runtime reported it, and the environment goes on', async () => {
    const fn = test.program(
      "await serve((event) => { if (event.fail) throw new TypeError('bad'); return 'fine'; });",
    );
    expect(await failure(fn, { fail: true })).toMatchObject({
      errorType: 'TypeError',
      errorMessage: 'bad',
      functionError: 'Unhandled',
    });
    await test.idle();
    expect(value(await test.invoke(fn))).toBe('fine');
    expect(test.host.state().byFunction.get(fn.functionArn)?.environments).toBe(1);
  });

  it('that ends the runtime is Runtime.ExitError with the exit status', async () => {
    const fn = test.program('await serve(() => process.exit(3));', { name: 'exits' });
    const { log, ...error } = await failure(fn);
    expect(error).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 3`,
      functionError: 'Unhandled',
    });
    expect(log).toContain(
      `RequestId: ${requestId} Error: Runtime exited with error: exit status 3\nRuntime.ExitError\nEND`,
    );
    expect(log).toMatch(/\tStatus: error\tError Type: Runtime.ExitError\n$/);
    await eventually(() => !test.host.state().byFunction.get(fn.functionArn)?.environments);
  });

  it('tells an exit without an error, and one by a signal, as AWS does', async () => {
    const zero = test.program('await serve(() => process.exit(0));', { name: 'zero' });
    expect(await failure(zero)).toMatchObject({
      errorMessage: `RequestId: ${requestId} Error: Runtime exited without providing a reason`,
    });
    const killed = test.program("await serve(() => process.kill(process.pid, 'SIGSEGV'));", {
      name: 'killed',
    });
    expect(await failure(killed)).toMatchObject({
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: segmentation fault`,
    });
  });

  it('of memory is Runtime.OutOfMemory', async () => {
    const body =
      'const kept = []; await serve(async () => { for (;;) { kept.push(Buffer.alloc(2e7, 1)); await new Promise((r) => setTimeout(r, 20)); } });';
    const fn = test.program(body, { name: 'hungry', memoryMb: 128 });
    expect(await failure(fn)).toMatchObject({
      errorType: 'Runtime.OutOfMemory',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    });
  });

  it('of init is reported by the second try, within the invocation', async () => {
    const body =
      "console.log('init'); await call('POST', api + '/init/error', JSON.stringify({ errorMessage: 'no module', errorType: 'Runtime.ImportModuleError' }), { 'lambda-runtime-function-error-type': 'Runtime.ImportModuleError' }); process.exit(1);";
    const fn = test.program(body, { name: 'init' });
    const { log, ...error } = await failure(fn);
    expect(error).toEqual({
      errorType: 'Runtime.ImportModuleError',
      errorMessage: 'no module',
      functionError: 'Unhandled',
    });
    expect(log).toMatch(
      /^init\nINIT_REPORT Init Duration: \S+ ms\tPhase: invoke\tStatus: error\tError Type: Runtime.ImportModuleError\nSTART .*\nEND .*\nREPORT .*\tStatus: error\tError Type: Runtime.ImportModuleError\n$/,
    );
    await test.log(
      /init\nINIT_REPORT Init Duration: \S+ ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError\ninit\n/,
      '/aws/lambda/init',
    );
  });

  it('of an exit during init is Runtime.ExitError', async () => {
    const fn = test.program('process.exit(7);', { name: 'init-exit' });
    expect(await failure(fn)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 7`,
    });
  });
});

describe('a package without a program', () => {
  it('is an invalid entrypoint', async () => {
    expect(await failure(test.fn({ 'index.js': '' }, { name: 'none' }))).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: `RequestId: ${requestId} Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]`,
      functionError: 'Unhandled',
    });
  });

  it("is refused in the words of the system where it can't be executed", async () => {
    const message = async (content: string, mode: number) => {
      const fn = test.fn({ bootstrap: { content, mode } }, { name: 'refused' });
      return ((await failure(fn)) as unknown as { errorMessage: string }).errorMessage.split(' Error: ')[1];
    };
    expect(await message('#!/bin/sh\n', 0o644)).toBe('fork/exec /var/task/bootstrap: permission denied');
    expect(await message('hello', 0o755)).toBe('fork/exec /var/task/bootstrap: exec format error');
    expect(await message('#!/no/such/shell\n', 0o755)).toBe(
      'fork/exec /var/task/bootstrap: no such file or directory',
    );
  });

  it('that leads out of its folder is not unpacked', async () => {
    for (const name of ['../evil', '/evil', 'a/../../evil']) {
      const fn = test.fn({ [name]: 'x' }, { name: 'evil' });
      expect(await failure(fn)).toMatchObject({ errorType: 'Runtime.InvalidPackage' });
    }
    const link = test.fn({ evil: { content: '/etc/passwd', mode: 0o120777 } }, { name: 'link' });
    expect(await failure(link)).toMatchObject({ errorType: 'Runtime.InvalidPackage' });
  });

  it('of a runtime that no process can run names Docker', async () => {
    const fn = test.fn({ a: '' }, { name: 'java', runtime: 'java21' });
    expect(await failure(fn)).toMatchObject({
      errorType: 'Runtime.Unsupported',
      errorMessage: expect.stringContaining('Docker'),
    });
    expect(await test.host.check(fn)).toEqual({ unsupported: expect.stringContaining('Docker') });
  });
});

describe('a time-out', () => {
  it('is to the millisecond, tells it as AWS does and ends the environment', async () => {
    const clock = new ManualClock(Date.UTC(2024, 0, 2, 3, 4, 5));
    await using timed = await TestHost.start({ clock });
    const fn = timed.program(
      "await serve(() => { console.log('begun'); return new Promise(() => setInterval(() => {}, 1e6)); });",
      {
        timeout: 3_000,
      },
    );
    const outcome = timed.invoke(fn, {}, { requestId });
    let settled = false;
    void outcome.then(() => {
      settled = true;
    });
    await eventually(() => timed.host.state().busy === 1);
    let passed = 0;
    await eventually(async () => {
      await clock.advance(1);
      passed += 1;
      return timed.logged.some(({ message }) => message === 'begun\n');
    });
    await clock.advance(2_999 - passed);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled).toBe(false);
    await clock.advance(1);
    const { payload, functionError, logTail } = await outcome;
    expect(JSON.parse(String(payload))).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 3.00 seconds`,
    });
    expect(functionError).toBe('Unhandled');
    expect(String(logTail)).toMatch(
      /^START .*\nbegun\n2024-01-02T03:04:08.000Z 6f747a66\S+ Task timed out after 3.00 seconds\n\nEND RequestId: .*\nREPORT RequestId: \S+\tDuration: 3000.00 ms\tBilled Duration: 3000 ms\tMemory Size: 256 MB\tMax Memory Used: [1-9]\d+ MB\tInit Duration: .*\tStatus: timeout\n$/,
    );
    await timed.environments(0);
  });

  it('of init begins another within the invocation', async () => {
    const clock = new ManualClock();
    await using timed = await TestHost.start({ clock });
    const fn = timed.program(
      "console.log('init'); if (process.env.SLOW) await new Promise(() => setInterval(() => {}, 1e6)); await serve(() => 1);",
      {
        timeout: 5_000,
        environment: { SLOW: '1' },
      },
    );
    const outcome = timed.invoke(fn, {}, { requestId: randomUUID() });
    const seen = (count: number) =>
      eventually(async () => {
        await clock.advance(1); // log events wait for others for a moment
        return timed.logged.filter(({ message }) => message === 'init\n').length >= count;
      });
    await seen(1);
    await clock.advance(10_000);
    await seen(2);
    await clock.advance(5_000);
    expect(JSON.parse(String((await outcome).payload))).toMatchObject({ errorType: 'Sandbox.Timedout' });
    await clock.advance(100);
    await timed.log(/INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n/);
  });
});
