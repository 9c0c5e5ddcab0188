import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type DurableHandler,
  type DurableServer,
  type EventOperation,
  fail,
  pending,
  startDurable,
  succeed,
} from './support.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

let it: DurableServer;

beforeEach(async () => {
  it = await startDurable();
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const get = (DurableExecutionArn: string) => it.lambda.getDurableExecution({ DurableExecutionArn });

async function events(DurableExecutionArn: string, type: string) {
  const { Events } = await it.lambda.getDurableExecutionHistory({ DurableExecutionArn });
  return Events!.filter(({ EventType }) => EventType === type);
}

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
    expect(await get(arn)).toMatchObject({ Status: 'SUCCEEDED' });
    expect((await events(arn, 'StepFailed'))[0]!.StepFailedDetails).toEqual({
      Error: { Payload: { ErrorType: 'Flaky', ErrorMessage: 'once' }, Truncated: false },
      RetryDetails: { CurrentAttempt: 1, NextAttemptDelaySeconds: 5 },
    });
    expect((await events(arn, 'StepSucceeded'))[0]!.StepSucceededDetails).toEqual({
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
    expect(await get(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"after"' });
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

describe('a callback', () => {
  let callbackId: string;
  let answered: EventOperation | undefined;

  /** Waits for a callback with these time-outs. */
  const waiting =
    (TimeoutSeconds: number, HeartbeatTimeoutSeconds: number): DurableHandler =>
    async (invocation) => {
      answered = invocation.operation('c');
      if (answered && answered.Status !== 'STARTED') return succeed(answered.Status);
      const { NewExecutionState } = await invocation.checkpoint({
        Id: 'c',
        Type: 'CALLBACK',
        Action: 'START',
        CallbackOptions: { TimeoutSeconds, HeartbeatTimeoutSeconds },
      });
      callbackId = NewExecutionState!.Operations![0]!.CallbackDetails!.CallbackId!;
      return pending;
    };

  const CLOSED = {
    name: 'CallbackTimeoutException',
    message:
      'The callback ID token has either expired or the callback associated with the token has already been closed.',
  };

  test('has its execution go on when it is answered, once', async () => {
    await it.createDurable('worker', waiting(0, 0));
    const arn = await it.start('worker');
    const answer = { CallbackId: callbackId, Result: Buffer.from('{"yes":1}') };
    await it.lambda.sendDurableExecutionCallbackSuccess(answer);
    await it.advance(0);
    expect(answered!.CallbackDetails).toEqual({ CallbackId: callbackId, Result: '{"yes":1}' });
    expect(await get(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"SUCCEEDED"' });
    await expect(it.lambda.sendDurableExecutionCallbackSuccess(answer)).rejects.toMatchObject(CLOSED);
    expect((await events(arn, 'CallbackSucceeded'))[0]!.CallbackSucceededDetails).toEqual({
      Result: { Payload: '{"yes":1}', Truncated: false },
    });
  });

  test('fails with what it is answered', async () => {
    await it.createDurable('worker', waiting(0, 0));
    const arn = await it.start('worker');
    const error = { ErrorType: 'Refused', ErrorMessage: 'no', ErrorData: '{}', StackTrace: ['here'] };
    await it.lambda.sendDurableExecutionCallbackFailure({ CallbackId: callbackId, Error: error });
    await it.advance(0);
    expect(answered).toMatchObject({ Status: 'FAILED', CallbackDetails: { Error: error } });
    expect((await events(arn, 'CallbackFailed'))[0]!.CallbackFailedDetails).toEqual({
      Error: { Payload: error, Truncated: false },
    });
  });

  test('times out', async () => {
    await it.createDurable('worker', waiting(60, 0));
    const arn = await it.start('worker');
    await it.advance(59_999);
    expect((await get(arn)).Status).toBe('RUNNING');
    await it.advance(1);
    expect(answered).toMatchObject({
      Status: 'TIMED_OUT',
      CallbackDetails: { Error: { ErrorType: 'Callback.Timeout', ErrorMessage: 'Callback timed out' } },
    });
    const late = it.lambda.sendDurableExecutionCallbackHeartbeat({ CallbackId: callbackId });
    await expect(late).rejects.toMatchObject(CLOSED);
  });

  test('times out for want of a heartbeat, and not as long as there are some', async () => {
    await it.createDurable('worker', waiting(60, 10));
    const arn = await it.start('worker');
    for (let beat = 0; beat < 3; beat++) {
      await it.advance(9_000);
      await it.lambda.sendDurableExecutionCallbackHeartbeat({ CallbackId: callbackId });
    }
    await it.advance(9_999);
    expect((await get(arn)).Status).toBe('RUNNING');
    await it.advance(1);
    expect(answered).toMatchObject({
      Status: 'TIMED_OUT',
      CallbackDetails: { Error: { ErrorType: 'Callback.Heartbeat' } },
    });
    // A heartbeat is no news.
    expect(it.host.invocations).toHaveLength(2);
  });

  test('that was never there can not be answered', async () => {
    const answer = (CallbackId: string) => it.lambda.sendDurableExecutionCallbackSuccess({ CallbackId });
    await expect(answer('AAAA')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    const unknown = Buffer.from(JSON.stringify(['a', 'b'])).toString('base64');
    await expect(answer(unknown)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('of another account is not to be seen', async () => {
    await it.createDurable('worker', waiting(0, 0));
    const DurableExecutionArn = await it.start('worker');
    const other = it.as({ key: '111111111111' });
    await expect(other.sendDurableExecutionCallbackSuccess({ CallbackId: callbackId })).rejects.toMatchObject(
      { name: 'ResourceNotFoundException' },
    );
    await expect(other.getDurableExecution({ DurableExecutionArn })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
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
    const [failed] = await events(await it.start('worker'), 'ContextFailed');
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
    expect(await get(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"all"' });
    expect((await it.history(arn)).filter((type) => type === 'ExecutionSucceeded')).toHaveLength(1);
  });
});

describe('a chained invoke', () => {
  const chain =
    (FunctionName: string): DurableHandler =>
    async (invocation) => {
      const child = invocation.operation('i');
      if (child && child.Status !== 'STARTED') return succeed([child.Status, child.ChainedInvokeDetails]);
      const { NewExecutionState } = await invocation.checkpoint({
        Id: 'i',
        Type: 'CHAINED_INVOKE',
        Action: 'START',
        Payload: '{"n":1}',
        ChainedInvokeOptions: { FunctionName },
      });
      const [operation] = NewExecutionState!.Operations!;
      return operation!.Status === 'STARTED'
        ? pending
        : succeed([operation!.Status, operation!.ChainedInvokeDetails]);
    };

  const result = async (arn: string) => JSON.parse((await get(arn)).Result!) as unknown;

  test('has its result from a function', async () => {
    await it.create('plain');
    await it.createDurable('parent', chain('plain'));
    expect(await result(await it.start('parent'))).toEqual(['SUCCEEDED', { Result: '{"n":1}' }]);
  });

  test('fails with the error of a function', async () => {
    await it.create('plain');
    await it.createDurable('parent', chain(`${ARN}:plain`));
    const { answer } = it.host;
    it.host.answer = (asked) =>
      asked.fn.name === 'plain'
        ? { payload: Buffer.from('{"errorType":"Bad","errorMessage":"no"}'), functionError: 'Unhandled' }
        : answer(asked);
    const arn = await it.start('parent');
    expect(await result(arn)).toEqual(['FAILED', { Error: { ErrorType: 'Bad', ErrorMessage: 'no' } }]);
    expect((await events(arn, 'ChainedInvokeStarted'))[0]!.ChainedInvokeStartedDetails).toEqual({
      FunctionName: `${ARN}:plain`,
      Input: { Payload: '{"n":1}', Truncated: false },
      ExecutedVersion: '$LATEST',
    });
  });

  test('waits for the execution of a durable function', async () => {
    await it.createDurable('child', async (invocation) => {
      if (invocation.operation('w')) return succeed(invocation.input);
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 60 },
      });
      return pending;
    });
    await it.createDurable('parent', chain('child:$LATEST'));
    const arn = await it.start('parent');
    const [child] = (await it.lambda.listDurableExecutionsByFunction({ FunctionName: 'child' }))
      .DurableExecutions!;
    expect((await events(arn, 'ChainedInvokeStarted'))[0]!.ChainedInvokeStartedDetails).toMatchObject({
      DurableExecutionArn: child!.DurableExecutionArn,
    });
    expect((await get(arn)).Status).toBe('RUNNING');
    await it.advance(60_000);
    expect(await result(arn)).toEqual(['SUCCEEDED', { Result: '{"n":1}' }]);
  });

  test.each([
    ['FAILED', { ErrorType: 'Bad', ErrorMessage: 'no' }],
    ['STOPPED', { ErrorMessage: 'enough' }],
    [
      'TIMED_OUT',
      { ErrorType: 'ChainedInvoke.Timeout', ErrorMessage: 'CHAINED_INVOKE timed out after 30 seconds.' },
    ],
  ])('of an execution that is %s says so', async (status, error) => {
    await it.createDurable(
      'child',
      async (invocation) => {
        if (status === 'FAILED') return fail('Bad', 'no');
        await invocation.checkpoint({
          Id: 'w',
          Type: 'WAIT',
          Action: 'START',
          WaitOptions: { WaitSeconds: 99 },
        });
        return pending;
      },
      { DurableConfig: { ExecutionTimeout: 30 } },
    );
    await it.createDurable('parent', chain('child:$LATEST'));
    const arn = await it.start('parent');
    if (status === 'STOPPED') {
      const [child] = (await it.lambda.listDurableExecutionsByFunction({ FunctionName: 'child' }))
        .DurableExecutions!;
      await it.lambda.stopDurableExecution({ DurableExecutionArn: child!.DurableExecutionArn, Error: error });
    }
    await it.advance(30_000);
    expect(await result(arn)).toEqual([status, { Error: error }]);
  });

  test.each([
    ['nobody', 'ResourceNotFoundException', `Function not found: ${ARN}:nobody`],
    [
      'parent',
      'InvalidParameterValueException',
      'You cannot invoke a durable function using an unqualified ARN.',
    ],
  ])('of %s fails at once', async (name, ErrorType, ErrorMessage) => {
    await it.createDurable('parent', chain(name));
    const arn = await it.start('parent');
    expect(await result(arn)).toEqual(['FAILED', { Error: { ErrorType, ErrorMessage } }]);
    expect(it.host.invocations).toHaveLength(1);
  });

  test('fails when the durable function that it waits for is deleted', async () => {
    await it.createDurable('child', async (invocation) => {
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 99 },
      });
      return pending;
    });
    await it.createDurable('parent', chain('child:$LATEST'));
    const arn = await it.start('parent');
    await it.lambda.deleteFunction({ FunctionName: 'child' });
    await it.advance(0);
    expect(await result(arn)).toMatchObject([
      'FAILED',
      { Error: { ErrorType: 'ResourceNotFoundException' } },
    ]);
  });
});
