import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type DurableHandler,
  type DurableServer,
  type EventOperation,
  pending,
  startDurable,
  succeed,
} from './support.ts';

let it: DurableServer;

beforeEach(async () => {
  it = await startDurable();
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
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
    expect(await it.execution(arn)).toMatchObject({ Status: 'SUCCEEDED', Result: '"SUCCEEDED"' });
    await expect(it.lambda.sendDurableExecutionCallbackSuccess(answer)).rejects.toMatchObject(CLOSED);
    expect((await it.events(arn, 'CallbackSucceeded'))[0]!.CallbackSucceededDetails).toEqual({
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
    expect((await it.events(arn, 'CallbackFailed'))[0]!.CallbackFailedDetails).toEqual({
      Error: { Payload: error, Truncated: false },
    });
  });

  test('times out', async () => {
    await it.createDurable('worker', waiting(60, 0));
    const arn = await it.start('worker');
    await it.advance(59_999);
    expect((await it.execution(arn)).Status).toBe('RUNNING');
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
    expect((await it.execution(arn)).Status).toBe('RUNNING');
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
