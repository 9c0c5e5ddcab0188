import type { OperationUpdate } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DurableInvocation, type DurableServer, startDurable, succeed } from './support.ts';

let it: DurableServer;
/** What an invocation that waits for `done` may be asked to do. */
let running: DurableInvocation;
let done: () => void;
let ended: Promise<unknown>;

beforeEach(async () => {
  it = await startDurable();
  await it.createDurable('worker', async (invocation) => {
    running = invocation;
    await new Promise<void>((resolve) => {
      done = resolve;
    });
    return succeed();
  });
  ended = it.invoke('worker');
  await it.arrived(() => it.host.invocations.length === 1);
});

afterEach(async () => {
  done();
  await ended;
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const step = (Action: OperationUpdate['Action'], more: Partial<OperationUpdate> = {}): OperationUpdate => ({
  Id: 's',
  Type: 'STEP',
  Action,
  ...more,
});
const wait = (Action: OperationUpdate['Action'], more: Partial<OperationUpdate> = {}): OperationUpdate => ({
  Id: 'w',
  Type: 'WAIT',
  Action,
  WaitOptions: { WaitSeconds: 9 },
  ...more,
});
const end: OperationUpdate = { Id: 'e', Type: 'EXECUTION', Action: 'SUCCEED' };

describe('a checkpoint is refused', () => {
  test.each<[string, OperationUpdate[], OperationUpdate[]]>([
    ['Cannot start a WAIT operation that already exists.', [wait('START')], [wait('START')]],
    ['Invalid current STEP state to start.', [step('START')], [step('START')]],
    ['Invalid current STEP state to close.', [step('SUCCEED')], [step('FAIL')]],
    [
      'Invalid current STEP state to re-attempt.',
      [step('FAIL')],
      [step('RETRY', { StepOptions: { NextAttemptDelaySeconds: 1 } })],
    ],
    ['Invalid StepOptions for the given action.', [], [step('RETRY')]],
    [
      'Cannot provide both error and payload to RETRY a STEP.',
      [],
      [step('RETRY', { StepOptions: { NextAttemptDelaySeconds: 1 }, Payload: '1', Error: {} })],
    ],
    ['Cannot provide a Payload for FAIL action.', [], [step('FAIL', { Payload: '1' })]],
    ['Cannot provide an Error for SUCCEED action.', [], [step('SUCCEED', { Error: {} })]],
    ['Invalid action for the given operation type.', [], [step('CANCEL')]],
    ['Inconsistent operation type.', [step('START')], [wait('CANCEL', { Id: 's' })]],
    ['Inconsistent operation name.', [step('START', { Name: 'a' })], [step('SUCCEED', { Name: 'b' })]],
    [
      'Inconsistent operation subtype.',
      [step('START', { SubType: 'a' })],
      [step('SUCCEED', { SubType: 'b' })],
    ],
    ['Invalid parent operation id.', [], [step('START', { ParentId: 'nobody' })]],
    ['Invalid parent operation id.', [step('START')], [wait('START', { ParentId: 's' })]],
    ['Cannot cancel a WAIT that does not exist or has already completed.', [], [wait('CANCEL')]],
    ['Cannot checkpoint multiple operations with the same ID.', [], [wait('START'), wait('CANCEL')]],
    ['Cannot checkpoint multiple EXECUTION updates.', [], [end, { ...end, Id: 'f' }]],
    ['EXECUTION checkpoint must be the last update.', [], [end, step('START')]],
    [
      'Update for CHAINED_INVOKE operation requires ChainedInvokeOptions.',
      [],
      [{ Id: 'i', Type: 'CHAINED_INVOKE', Action: 'START' }],
    ],
    [
      'Cannot start a CHAINED_INVOKE on a function in another region.',
      [],
      [
        {
          Id: 'i',
          Type: 'CHAINED_INVOKE',
          Action: 'START',
          ChainedInvokeOptions: { FunctionName: 'arn:aws:lambda:eu-west-1:000000000000:function:a:1' },
        },
      ],
    ],
    [
      'Cannot start a CHAINED_INVOKE on a function in another account.',
      [],
      [
        {
          Id: 'i',
          Type: 'CHAINED_INVOKE',
          Action: 'START',
          ChainedInvokeOptions: { FunctionName: '111111111111:function:a:1' },
        },
      ],
    ],
    [
      'STEP output payload size must be less than or equal to 1048576 bytes.',
      [],
      [step('SUCCEED', { Payload: 'x'.repeat(1_048_577) })],
    ],
  ])('%s', async (message, before, updates) => {
    if (before.length > 0) await running.checkpoint(...before);
    const token = running.token;
    const refused = running.checkpoint(step('START', { Id: 'other' }), ...updates);
    await expect(refused).rejects.toMatchObject({ name: 'InvalidParameterValueException', message });
    // Nothing of it was kept, and the token is still good.
    expect(running.token).toBe(token);
    const { NewExecutionState } = await running.checkpoint();
    expect(NewExecutionState!.Operations).toEqual([]);
  });

  test('when it is not the next one of the invocation that is under way', async () => {
    const first = running.token;
    await running.checkpoint(step('START'));
    const refusal = { name: 'InvalidParameterValueException', message: 'Invalid checkpoint token' };
    for (const CheckpointToken of [first, 'AAAA', Buffer.from('["x",1,0]').toString('base64')]) {
      const refused = it.lambda.checkpointDurableExecution({
        DurableExecutionArn: running.arn,
        CheckpointToken,
      });
      await expect(refused).rejects.toMatchObject(refusal);
    }
    const token = running.token;
    done();
    await ended;
    await expect(running.checkpoint(step('SUCCEED'))).rejects.toMatchObject(refusal);
    const state = it.lambda.getDurableExecutionState({
      DurableExecutionArn: running.arn,
      CheckpointToken: token,
    });
    await expect(state).rejects.toMatchObject(refusal);
  });
});

describe('a checkpoint', () => {
  test('that is sent again with its client token is taken once, and answered the same', async () => {
    const request = {
      DurableExecutionArn: running.arn,
      CheckpointToken: running.token,
      ClientToken: 'again',
      Updates: [step('START')],
    };
    const first = await it.lambda.checkpointDurableExecution(request);
    const second = await it.lambda.checkpointDurableExecution(request);
    expect(second).toMatchObject({
      CheckpointToken: first.CheckpointToken,
      NewExecutionState: first.NewExecutionState!,
    });
    expect(await it.history(running.arn)).toEqual(['ExecutionStarted', 'StepStarted']);
  });

  test('is answered with what has changed since the one before', async () => {
    const first = await running.checkpoint(step('START'), wait('START'));
    expect(first.NewExecutionState!.Operations!.map(({ Id }) => Id)).toEqual(['s', 'w']);
    const second = await running.checkpoint(step('SUCCEED', { Payload: '1' }));
    expect(second.NewExecutionState!.Operations).toMatchObject([
      { Id: 's', Status: 'SUCCEEDED', StepDetails: { Attempt: 1, Result: '1' } },
    ]);
  });
});

describe('the state of an execution', () => {
  test('comes in pages, the execution itself first', async () => {
    for (let batch = 0; batch < 3; batch++) {
      const updates = Array.from({ length: 90 }, (_, index) => step('START', { Id: `${batch}-${index}` }));
      await running.checkpoint(...updates);
    }
    const sizes: number[] = [];
    const ids: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await it.lambda.getDurableExecutionState({
        DurableExecutionArn: running.arn,
        CheckpointToken: running.token,
        Marker,
      });
      sizes.push(page.Operations!.length);
      ids.push(...page.Operations!.map(({ Id, Type }) => (Type === 'EXECUTION' ? Type : Id!)));
      Marker = page.NextMarker;
    } while (Marker);
    expect(sizes).toEqual([100, 100, 71]);
    expect(ids[0]).toBe('EXECUTION');
    expect(new Set(ids).size).toBe(271);
    expect(ids.at(-1)).toBe('2-89');
  });
});
