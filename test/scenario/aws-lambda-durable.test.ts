import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CreateFunctionCommandInput,
  type Event,
  GetDurableExecutionCommand,
  type GetDurableExecutionCommandOutput,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  paginateGetDurableExecutionHistory,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestLambda } from '../support/aws/lambda-client.ts';
import { eventually, type RunningDaemon } from '../support/daemon.ts';
import { HAS_DURABLE_SDKS, nodeFunction, pythonFunction } from '../support/durable/functions.ts';
import { startLambdaDaemon } from '../support/lambda-backend.ts';
import { makeZip } from '../support/zip.ts';

let daemon: RunningDaemon;
let lambda: TestLambda;

/** A function of this handler, by its name with a qualifier. */
async function create(handler: string, more: Partial<CreateFunctionCommandInput> = {}): Promise<string> {
  const config = { DurableConfig: { ExecutionTimeout: 120 }, ...more };
  return `${await lambda.create(await nodeFunction(handler), config)}:$LATEST`;
}

async function invoke(FunctionName: string, payload: unknown = {}) {
  const { Payload, FunctionError, DurableExecutionArn } = await lambda.client.send(
    new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }),
  );
  const value = JSON.parse(Payload!.transformToString()) as unknown;
  return { value, error: FunctionError, arn: DurableExecutionArn! };
}

async function start(FunctionName: string, payload: unknown = {}): Promise<string> {
  const { DurableExecutionArn } = await lambda.client.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(payload) }),
  );
  return DurableExecutionArn!;
}

async function history(DurableExecutionArn: string): Promise<Event[]> {
  const events: Event[] = [];
  const pages = paginateGetDurableExecutionHistory(lambda, { DurableExecutionArn });
  for await (const { Events } of pages) events.push(...Events!);
  return events;
}

const count = async (arn: string, type: string, name?: string) =>
  (await history(arn)).filter((event) => event.EventType === type && (!name || event.Name === name)).length;

/** Once it is no longer running. */
function ended(DurableExecutionArn: string): Promise<GetDurableExecutionCommandOutput> {
  return eventually(async () => {
    const found = await lambda.client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
    return found.Status !== 'RUNNING' && found;
  });
}

/** The id of the callback that an execution waits for. */
function callbackOf(arn: string): Promise<string> {
  return eventually(async () => {
    const started = (await history(arn)).find(({ EventType }) => EventType === 'CallbackStarted');
    return started?.CallbackStartedDetails?.CallbackId;
  });
}

describe.runIf(HAS_DURABLE_SDKS)("a function with AWS's SDK for JavaScript", () => {
  beforeAll(async () => {
    daemon = await startLambdaDaemon();
    lambda = new TestLambda(daemon);
  });

  afterAll(() => daemon[Symbol.asyncDispose]());

  test('does each of its steps once, and lets its environment go while it waits', async () => {
    const name = await create(`async (event, context) => {
  const greeting = await context.step('greet', async () => 'hello ' + event.name);
  await context.wait('pause', { seconds: 2 });
  const shout = await context.step('shout', async () => greeting + '!');
  return { shout };
}`);
    const { value, error, arn } = await invoke(name, { name: 'you' });
    expect({ value, error }).toEqual({ value: { shout: 'hello you!' }, error: undefined });
    expect((await history(arn)).map(({ EventType, Name }) => `${EventType} ${Name ?? ''}`.trim())).toEqual([
      expect.stringMatching(/^ExecutionStarted /),
      'StepStarted greet',
      'StepSucceeded greet',
      'WaitStarted pause',
      'InvocationCompleted',
      'WaitSucceeded pause',
      'StepStarted shout',
      'StepSucceeded shout',
      'InvocationCompleted',
      expect.stringMatching(/^ExecutionSucceeded /),
    ]);
  });

  test('tries a step again until it succeeds, and fails with its last error', async () => {
    const name = await create(`async (event, context) => context.step('flaky', async ({ attempt }) => {
  if (attempt < event.good) throw new RangeError('attempt ' + attempt);
  return attempt;
}, { retryStrategy: (error, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 1 } }) })`);
    const good = await invoke(name, { good: 3 });
    expect(good.value).toBe(3);
    expect(await count(good.arn, 'StepFailed')).toBe(2);
    const bad = await invoke(name, { good: 9 });
    expect(bad.error).toBe('Unhandled');
    expect(bad.value).toMatchObject({ errorMessage: 'attempt 3' });
    expect(await ended(bad.arn)).toMatchObject({ Status: 'FAILED', Error: { ErrorMessage: 'attempt 3' } });
  });

  test('waits for callbacks, which succeed, fail, and time out', async () => {
    const name = await create(`async (event, context) => {
  try {
    return await context.waitForCallback('approval', async () => {}, event.options);
  } catch (error) {
    return { name: error.name, message: error.message };
  }
}`);
    const yes = await start(name);
    const CallbackId = await callbackOf(yes);
    await lambda.client.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    const Result = Buffer.from('"approved"');
    await lambda.client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }));
    expect(JSON.parse((await ended(yes)).Result!)).toContain('approved');
    const no = await start(name);
    const failure = { CallbackId: await callbackOf(no), Error: { ErrorType: 'No', ErrorMessage: 'refused' } };
    await lambda.client.send(new SendDurableExecutionCallbackFailureCommand(failure));
    expect(JSON.parse((await ended(no)).Result!)).toMatchObject({ message: 'refused' });
    const late = await start(name, { options: { timeout: { seconds: 1 } } });
    expect(JSON.parse((await ended(late)).Result!)).toMatchObject({ name: 'CallbackTimeoutError' });
    expect(await count(late, 'CallbackTimedOut')).toBe(1);
  });

  test('runs branches beside each other, and over lists', async () => {
    const name = await create(`async (event, context) => {
  const both = await context.parallel('both', [
    async (branch) => { await branch.wait({ seconds: 1 }); return branch.step(async () => 'a'); },
    async (branch) => branch.step(async () => 'b'),
  ]);
  const squares = await context.map('squares', event.numbers, async (each, number) => {
    await each.wait({ seconds: 1 });
    return each.step(async () => number * number);
  }, { maxConcurrency: 2 });
  return { both: both.getResults(), squares: squares.getResults() };
}`);
    const { value, error } = await invoke(name, { numbers: [1, 2, 3, 4, 5] });
    expect({ value, error }).toEqual({
      value: { both: ['a', 'b'], squares: [1, 4, 9, 16, 25] },
      error: undefined,
    });
  });

  test('gets a state of many operations in pages', async () => {
    const name = await create(`async (event, context) => {
  const all = await context.map('all', Array.from({ length: 400 }, (_, index) => index), async (each, number) => {
    await each.step(async () => number);
    await each.wait({ seconds: 1 });
    return number;
  });
  return all.getResults().length;
}`);
    const { value, arn } = await invoke(name);
    expect(value).toBe(400);
    expect(await count(arn, 'InvocationCompleted')).toBeGreaterThan(1);
  });

  test('looks after a condition until it is met', async () => {
    const name = await create(`async (event, context) => context.waitForCondition('ready',
  async (state) => ({ looked: state.looked + 1 }),
  { initialState: { looked: 0 }, waitStrategy: (state) => state.looked < 3
      ? { shouldContinue: true, delay: { seconds: 1 } } : { shouldContinue: false } })`);
    expect((await invoke(name)).value).toEqual({ looked: 3 });
  });

  test('has the results of a context replayed that are too large to be kept', async () => {
    const name = await create(`async (event, context) => {
  const large = await context.runInChildContext('large', async (child) => {
    const letter = await child.step('letter', async () => 'x');
    return letter.repeat(400_000);
  });
  await context.wait({ seconds: 1 });
  return large.length;
}`);
    const { value, arn } = await invoke(name);
    expect(value).toBe(400_000);
    expect(await count(arn, 'StepSucceeded', 'letter')).toBe(1);
  });

  test('invokes functions, durable and plain, and gets their errors', async () => {
    const plain = await lambda.create({
      'index.js': `exports.handler = async (event) => {
  if (event.fail) throw new TypeError('not that');
  return { plain: event.n };
};`,
    });
    const durable = await create(`async (event, context) => {
  await context.wait({ seconds: 1 });
  return { durable: event.n };
}`);
    const name = await create(`async ({ plain, durable }, context) => {
  const one = await context.invoke('one', plain, { n: 1 });
  const two = await context.invoke('two', durable, { n: 2 });
  const error = await context.invoke('three', plain, { fail: true }).catch((error) => error);
  const nobody = await context.invoke('four', 'nobody', {}).catch((error) => error);
  return { one, two, error: error.message, nobody: nobody.message };
}`);
    const { value, arn } = await invoke(name, { plain, durable });
    expect(value).toEqual({
      one: { plain: 1 },
      two: { durable: 2 },
      error: 'not that',
      nobody: expect.stringContaining('Function not found'),
    });
    expect(await count(arn, 'ChainedInvokeSucceeded')).toBe(2);
    expect(await count(arn, 'ChainedInvokeFailed')).toBe(2);
  });

  test('times out, and is stopped', async () => {
    const handler = `async (event, context) => { await context.wait({ hours: 1 }); }`;
    const short = await start(await create(handler, { DurableConfig: { ExecutionTimeout: 2 } }));
    const name = await create(handler);
    const long = await start(name);
    await eventually(async () => (await count(long, 'WaitStarted')) === 1);
    const reason = { ErrorType: 'Changed', ErrorMessage: 'my mind' };
    await lambda.client.send(new StopDurableExecutionCommand({ DurableExecutionArn: long, Error: reason }));
    expect(await ended(long)).toMatchObject({ Status: 'STOPPED', Error: reason });
    expect((await ended(short)).Status).toBe('TIMED_OUT');
    const list = new ListDurableExecutionsByFunctionCommand({ FunctionName: name, Statuses: ['STOPPED'] });
    expect((await lambda.client.send(list)).DurableExecutions).toMatchObject([{ DurableExecutionArn: long }]);
  });

  test('goes on from its last checkpoint after its process ended', async () => {
    const name = await create(`async (event, context) => {
  globalThis.life ??= Math.random();
  const first = await context.step('first', async () => globalThis.life);
  if (globalThis.life === first) process.exit(1);
  return 'another process';
}`);
    const { value, arn } = await invoke(name);
    expect(value).toBe('another process');
    expect(await count(arn, 'StepSucceeded', 'first')).toBe(1);
  });

  test('that is used wrongly says so', async () => {
    const name = await lambda.create(await nodeFunction('async () => 1'));
    expect((await lambda.invoke(name)).value).toMatchObject({
      errorMessage: expect.stringContaining('Unexpected payload provided to start the durable execution'),
    });
  });
});

describe.runIf(HAS_DURABLE_SDKS)('a daemon that is killed', () => {
  test('has its executions go on when it is started again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-test-'));
    try {
      const first = await startLambdaDaemon({ dataDir });
      lambda = new TestLambda(first);
      const name = await create(`async (event, context) => {
  const before = await context.step('before', async () => 1);
  await context.wait('pause', { seconds: 5 });
  const answer = await context.waitForCallback('approval', async () => {});
  return [before, answer];
}`);
      const arn = await start(name);
      await eventually(async () => (await count(arn, 'WaitStarted')) === 1);
      await first.kill();
      await using second = await startLambdaDaemon({ dataDir });
      lambda = new TestLambda(second);
      const CallbackId = await callbackOf(arn);
      const Result = Buffer.from('"yes"');
      await lambda.client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }));
      const { Status, Result: result } = await ended(arn);
      expect([Status, result]).toEqual(['SUCCEEDED', expect.stringContaining('yes')]);
      expect(await count(arn, 'StepSucceeded', 'before')).toBe(1);
    } finally {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

describe.runIf(HAS_DURABLE_SDKS)("a function with AWS's SDK for Python", () => {
  test('does steps, waits, and is called back', async () => {
    await using own = await startLambdaDaemon();
    lambda = new TestLambda(own);
    const name = await lambda.create(
      {},
      {
        Runtime: 'python3.13',
        Handler: 'index.handler',
        DurableConfig: { ExecutionTimeout: 120 },
        Code: { ZipFile: makeZip(pythonFunction(PYTHON)) },
      },
    );
    const arn = await start(`${name}:$LATEST`, { name: 'you' });
    const CallbackId = await callbackOf(arn);
    const Result = Buffer.from('"approved"');
    await lambda.client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result }));
    const { Status, Result: result, Error: error } = await ended(arn);
    expect({ Status, error }).toEqual({ Status: 'SUCCEEDED', error: undefined });
    expect(JSON.parse(result!)).toEqual(['hello you', expect.stringContaining('approved')]);
    expect(await count(arn, 'StepSucceeded', 'greet')).toBe(1);
    expect(await count(arn, 'WaitSucceeded')).toBe(1);
  });
});

const PYTHON = `from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration

@durable_execution
def handler(event: dict, context: DurableContext):
    greeting = context.step(lambda _: 'hello ' + event['name'], name='greet')
    context.wait(Duration.from_seconds(1), name='pause')
    callback = context.create_callback(name='approval')
    return [greeting, callback.result()]
`;
