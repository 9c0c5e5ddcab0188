import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSeed } from '../setup/seed.mjs';
import { AWS_CLIS } from '../support/aws/cli.ts';
import { ClientFolder } from '../support/aws/client-folder.ts';
import { goProgram, HAS_GO_CLIENTS, sdkProbe } from '../support/aws/go.ts';
import { LambdaCli, ROLE } from '../support/aws/lambda-cli.ts';
import { awsEnvironment } from '../support/aws/python.ts';
import { zipOf } from '../support/aws/zip.ts';
import type { RunningDaemon } from '../support/daemon.ts';
import { startLambdaDaemon } from '../support/lambda-backend.ts';

const CLI = AWS_CLIS.find(({ usable }) => usable)!;
const ACCOUNT = '000000000000';

/** The document's programs where it is at hand, as they stand there. */
const SEED = readSeed();
const EXAMPLES = join(import.meta.dirname, '../../examples/failover');

let daemon: RunningDaemon;
let env: Record<string, string>;
let aws: LambdaCli;
const folder = new ClientFolder();

beforeAll(async () => {
  daemon = await startLambdaDaemon();
  env = awsEnvironment(daemon.url);
  aws = new LambdaCli(CLI, env, folder);
});

afterAll(async () => {
  folder[Symbol.dispose]();
  await daemon[Symbol.asyncDispose]();
});

/** As a load balancer asks: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html */
const albEvent = (path: string) => ({
  requestContext: {
    elb: {
      targetGroupArn: `arn:aws:elasticloadbalancing:eu-central-1:${ACCOUNT}:targetgroup/app/6d0ecf831eec9f09`,
    },
  },
  httpMethod: 'GET',
  path,
  queryStringParameters: {},
  headers: { accept: '*/*', host: 'app.example.com', 'x-forwarded-for': '203.0.113.7' },
  body: '',
  isBase64Encoded: false,
});

const stateChange = (state: string, before: string) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  detail: { alarmName: 'busy', state: { value: state }, previousState: { value: before } },
});

describe('the Go program of the failover story', () => {
  const program = SEED ? 'seed-app' : 'failover-app';

  test.runIf(HAS_GO_CLIENTS)('knows that it runs on Lambda, and answers a load balancer', async () => {
    const files = { bootstrap: readFileSync(goProgram(program)) };
    await aws.create('go-app', { runtime: 'provided.al2023', handler: 'bootstrap', files });
    const { payload, FunctionError, LogResult } = await aws.invoke(
      'go-app',
      albEvent('/env'),
      '--log-type',
      'Tail',
    );
    expect(FunctionError).toBeUndefined();
    expect(JSON.parse(payload)).toMatchObject({
      statusCode: 200,
      body: '{"message":"lambda"}',
      headers: { 'Content-Type': expect.stringMatching(/^application\/json/) },
      isBase64Encoded: false,
    });
    expect(LogResult).toContain('GET      "/env"');
    const missing = await aws.invoke('go-app', albEvent('/nowhere'));
    expect(JSON.parse(missing.payload)).toMatchObject({ statusCode: 404 });
  });

  test.runIf(HAS_GO_CLIENTS)('runs as go1.x too, which AWS no longer takes', async () => {
    await expect(
      aws.create('go-old', {
        runtime: 'go1.x',
        handler: 'main',
        files: { main: readFileSync(goProgram(program)) },
      }),
    ).resolves.toBeUndefined();
    const { payload } = await aws.invoke('go-old', albEvent('/env'));
    expect(JSON.parse(payload)).toMatchObject({ statusCode: 200, body: '{"message":"lambda"}' });
  });
});

describe('the Python handler of the failover story', () => {
  test('says which call could not be made, in its error and in the journal', async () => {
    const code = SEED?.python ?? readFileSync(join(EXAMPLES, 'provision/lambda_function.py'), 'utf8');
    const files = { 'lambda_function.py': code };
    await aws.create('provision', {
      runtime: 'python3.12',
      handler: 'lambda_function.lambda_handler',
      files,
      Timeout: 60,
      Environment: { Variables: { CLUSTER: 'c', SERVICE: 's' } },
    });
    const failed = await aws.invoke('provision', stateChange('ALARM', 'OK'), '--log-type', 'Tail');
    expect(failed.FunctionError).toBe('Unhandled');
    expect(JSON.parse(failed.payload)).toMatchObject({
      errorType: 'ClientError',
      errorMessage: expect.stringMatching(
        /^An error occurred \(NotImplemented\) when calling the UpdateService operation: lambdock has no service ecs \(UpdateService\) yet/,
      ),
    });
    expect(failed.LogResult).toContain('ALARM');
    expect(daemon.output()).toContain('lambdock has no service ecs (UpdateService) yet');
    const idle = await aws.invoke('provision', stateChange('OK', 'OK'));
    expect(idle.FunctionError).toBeUndefined();
  });
});

describe('a Python function with boto3', () => {
  test('is its role, and calls another function, without being told where', async () => {
    const asked =
      'exports.handler = async (event, context) => ({ said: event.word, for: context.clientContext });';
    await aws.create('asked', {
      runtime: 'nodejs20.x',
      handler: 'index.handler',
      files: { 'index.js': asked },
    });
    const asks = `
import json
import boto3

def handler(event, context):
    who = boto3.client('sts').get_caller_identity()
    answer = boto3.client('lambda').invoke(FunctionName='asked', Payload=json.dumps({'word': 'hi'}))
    return {'who': who['Arn'], 'account': who['Account'], 'answer': json.load(answer['Payload'])}
`;
    const files = { 'app.py': asks };
    await aws.create('asks', {
      runtime: 'python3.12',
      handler: 'app.handler',
      files,
      Timeout: 60,
    });
    const { payload } = await aws.invoke('asks');
    expect(JSON.parse(payload)).toEqual({
      who: `arn:aws:sts::${ACCOUNT}:assumed-role/lambda/asks`,
      account: ACCOUNT,
      answer: { said: 'hi' },
    });
  });
});

describe.runIf(HAS_GO_CLIENTS)('the AWS SDK for Go', () => {
  const FunctionName = 'from-go';
  const code = `exports.handler = async (event) => {
  console.log('working');
  if (event.fail) throw new RangeError('too far');
  return { doubled: event.n * 2 };
};`;
  const text = (base64: unknown) => Buffer.from(String(base64), 'base64').toString();

  test('creates, waits, invokes, reads logs and deletes', async () => {
    const payload = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
    const results = await sdkProbe(
      [
        { service: 'sts', operation: 'GetCallerIdentity' },
        {
          service: 'lambda',
          operation: 'CreateFunction',
          input: {
            FunctionName,
            Role: ROLE,
            Runtime: 'nodejs20.x',
            Handler: 'index.handler',
            Code: { ZipFile: zipOf({ 'index.js': code }).toString('base64') },
            Tags: { team: 'a' },
          },
        },
        { service: 'lambda', operation: 'FunctionActiveV2', kind: 'wait', input: { FunctionName } },
        { service: 'lambda', operation: 'GetFunction', input: { FunctionName } },
        {
          service: 'lambda',
          operation: 'Invoke',
          input: { FunctionName, Payload: payload({ n: 21 }), LogType: 'Tail' },
        },
        { service: 'lambda', operation: 'Invoke', input: { FunctionName, Payload: payload({ fail: true }) } },
        { service: 'lambda', operation: 'ListFunctions', kind: 'pages', input: { MaxItems: 1 } },
        {
          service: 'lambda',
          operation: 'UpdateFunctionConfiguration',
          input: { FunctionName, MemorySize: 256 },
        },
        { service: 'lambda', operation: 'FunctionUpdatedV2', kind: 'wait', input: { FunctionName } },
        { service: 'lambda', operation: 'DeleteFunction', input: { FunctionName } },
        { service: 'lambda', operation: 'GetFunction', input: { FunctionName } },
      ],
      env,
    );
    const [who, created, waited, got, invoked, failed, pages, updated, waitedAgain, deleted, gone] = results;
    expect(who!.output).toMatchObject({ Account: ACCOUNT });
    expect(created!.output).toMatchObject({ FunctionName, State: 'Pending', StateReasonCode: 'Creating' });
    expect(waited).toEqual({});
    expect(got!.output).toMatchObject({ Configuration: { State: 'Active' }, Tags: { team: 'a' } });
    expect(invoked!.output).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    const { Payload, LogResult } = invoked!.output as { Payload: string; LogResult: string };
    expect(JSON.parse(text(Payload))).toEqual({ doubled: 42 });
    expect(text(LogResult)).toMatch(/START[\s\S]*working[\s\S]*END[\s\S]*REPORT/);
    expect(failed!.output).toMatchObject({ FunctionError: 'Unhandled' });
    expect(JSON.parse(text((failed!.output as { Payload: string }).Payload))).toMatchObject({
      errorType: 'RangeError',
    });
    expect((pages!.output as string[][]).every((page) => page.length <= 1)).toBe(true);
    expect((pages!.output as string[][]).flat()).toContain(FunctionName);
    expect(updated!.output).toMatchObject({ MemorySize: 256, LastUpdateStatus: 'InProgress' });
    expect(waitedAgain).toEqual({});
    expect(deleted!.error).toBeUndefined();
    expect(gone!.error).toMatchObject({
      type: 'ResourceNotFoundException',
      status: 404,
      fault: 'client',
      message: `Function not found: arn:aws:lambda:eu-central-1:${ACCOUNT}:function:${FunctionName}`,
    });
  });

  test('reads a streamed answer and its logs', async () => {
    const streaming = `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  for (const word of ['one', 'two']) { stream.write(word); await new Promise((r) => setTimeout(r, 50)); }
  stream.end();
});`;
    const files = { 'index.js': streaming };
    await aws.create('streams', { runtime: 'nodejs20.x', handler: 'index.handler', files });
    const [streamed] = await sdkProbe(
      [
        {
          service: 'lambda',
          operation: 'InvokeWithResponseStream',
          kind: 'stream',
          input: { FunctionName: 'streams', LogType: 'Tail' },
        },
      ],
      env,
    );
    expect(streamed!.output).toMatchObject({ StatusCode: 200 });
    const { Chunks, Complete } = streamed!.output as { Chunks: string[]; Complete: { LogResult: string } };
    expect(Chunks.join('')).toBe('onetwo');
    expect(text(Complete.LogResult)).toContain('REPORT RequestId');
    const logs = { logGroupName: '/aws/lambda/streams' };
    await expect
      .poll(
        async () => {
          const input = { LogGroupName: logs.logGroupName };
          const [found] = await sdkProbe([{ service: 'logs', operation: 'FilterLogEvents', input }], env);
          return JSON.stringify(found!.output ?? found!.error);
        },
        { interval: 500 },
      )
      .toMatch(/START RequestId.*REPORT RequestId/);
  });
});
