import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DurableHandler, type DurableServer, fail, pending, startDurable, succeed } from './support.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

let it: DurableServer;

beforeEach(async () => {
  it = await startDurable();
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
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

  const result = async (arn: string) => JSON.parse((await it.execution(arn)).Result!) as unknown;

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
    expect((await it.events(arn, 'ChainedInvokeStarted'))[0]!.ChainedInvokeStartedDetails).toEqual({
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
    expect((await it.events(arn, 'ChainedInvokeStarted'))[0]!.ChainedInvokeStartedDetails).toMatchObject({
      DurableExecutionArn: child!.DurableExecutionArn,
    });
    expect((await it.execution(arn)).Status).toBe('RUNNING');
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
