import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type DurableInvocation,
  type DurableServer,
  fail,
  pending,
  startDurable,
  succeed,
} from './support.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const MINUTE = 60_000;

let it: DurableServer;

beforeEach(async () => {
  it = await startDurable();
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const get = (DurableExecutionArn: string) => it.lambda.getDurableExecution({ DurableExecutionArn });

/** A step, a wait of a minute, and a second step. */
async function stepWaitStep(invocation: DurableInvocation): Promise<unknown> {
  if (!invocation.operation('w')) {
    await invocation.checkpoint(
      { Id: 'a', Type: 'STEP', Action: 'START', Name: 'first' },
      { Id: 'a', Type: 'STEP', Action: 'SUCCEED', Name: 'first', Payload: '1' },
      { Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } },
    );
    return pending;
  }
  const { Result } = invocation.operation('a')!.StepDetails!;
  await invocation.checkpoint({ Id: 'b', Type: 'STEP', Action: 'SUCCEED', Payload: '2' });
  return succeed([JSON.parse(Result!), 2, invocation.input]);
}

describe('an execution', () => {
  test('goes on where it was when its wait is over, and answers who waits for it', async () => {
    await it.createDurable('worker', stepWaitStep);
    const answer = it.invoke('worker', { a: 1 }, 'mine');
    await it.arrived(() => it.host.invocations.length === 1);
    const arn = (await it.lambda.listDurableExecutionsByFunction({ FunctionName: 'worker' }))
      .DurableExecutions![0]!.DurableExecutionArn!;
    await it.arrived(async () => (await it.history(arn)).includes('InvocationCompleted'));
    expect((await get(arn)).Status).toBe('RUNNING');
    await it.advance(MINUTE - 1);
    expect(it.host.invocations).toHaveLength(1);
    await it.advance(1);
    const { StatusCode, Payload, FunctionError, ExecutedVersion, DurableExecutionArn } = await answer;
    expect({ StatusCode, FunctionError, ExecutedVersion, DurableExecutionArn }).toEqual({
      StatusCode: 200,
      FunctionError: undefined,
      ExecutedVersion: '$LATEST',
      DurableExecutionArn: arn,
    });
    expect(Payload!.transformToString()).toBe('[1,2,{"a":1}]');
    expect(arn.startsWith(`${ARN}:worker:$LATEST/durable-execution/mine/`)).toBe(true);
    expect(await it.history(arn)).toEqual([
      'ExecutionStarted',
      'StepStarted',
      'StepSucceeded',
      'WaitStarted',
      'InvocationCompleted',
      'WaitSucceeded',
      'StepSucceeded',
      'InvocationCompleted',
      'ExecutionSucceeded',
    ]);
    const started = (await get(arn)).StartTimestamp!.getTime();
    expect(await get(arn)).toMatchObject({
      DurableExecutionName: 'mine',
      FunctionArn: `${ARN}:worker:$LATEST`,
      InputPayload: '{"a":1}',
      Result: '[1,2,{"a":1}]',
      Status: 'SUCCEEDED',
      EndTimestamp: new Date(started + MINUTE),
      Version: '$LATEST',
      ExecutionDataIncluded: true,
      DurableConfig: { ExecutionTimeout: 600, RetentionPeriodInDays: 14 },
    });
  });

  test('is told what has changed since its function last knew', async () => {
    await it.createDurable('worker', stepWaitStep);
    await it.start('worker');
    await it.advance(MINUTE);
    const [first, second] = it.host.invocations.map(
      ({ invocation }) =>
        JSON.parse(Buffer.from(invocation.payload).toString()) as DurableInvocation['event'],
    );
    expect(first!.UpdatedOperationIds).toEqual([]);
    expect(second!.UpdatedOperationIds).toEqual(['w']);
    expect(second!.InitialExecutionState.Operations.map(({ Type, Status }) => [Type, Status])).toEqual([
      ['EXECUTION', 'STARTED'],
      ['STEP', 'SUCCEEDED'],
      ['WAIT', 'SUCCEEDED'],
    ]);
  });

  test('fails with the error that its function answers', async () => {
    await it.createDurable('worker', () => fail('BadThing', 'no'));
    const { FunctionError, Payload, DurableExecutionArn } = await it.invoke('worker');
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(Payload!.transformToString())).toEqual({ errorType: 'BadThing', errorMessage: 'no' });
    expect(await get(DurableExecutionArn!)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorType: 'BadThing', ErrorMessage: 'no' },
    });
  });

  test('is invoked again, after longer and longer, when its invocation breaks off, and fails after nine in a row', async () => {
    const times: number[] = [];
    await it.createDurable('worker', () => {
      times.push(it.clock.now());
      throw new TypeError('broken');
    });
    const arn = await it.start('worker');
    for (let second = 0; second < 300; second++) await it.advance(1000);
    expect(times.map((time) => (time - times[0]!) / 1000)).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255]);
    expect(await get(arn)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorType: 'TypeError', ErrorMessage: 'broken' },
    });
  });

  test('times out, whatever it is waiting for', async () => {
    await it.createDurable('worker', stepWaitStep, { DurableConfig: { ExecutionTimeout: 30 } });
    const arn = await it.start('worker');
    await it.advance(30_000);
    expect(await get(arn)).toMatchObject({
      Status: 'TIMED_OUT',
      Error: { ErrorMessage: 'Execution timed out after 30 seconds.' },
    });
    await it.advance(MINUTE);
    expect(it.host.invocations).toHaveLength(1);
    expect((await it.history(arn)).at(-1)).toBe('ExecutionTimedOut');
  });

  test('is stopped, once', async () => {
    await it.createDurable('worker', stepWaitStep);
    const arn = await it.start('worker');
    const stop = { DurableExecutionArn: arn, Error: { ErrorType: 'Changed', ErrorMessage: 'my mind' } };
    const { StopTimestamp } = await it.lambda.stopDurableExecution(stop);
    expect(await get(arn)).toMatchObject({
      Status: 'STOPPED',
      Error: stop.Error,
      EndTimestamp: StopTimestamp,
    });
    await it.advance(MINUTE);
    expect(it.host.invocations).toHaveLength(1);
    expect((await it.lambda.stopDurableExecution(stop)).StopTimestamp).toEqual(StopTimestamp);
    expect((await it.history(arn)).at(-1)).toBe('ExecutionStopped');
  });

  test('is forgotten when its retention is over', async () => {
    await it.createDurable('worker', () => succeed(1), {
      DurableConfig: { ExecutionTimeout: 60, RetentionPeriodInDays: 1 },
    });
    const arn = await it.start('worker');
    await it.advance(24 * 60 * MINUTE - 1);
    expect((await get(arn)).Status).toBe('SUCCEEDED');
    await it.advance(1);
    await expect(get(arn)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Durable Execution does not exist',
    });
  });
});
