import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Throttled } from '../../../../../src/execution/function-host.ts';
import { type DurableServer, pending, startDurable, succeed } from './support.ts';

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

describe('an invocation of an execution', () => {
  test('has the id of the request first, and each its own', async () => {
    await it.createDurable('worker', async (invocation) => {
      if (invocation.operation('w')) return succeed();
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 1 },
      });
      return pending;
    });
    const arn = await it.start('worker');
    await it.advance(1000);
    const ids = it.host.invocations.map(({ invocation }) => invocation.requestId);
    const { Events } = await it.lambda.getDurableExecutionHistory({ DurableExecutionArn: arn });
    const told = Events!.flatMap(({ InvocationCompletedDetails: details }) => details?.RequestId ?? []);
    expect(told).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
  });

  test('waits for an environment, and that is no failure', async () => {
    await it.createDurable('worker', () => succeed(1));
    const { answer } = it.host;
    let refusals = 8;
    it.host.answer = (asked) => {
      if (refusals-- > 0) throw new Throttled('ConcurrentInvocationLimitExceeded');
      return answer(asked);
    };
    const arn = await it.start('worker', {}, 'patient');
    for (let second = 0; second < 256; second++) await it.advance(1000);
    expect((await get(arn)).Status).toBe('SUCCEEDED');
    expect(await it.history(arn)).toEqual(['ExecutionStarted', 'InvocationCompleted', 'ExecutionSucceeded']);
  });

  test.each([
    ['nothing', undefined, /^Invalid invocation output: /],
    ['no status', { Result: '1' }, /^Response status is required$/],
    ['a status of its own', { Status: 'DONE' }, /^Unexpected invocation status: "DONE"$/],
    [
      'an error with its success',
      { Status: 'SUCCEEDED', Error: { ErrorMessage: 'x' } },
      /^Cannot provide an Error for SUCCEEDED status\.$/,
    ],
    [
      'a result with its failure',
      { Status: 'FAILED', Result: '1' },
      /^Cannot provide a Result for FAILED status\.$/,
    ],
  ])('that answers %s ends the execution', async (_, answer, message) => {
    await it.createDurable('worker', () => answer);
    const { answer: usual } = it.host;
    if (answer === undefined) it.host.answer = () => ({ payload: Buffer.from('no JSON') });
    const arn = await it.start('worker');
    it.host.answer = usual;
    expect(await get(arn)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorType: 'InvalidParameterValueException', ErrorMessage: expect.stringMatching(message) },
    });
    expect(it.host.invocations).toHaveLength(1);
  });

  test('that waits for nothing is done three times', async () => {
    await it.createDurable('worker', () => pending);
    const arn = await it.start('worker');
    await it.advance(5000);
    expect((await get(arn)).Status).toBe('RUNNING');
    await it.advance(5000);
    expect(it.host.invocations).toHaveLength(3);
    expect((await get(arn)).Error).toEqual({
      ErrorType: 'InvalidParameterValueException',
      ErrorMessage: 'Cannot return PENDING status with no pending operations.',
    });
  });

  test('may answer more to who waits for it than to an event', async () => {
    const large = 'x'.repeat(1_048_576);
    await it.createDurable('worker', () => succeed(large));
    const { Payload, FunctionError } = await it.invoke('worker');
    expect([Payload!.length, FunctionError]).toEqual([large.length + 2, undefined]);
    expect(await get(await it.start('worker'))).toMatchObject({
      Status: 'FAILED',
      Error: {
        ErrorMessage: 'Execution output payload size must be less than or equal to 1048576 bytes.',
      },
    });
  });

  test('that broke off is in the history with its error', async () => {
    let broken = true;
    await it.createDurable('worker', () => {
      if (!broken) return succeed();
      broken = false;
      throw new RangeError('once');
    });
    const arn = await it.start('worker');
    await it.advance(1000);
    const { Events } = await it.lambda.getDurableExecutionHistory({ DurableExecutionArn: arn });
    expect(Events!.map(({ InvocationCompletedDetails: details }) => details?.Error)).toEqual([
      undefined,
      { Payload: { ErrorType: 'RangeError', ErrorMessage: 'once' }, Truncated: false },
      undefined,
      undefined,
    ]);
  });

  test('whose execution was stopped meanwhile has no say any more', async () => {
    let stopped: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      stopped = resolve;
    });
    let refusal: unknown;
    await it.createDurable('worker', async (invocation) => {
      await gate;
      refusal = await invocation
        .checkpoint({ Id: 's', Type: 'STEP', Action: 'START' })
        .catch((error) => error);
      return succeed('late');
    });
    const waiting = it.invoke('worker');
    await it.arrived(() => it.host.invocations.length === 1);
    const [found] = (await it.lambda.listDurableExecutionsByFunction({ FunctionName: 'worker' }))
      .DurableExecutions!;
    const DurableExecutionArn = found!.DurableExecutionArn!;
    await it.lambda.stopDurableExecution({ DurableExecutionArn, Error: { ErrorMessage: 'enough' } });
    const { FunctionError, Payload } = await waiting;
    expect([FunctionError, JSON.parse(Payload!.transformToString())]).toMatchObject([
      'Unhandled',
      { errorMessage: 'enough' },
    ]);
    stopped();
    await it.arrived(async () => (await it.history(DurableExecutionArn)).includes('InvocationCompleted'));
    expect(refusal).toMatchObject({ message: 'Invalid checkpoint token' });
    expect((await get(DurableExecutionArn)).Status).toBe('STOPPED');
  });

  test('of a version that was deleted fails', async () => {
    await it.createDurable('worker', async (invocation) => {
      await invocation.checkpoint({
        Id: 'w',
        Type: 'WAIT',
        Action: 'START',
        WaitOptions: { WaitSeconds: 1 },
      });
      return pending;
    });
    await it.lambda.publishVersion({ FunctionName: 'worker' });
    await it.advance(10);
    const { DurableExecutionArn } = await it.lambda.invoke({
      FunctionName: 'worker:1',
      InvocationType: 'Event',
    });
    await it.arrived(async () => (await it.history(DurableExecutionArn!)).includes('InvocationCompleted'));
    await it.lambda.deleteFunction({ FunctionName: 'worker', Qualifier: '1' });
    await it.advance(1000);
    expect(await get(DurableExecutionArn!)).toMatchObject({
      Status: 'FAILED',
      Error: { ErrorType: 'ResourceNotFoundException', ErrorMessage: `Function not found: ${ARN}:worker:1` },
    });
  });
});

describe("a durable function's URL", () => {
  async function call(Qualifier?: string) {
    const { FunctionUrl } = await it.lambda.createFunctionUrlConfig({
      FunctionName: 'worker',
      AuthType: 'NONE',
      Qualifier,
    });
    const id = new URL(FunctionUrl!).hostname.split('.')[0];
    return fetch(`${it.server.url}/_aws/lambda-url/${id}/path?a=1`);
  }

  test('answers what its execution does, where it is an alias that it belongs to', async () => {
    await it.createDurable('worker', (invocation) => {
      const { rawPath } = invocation.input as { rawPath: string };
      return succeed({ statusCode: 201, body: rawPath });
    });
    await it.lambda.publishVersion({ FunctionName: 'worker' });
    await it.lambda.createAlias({ FunctionName: 'worker', Name: 'live', FunctionVersion: '1' });
    await it.advance(10);
    const answer = await call('live');
    expect([answer.status, await answer.text()]).toEqual([201, '/path']);
    const refused = await call();
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('unqualified ARN')]);
  });
});

describe('with --strict', () => {
  test('calls about an execution need the right to it', async () => {
    await using strict = await startDurable({ strict: true });
    const config = { endpoint: strict.server.url, region: 'us-east-1' };
    const iam = new IAM({ ...config, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
    const UserName = 'watcher';
    await iam.createUser({ UserName });
    const Statement = [
      {
        Effect: 'Allow',
        Action: 'lambda:GetDurableExecution',
        Resource: `${ARN}:worker:*/durable-execution/a/*`,
      },
    ];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.putUserPolicy({ UserName, PolicyName: 'watch', PolicyDocument });
    const { AccessKey } = await iam.createAccessKey({ UserName });
    const credentials = {
      accessKeyId: AccessKey!.AccessKeyId!,
      secretAccessKey: AccessKey!.SecretAccessKey!,
    };
    const watcher = new Lambda({ ...config, credentials, maxAttempts: 1 });
    const execution = (name: string) => ({
      DurableExecutionArn: `${ARN}:worker:1/durable-execution/${name}/b`,
    });
    // It may look, and there is nothing.
    await expect(watcher.getDurableExecution(execution('a'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    for (const refused of [
      watcher.getDurableExecution(execution('c')),
      watcher.stopDurableExecution(execution('a')),
    ]) {
      await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
    watcher.destroy();
    iam.destroy();
  });
});
