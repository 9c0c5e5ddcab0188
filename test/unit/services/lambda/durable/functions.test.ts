import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../../../src/journal/journal.ts';
import { functionInput } from '../support.ts';
import { type DurableHandler, type DurableServer, fail, pending, startDurable, succeed } from './support.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const INVALID = 'InvalidParameterValueException';

let it: DurableServer;

beforeEach(async () => {
  it = await startDurable();
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const echo: DurableHandler = (invocation) => succeed(invocation.input);
/** Waits for a minute. */
const slow: DurableHandler = async (invocation) => {
  if (invocation.operation('w')) return succeed(invocation.input);
  await invocation.checkpoint({ Id: 'w', Type: 'WAIT', Action: 'START', WaitOptions: { WaitSeconds: 60 } });
  return pending;
};

describe('a function', () => {
  test('is made durable when it is created, with a time-out, and never later', async () => {
    const create = (DurableConfig: object) =>
      it.lambda.createFunction(functionInput('worker', { DurableConfig }));
    await expect(create({ RetentionPeriodInDays: 7 })).rejects.toMatchObject({
      name: INVALID,
      message: 'You cannot create a function with a durable configuration without an executionTimeout',
    });
    expect((await create({ ExecutionTimeout: 60 })).DurableConfig).toEqual({
      ExecutionTimeout: 60,
      RetentionPeriodInDays: 14,
    });
    await it.advance(10);
    const changed = await it.lambda.updateFunctionConfiguration({
      FunctionName: 'worker',
      DurableConfig: { RetentionPeriodInDays: 3 },
    });
    expect(changed.DurableConfig).toEqual({ ExecutionTimeout: 60, RetentionPeriodInDays: 3 });
    await it.create('plain');
    const late = it.lambda.updateFunctionConfiguration({
      FunctionName: 'plain',
      DurableConfig: { ExecutionTimeout: 60 },
    });
    await expect(late).rejects.toMatchObject({ name: INVALID });
  });

  test('that is durable is invoked with a qualifier, and waited for no longer than 15 minutes', async () => {
    await it.createDurable('worker', echo);
    await expect(it.lambda.invoke({ FunctionName: 'worker' })).rejects.toMatchObject({
      name: INVALID,
      message: 'You cannot invoke a durable function using an unqualified ARN.',
    });
    const dry = { FunctionName: 'worker:$LATEST', InvocationType: 'DryRun' as const };
    expect((await it.lambda.invoke(dry)).StatusCode).toBe(204);
    await it.createDurable('long', echo, { DurableConfig: { ExecutionTimeout: 901 } });
    await expect(it.invoke('long')).rejects.toMatchObject({
      name: INVALID,
      message:
        'You cannot synchronously invoke a durable function with an executionTimeout greater than 15 minutes.',
    });
    expect(await it.start('long')).toContain(':function:long:$LATEST/durable-execution/');
    expect(it.host.invocations).toHaveLength(1);
  });

  test('that is not durable has no executions', async () => {
    await it.create('plain');
    const named = it.lambda.invoke({ FunctionName: 'plain', DurableExecutionName: 'x' });
    await expect(named).rejects.toMatchObject({ name: INVALID });
  });

  test('keeps the version of its execution when its alias moves on', async () => {
    await it.createDurable('worker', slow);
    const publish = () => it.lambda.publishVersion({ FunctionName: 'worker' });
    await publish();
    await it.lambda.createAlias({ FunctionName: 'worker', Name: 'live', FunctionVersion: '1' });
    await it.advance(10);
    const { DurableExecutionArn } = await it.lambda.invoke({
      FunctionName: 'worker:live',
      InvocationType: 'Event',
    });
    expect(DurableExecutionArn).toContain(`${ARN}:worker:1/durable-execution/`);
    await it.advance(0);
    await it.lambda.updateFunctionConfiguration({ FunctionName: 'worker', Description: 'new' });
    await it.advance(10);
    await publish();
    await it.lambda.updateAlias({ FunctionName: 'worker', Name: 'live', FunctionVersion: '2' });
    await it.advance(60_000);
    expect(
      it.host.invocations.map(({ fn, invocation }) => [fn.version, invocation.invokedFunctionArn]),
    ).toEqual([
      ['1', `${ARN}:worker:live`],
      ['1', `${ARN}:worker:live`],
    ]);
  });

  test('takes its executions with it when it is deleted', async () => {
    await it.createDurable('worker', slow);
    const waiting = it.invoke('worker');
    await it.arrived(() => it.host.invocations.length === 1);
    await it.lambda.deleteFunction({ FunctionName: 'worker' });
    expect((await waiting).FunctionError).toBe('Unhandled');
    await it.advance(60_000);
    expect(it.host.invocations).toHaveLength(1);
  });
});

describe('the name of an execution', () => {
  test('stands for one execution, whose answer everyone gets who asks for it with the same payload', async () => {
    await it.createDurable('worker', slow);
    const first = it.invoke('worker', { a: 1 }, 'once');
    await it.arrived(() => it.host.invocations.length === 1);
    const second = it.invoke('worker', { a: 1 }, 'once');
    const refusal = { name: 'DurableExecutionAlreadyStartedException', $metadata: { httpStatusCode: 409 } };
    await expect(it.invoke('worker', { a: 2 }, 'once')).rejects.toMatchObject(refusal);
    await it.advance(0);
    await it.advance(60_000);
    const [one, other] = await Promise.all([first, second]);
    expect(other.DurableExecutionArn).toBe(one.DurableExecutionArn);
    expect(other.Payload!.transformToString()).toBe('{"a":1}');
    const third = await it.invoke('worker', { a: 1 }, 'once');
    expect(third.Payload!.transformToString()).toBe('{"a":1}');
    await expect(it.invoke('worker', { a: 2 }, 'once')).rejects.toMatchObject(refusal);
    expect(it.host.invocations).toHaveLength(2);
  });
});

describe('the executions of a function', () => {
  test('are listed newest first, in pages, by name, status, time and version', async () => {
    await it.createDurable('worker', (invocation) =>
      invocation.input === 3 ? fail('Bad', 'no') : succeed(),
    );
    const names = ['a', 'b', 'c', 'd', 'e'];
    const times: Date[] = [];
    for (const [index, name] of names.entries()) {
      times.push(new Date(it.clock.now()));
      await it.start('worker', index, name);
      await it.advance(1000);
    }
    const list = async (more: object) => {
      const input = { FunctionName: 'worker', ...more };
      const { DurableExecutions, NextMarker } = await it.lambda.listDurableExecutionsByFunction(input);
      return { names: DurableExecutions!.map((each) => each.DurableExecutionName).join(''), NextMarker };
    };
    expect((await list({})).names).toBe('edcba');
    expect((await list({ ReverseOrder: true })).names).toBe('abcde');
    expect((await list({ Statuses: ['FAILED'] })).names).toBe('d');
    expect((await list({ DurableExecutionName: 'b' })).names).toBe('b');
    expect((await list({ StartedAfter: times[1], StartedBefore: times[4] })).names).toBe('dc');
    expect((await list({ Qualifier: '$LATEST' })).names).toBe('edcba');
    const page = await list({ MaxItems: 2 });
    expect(page.names).toBe('ed');
    const next = await list({ MaxItems: 2, Marker: page.NextMarker });
    expect(next.names).toBe('cb');
    expect(await list({ MaxItems: 2, Marker: next.NextMarker })).toEqual({
      names: 'a',
      NextMarker: undefined,
    });
    const ofAnotherList = Buffer.from('[1]').toString('base64');
    for (const Marker of ['nonsense', ofAnotherList])
      await expect(list({ Marker })).rejects.toMatchObject({ name: INVALID });
  });

  test('have a history that comes in pages, both ways, and without data', async () => {
    await it.createDurable('worker', slow);
    const DurableExecutionArn = await it.start('worker', { secret: 1 });
    await it.advance(60_000);
    const page = async (more: object) => {
      const answer = await it.lambda.getDurableExecutionHistory({ DurableExecutionArn, ...more });
      return { ids: answer.Events!.map(({ EventId }) => EventId), ...answer };
    };
    expect((await page({})).ids).toEqual([1, 2, 3, 4, 5, 6]);
    const last = await page({ ReverseOrder: true, MaxItems: 4 });
    expect(last.ids).toEqual([6, 5, 4, 3]);
    const first = await page({ ReverseOrder: true, MaxItems: 4, Marker: last.NextMarker });
    expect(first.ids).toEqual([2, 1]);
    expect(first.NextMarker).toBeUndefined();
    const [started] = (await page({ IncludeExecutionData: false })).Events!;
    expect(started!.ExecutionStartedDetails).toEqual({ Input: { Truncated: true }, ExecutionTimeout: 600 });
    const bare = await it.lambda.getDurableExecution({ DurableExecutionArn, IncludeExecutionData: false });
    expect(bare.InputPayload).toBeUndefined();
    expect(bare.Result).toBeUndefined();
    expect(bare.ExecutionDataIncluded).toBe(false);
  });
});

describe('other ways to invoke a durable function', () => {
  test('are events of the old call, and streams', async () => {
    await it.createDurable('worker', echo);
    const { Status } = await it.lambda.invokeAsync({ FunctionName: 'worker:$LATEST', InvokeArgs: '{"a":1}' });
    expect(Status).toBe(202);
    await it.advance(0);
    await it.advance(0);
    const { EventStream } = await it.lambda.invokeWithResponseStream({
      FunctionName: 'worker:$LATEST',
      Payload: '{"b":2}',
    });
    let text = '';
    for await (const { PayloadChunk } of EventStream!)
      text += Buffer.from(PayloadChunk?.Payload ?? []).toString();
    expect(text).toBe('{"b":2}');
    const { DurableExecutions } = await it.lambda.listDurableExecutionsByFunction({ FunctionName: 'worker' });
    expect(DurableExecutions!.map(({ Status: status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('are the results of other functions', async () => {
    await it.createDurable('worker', echo);
    await it.create('first');
    await it.lambda.putFunctionEventInvokeConfig({
      FunctionName: 'first',
      DestinationConfig: { OnSuccess: { Destination: `${ARN}:worker:$LATEST` } },
    });
    await it.lambda.invoke({ FunctionName: 'first', InvocationType: 'Event', Payload: '{"a":1}' });
    await it.advance(0);
    const [found] = (await it.lambda.listDurableExecutionsByFunction({ FunctionName: 'worker' }))
      .DurableExecutions!;
    const { InputPayload } = await it.lambda.getDurableExecution(found!);
    expect(JSON.parse(InputPayload!)).toMatchObject({ responsePayload: { a: 1 } });
  });

  test('that fail as events go to the dead letter queue', async () => {
    const entries: JournalEntry[] = [];
    it.server.dependencies.journal.subscribe((entry) => entries.push(entry));
    const TargetArn = 'arn:aws:sqs:us-east-1:000000000000:dead';
    await it.createDurable('worker', () => fail('Bad', 'no'), { DeadLetterConfig: { TargetArn } });
    await it.start('worker', { a: 1 });
    await it.invoke('worker', { b: 2 });
    const letters = entries.filter(({ type }) => type === 'lambda.dead-letter');
    expect(letters).toMatchObject([
      { target: TargetArn, body: '{"a":1}', attributes: { ErrorMessage: 'no' } },
    ]);
  });
});

describe('a daemon that is started anew', () => {
  test('has executions go on: those that wait, and those whose invocation was cut off', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'durable-'));
    const before = await startDurable({ folder });
    await before.createDurable('waits', slow);
    await before.create('plain');
    await before.createDurable('chains', async (invocation) => {
      await invocation.checkpoint({
        Id: 'i',
        Type: 'CHAINED_INVOKE',
        Action: 'START',
        ChainedInvokeOptions: { FunctionName: 'plain' },
      });
      return pending;
    });
    const { answer } = before.host;
    before.host.answer = (asked) => (asked.fn.name === 'plain' ? new Promise(() => {}) : answer(asked));
    const waits = await before.start('waits', { a: 1 });
    const chains = await before.start('chains');
    await before.createDurable('cut', () => new Promise(() => {}));
    const cut = (await before.lambda.invoke({ FunctionName: 'cut:$LATEST', InvocationType: 'Event' }))
      .DurableExecutionArn!;
    await before.arrived(() => before.host.invocations.some(({ fn }) => fn.name === 'cut'));
    const time = before.clock.now();
    await before[Symbol.asyncDispose]();

    const after = await startDurable({ folder });
    await after.clock.advance(time - after.clock.now());
    after.handlers.set('waits', slow);
    after.handlers.set('cut', () => succeed('again'));
    after.handlers.set('chains', (invocation) => succeed(invocation.operation('i')!.Status));
    await after.server.resume();
    await after.advance(0);
    await after.advance(59_000);
    const status = async (DurableExecutionArn: string) =>
      (await after.lambda.getDurableExecution({ DurableExecutionArn })).Status;
    expect(await status(waits)).toBe('RUNNING');
    expect(await status(cut)).toBe('SUCCEEDED');
    expect(await status(chains)).toBe('SUCCEEDED');
    await after.advance(1000);
    expect(await status(waits)).toBe('SUCCEEDED');
    expect(after.server.errors).toEqual([]);
    await after[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
});
