import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DurableServer, type EventOperation, pending, startDurable, succeed } from './support.ts';

let it: DurableServer;

beforeEach(async () => {
  it = await startDurable();
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

describe('a step', () => {
  test('is ready to be tried again when its delay is over, with the error and the state that it left', async () => {
    const seen: (EventOperation | undefined)[] = [];
    await it.createDurable('worker', async (invocation) => {
      const step = invocation.operation('s');
      seen.push(step);
      if (!step) {
        await invocation.checkpoint({ Id: 's', Type: 'STEP', Action: 'START' });
        const { NewExecutionState } = await invocation.checkpoint({
          Id: 's',
          Type: 'STEP',
          Action: 'RETRY',
          Error: { ErrorType: 'Flaky', ErrorMessage: 'once' },
          StepOptions: { NextAttemptDelaySeconds: 5 },
        });
        expect(NewExecutionState!.Operations).toMatchObject([
          {
            Status: 'PENDING',
            StepDetails: { Attempt: 1, NextAttemptTimestamp: new Date(it.clock.now() + 5000) },
          },
        ]);
        return pending;
      }
      await invocation.checkpoint(
        { Id: 's', Type: 'STEP', Action: 'START' },
        { Id: 's', Type: 'STEP', Action: 'SUCCEED', Payload: '"done"' },
      );
      return succeed();
    });
    const arn = await it.start('worker');
    await it.advance(4999);
    expect(seen).toHaveLength(1);
    await it.advance(1);
    expect(seen[1]).toMatchObject({
      Status: 'READY',
      StepDetails: { Attempt: 1, Error: { ErrorType: 'Flaky' } },
    });
    expect(seen[1]!.StepDetails).not.toHaveProperty('NextAttemptTimestamp');
    expect(await it.execution(arn)).toMatchObject({ Status: 'SUCCEEDED' });
    expect((await it.events(arn, 'StepFailed'))[0]!.StepFailedDetails).toEqual({
      Error: { Payload: { ErrorType: 'Flaky', ErrorMessage: 'once' }, Truncated: false },
      RetryDetails: { CurrentAttempt: 1, NextAttemptDelaySeconds: 5 },
    });
    expect((await it.events(arn, 'StepSucceeded'))[0]!.StepSucceededDetails).toEqual({
      Result: { Payload: '"done"', Truncated: false },
      RetryDetails: { CurrentAttempt: 2 },
    });
  });
});

describe('a wait', () => {
  test('that is over while its function runs is told with the next checkpoint, and no other invocation', async () => {
    let over = false;
    await it.createDurable('worker', async (invocation) => {
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 1 },
      });
      await it.clock.advance(1000);
      const { NewExecutionState } = await invocation.checkpoint();
      over = NewExecutionState!.Operations![0]!.Status === 'SUCCEEDED';
      return succeed();
    });
    await it.start('worker');
    expect(over).toBe(true);
    expect(it.host.invocations).toHaveLength(1);
  });

  test('that is over when its function has just stopped waiting is not lost', async () => {
    await it.createDurable('worker', async (invocation) => {
      if (invocation.operation('w')) return succeed('after');
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 1 },
      });
      await it.clock.advance(1000);
      return pending;
    });
    const arn = await it.start('worker');
    expect(await it.execution(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"after"' });
  });

  test('can be cancelled', async () => {
    await it.createDurable('worker', async (invocation) => {
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 9 },
      });
      await invocation.checkpoint({ Id: 'w', Type: 'WAIT', Action: 'CANCEL' });
      return succeed();
    });
    const arn = await it.start('worker');
    expect(await it.history(arn)).toContain('WaitCancelled');
    await it.advance(9000);
    expect(await it.history(arn)).not.toContain('WaitSucceeded');
  });
});

describe('a context', () => {
  test('hides what happened in it once it has ended, unless it asks for that', async () => {
    for (const ReplayChildren of [false, true]) {
      const name = `worker-${ReplayChildren}`;
      let shown: string[] = [];
      await it.createDurable(name, async (invocation) => {
        shown = invocation.event.InitialExecutionState.Operations.map(({ Id }) => Id);
        if (invocation.operation('w')) return succeed();
        await invocation.checkpoint(
          { Id: 'outer', Type: 'CONTEXT', Action: 'START' },
          { Id: 'inner', ParentId: 'outer', Type: 'CONTEXT', Action: 'START' },
          { Id: 'step', ParentId: 'inner', Type: 'STEP', Action: 'SUCCEED', Payload: '1' },
          { Id: 'inner', ParentId: 'outer', Type: 'CONTEXT', Action: 'SUCCEED', Payload: '1' },
        );
        await invocation.checkpoint({
          Id: 'outer',
          Type: 'CONTEXT',
          Action: 'SUCCEED',
          Payload: '2',
          ContextOptions: { ReplayChildren },
        });
        await invocation.checkpoint({
          Id: 'w',
          Type: 'WAIT',
          Action: 'START',
          WaitOptions: { WaitSeconds: 1 },
        });
        return pending;
      });
      await it.start(name);
      await it.advance(1000);
      expect(shown.slice(1)).toEqual(ReplayChildren ? ['outer', 'inner', 'w'] : ['outer', 'w']);
    }
  });

  test('fails with an error', async () => {
    await it.createDurable('worker', async (invocation) => {
      await invocation.checkpoint(
        { Id: 'x', Type: 'CONTEXT', Action: 'START', SubType: 'Map', Name: 'all' },
        { Id: 'x', Type: 'CONTEXT', Action: 'FAIL', Error: { ErrorMessage: 'no' } },
      );
      return succeed();
    });
    const [failed] = await it.events(await it.start('worker'), 'ContextFailed');
    expect(failed).toMatchObject({
      Id: 'x',
      Name: 'all',
      SubType: 'Map',
      ContextFailedDetails: { Error: { Payload: { ErrorMessage: 'no' } } },
    });
  });
});

describe('an end that is told with a checkpoint', () => {
  test('is the end, with a result that need not fit into an answer', async () => {
    let token: string | undefined = 'not asked yet';
    await it.createDurable('worker', async (invocation) => {
      const end = await invocation.checkpoint({
        Id: 'e',
        Type: 'EXECUTION',
        Action: 'SUCCEED',
        Payload: '"all"',
      });
      token = end.CheckpointToken;
      return { Status: 'SUCCEEDED', Result: '' };
    });
    const arn = await it.start('worker');
    expect(token).toBeUndefined();
    expect(await it.execution(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"all"' });
    expect((await it.history(arn)).filter((type) => type === 'ExecutionSucceeded')).toHaveLength(1);
  });
});
