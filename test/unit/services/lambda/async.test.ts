import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { Throttled } from '../../../../src/execution/function-host.ts';
import type { JournalEntry } from '../../../../src/journal/journal.ts';
import type { FakeHost } from '../../../support/aws/fake-host.ts';
import { type LambdaServer, startLambda } from './support.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const MINUTE = 60_000;

let it: LambdaServer;
let entries: JournalEntry[];

beforeEach(async () => {
  it = await startLambda();
  entries = [];
  it.server.dependencies.journal.subscribe((entry) => entries.push(entry));
});

afterEach(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const FAILURE = {
  payload: Buffer.from('{"errorMessage":"no","errorType":"Error"}'),
  functionError: 'Unhandled' as const,
};

function fail(host: FakeHost): void {
  host.answer = () => FAILURE;
}

async function send(FunctionName: string, payload: unknown = {}): Promise<string> {
  const { StatusCode, $metadata } = await it.lambda.invoke({
    FunctionName,
    InvocationType: 'Event',
    Payload: JSON.stringify(payload),
  });
  expect(StatusCode).toBe(202);
  await it.clock.advance(0);
  return $metadata.requestId!;
}

const calls = () => it.host.invocations.map(({ fn: { name } }) => name);

describe('an event', () => {
  test('is delivered once, with the request id of its invocation', async () => {
    await it.create('worker');
    const requestId = await send('worker', { a: 1 });
    await it.clock.advance(30 * MINUTE);
    expect(it.host.invocations).toHaveLength(1);
    const { invocation } = it.host.invocations[0]!;
    expect(invocation).toMatchObject({ requestId, invokedFunctionArn: `${ARN}:worker` });
    expect(Buffer.from(invocation.payload).toString()).toBe('{"a":1}');
  });

  test('that fails is tried again after one and after two more minutes, and buried then', async () => {
    await it.create('failing', {
      DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
    });
    fail(it.host);
    const requestId = await send('failing', 'bad');
    expect(it.host.invocations).toHaveLength(1);
    await it.clock.advance(MINUTE - 1);
    expect(it.host.invocations).toHaveLength(1);
    await it.clock.advance(1);
    expect(it.host.invocations).toHaveLength(2);
    await it.clock.advance(2 * MINUTE - 1);
    expect(it.host.invocations).toHaveLength(2);
    await it.clock.advance(1);
    expect(it.host.invocations).toHaveLength(3);
    await it.clock.advance(60 * MINUTE);
    expect(it.host.invocations).toHaveLength(3);
    expect(new Set(it.host.invocations.map(({ invocation }) => invocation.requestId)).size).toBe(1);
    expect(entries.filter(({ type }) => type === 'lambda.dead-letter')).toMatchObject([
      {
        target: 'arn:aws:sqs:us-east-1:000000000000:dead',
        function: `${ARN}:failing`,
        body: '"bad"',
        attributes: { RequestID: requestId, ErrorCode: '200', ErrorMessage: 'no' },
      },
    ]);
  });

  test('for which there is no room waits, longer each time, and no attempt is lost', async () => {
    await it.create('busy');
    let tries = 0;
    it.host.answer = () => {
      tries++;
      if (tries <= 4) throw new Throttled('ConcurrentInvocationLimitExceeded');
      return FAILURE;
    };
    await send('busy');
    for (const [wait, expected] of [
      [1_000, 2],
      [2_000, 3],
      [4_000, 4],
      [8_000, 5],
      [MINUTE, 6],
      [2 * MINUTE, 7],
      [60 * MINUTE, 7],
    ] as const) {
      await it.clock.advance(wait - 1);
      expect(tries).toBe(expected - (expected === 7 && wait > 10 * MINUTE ? 0 : 1));
      await it.clock.advance(1);
      expect(tries).toBe(expected);
    }
  });

  test('that became too old is not tried any more', async () => {
    await it.create('late', {
      DeadLetterConfig: { TargetArn: 'arn:aws:sns:us-east-1:000000000000:dead' },
    });
    it.host.answer = () => {
      throw new Throttled('ReservedFunctionConcurrentInvocationLimitExceeded');
    };
    await send('late');
    await it.clock.advance(6 * 60 * MINUTE + 5 * MINUTE);
    const tried = it.host.invocations.length;
    expect(entries.filter(({ type }) => type === 'lambda.dead-letter')).toHaveLength(1);
    await it.clock.advance(60 * MINUTE);
    expect(it.host.invocations).toHaveLength(tried);
  });

  test('whose next attempt would come too late ends with the one before', async () => {
    await it.create('aging');
    const onFailure = 'arn:aws:sqs:us-east-1:000000000000:failures';
    await it.lambda.putFunctionEventInvokeConfig({
      FunctionName: 'aging',
      MaximumEventAgeInSeconds: 120,
      DestinationConfig: { OnFailure: { Destination: onFailure } },
    });
    fail(it.host);
    const requestId = await send('aging');
    await it.clock.advance(MINUTE);
    expect(it.host.invocations).toHaveLength(2);
    expect(entries.filter(({ type }) => type === 'lambda.destination')).toMatchObject([
      {
        target: onFailure,
        record: {
          requestContext: { requestId, condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: { errorMessage: 'no' },
        },
      },
    ]);
    await it.clock.advance(60 * MINUTE);
    expect(it.host.invocations).toHaveLength(2);
  });

  test('of a function without any concurrency is not tried at all', async () => {
    const DeadLetterConfig = { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' };
    await it.create('off', { DeadLetterConfig });
    await it.lambda.putFunctionEventInvokeConfig({
      FunctionName: 'off',
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failures' } },
    });
    await it.lambda.putFunctionConcurrency({ FunctionName: 'off', ReservedConcurrentExecutions: 0 });
    const requestId = await send('off', { a: 1 });
    expect(it.host.invocations).toEqual([]);
    const [sent] = entries.filter((entry) => entry.type === 'lambda.destination');
    expect(sent?.record).toEqual({
      version: '1.0',
      timestamp: expect.any(String),
      requestContext: {
        requestId,
        functionArn: `${ARN}:off:$LATEST`,
        condition: 'ZeroReservedConcurrency',
        approximateInvokeCount: 0,
      },
      requestPayload: { a: 1 },
    });
    const [buried] = entries.filter((entry) => entry.type === 'lambda.dead-letter');
    expect(buried?.attributes).toEqual({
      RequestID: requestId,
      ErrorMessage: 'Function not invoked. Function isconfigured with zero reserved concurrent executions',
    });
  });

  test('goes with its function', async () => {
    await it.create('deleted');
    fail(it.host);
    await send('deleted');
    await it.lambda.deleteFunction({ FunctionName: 'deleted' });
    await it.clock.advance(10 * MINUTE);
    expect(it.host.invocations).toHaveLength(1);
  });
});

describe('the result of an event', () => {
  const sink = `${ARN}:sink`;

  test('goes to the function that is its destination, with what led to it', async () => {
    await it.create('sink');
    await it.create('source');
    await it.lambda.putFunctionEventInvokeConfig({
      FunctionName: 'source',
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnSuccess: { Destination: sink },
        OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failures' },
      },
    });
    const requestId = await send('source', { a: 1 });
    await it.clock.advance(0);
    expect(calls()).toEqual(['source', 'sink']);
    expect(JSON.parse(Buffer.from(it.host.invocations[1]!.invocation.payload).toString())).toEqual({
      version: '1.0',
      timestamp: new Date(it.clock.now()).toISOString(),
      requestContext: {
        requestId,
        functionArn: `${ARN}:source:$LATEST`,
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { a: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { a: 1 },
    });
    fail(it.host);
    await send('source', { a: 2 });
    expect(entries.filter(({ type }) => type === 'lambda.destination')).toMatchObject([
      {
        target: 'arn:aws:sqs:us-east-1:000000000000:failures',
        function: `${ARN}:source`,
        record: {
          requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
          responseContext: { statusCode: 200, functionError: 'Unhandled' },
          responsePayload: { errorMessage: 'no', errorType: 'Error' },
        },
      },
    ]);
  });

  test('does not go in circles for ever', async () => {
    await it.create('ping');
    await it.create('pong');
    for (const [FunctionName, other] of [
      ['ping', 'pong'],
      ['pong', 'ping'],
    ] as const) {
      await it.lambda.putFunctionEventInvokeConfig({
        FunctionName,
        DestinationConfig: { OnSuccess: { Destination: `${ARN}:${other}` } },
      });
    }
    await send('ping');
    await it.clock.advance(MINUTE);
    for (let step = 0; step < 40; step++) await it.clock.advance(0);
    expect(it.host.invocations).toHaveLength(17);
    expect(entries.some((entry) => entry.type === 'notice' && entry.message.includes('circle'))).toBe(true);
  });
});

describe('of many events', () => {
  test('of one function ten are under way at once, and another function need not wait for them', async () => {
    await it.create('many');
    await it.create('few');
    const ends: (() => void)[] = [];
    it.host.answer = async () => {
      await new Promise<void>((resolve) => ends.push(resolve));
      return {};
    };
    for (let count = 0; count < 25; count++) await send('many');
    await send('few');
    expect(calls().filter((name) => name === 'many')).toHaveLength(10);
    expect(calls().filter((name) => name === 'few')).toHaveLength(1);
    while (ends.length > 0) {
      for (const end of ends.splice(0)) end();
      await it.clock.advance(0);
    }
    expect(calls()).toHaveLength(26);
  });

  test('all are delivered by the next daemon, with the attempts that they have left', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lambdock-events-'));
    const clock = new ManualClock();
    try {
      await using first = await startLambda({ folder, clock });
      await first.create('kept');
      fail(first.host);
      for (let count = 0; count < 20; count++) {
        await first.lambda.invoke({ FunctionName: 'kept', InvocationType: 'Event', Payload: `${count}` });
      }
      await clock.advance(0);
      expect(first.host.invocations).toHaveLength(20);
      // One that is under way when the daemon ends has not been tried.
      first.host.answer = () => new Promise(() => {});
      await first.lambda.invoke({ FunctionName: 'kept', InvocationType: 'Event', Payload: '20' });
      await first[Symbol.asyncDispose]();

      await using second = await startLambda({ folder, clock });
      fail(second.host);
      await second.server.resume();
      await clock.advance(60 * MINUTE);
      const tries = new Map<string, number>();
      for (const { invocation } of second.host.invocations) {
        const payload = Buffer.from(invocation.payload).toString();
        tries.set(payload, (tries.get(payload) ?? 0) + 1);
      }
      expect([...tries.values()].sort()).toEqual([...Array(20).fill(2), 3]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
