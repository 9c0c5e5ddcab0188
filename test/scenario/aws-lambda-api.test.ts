import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CreateFunctionRequest,
  Lambda,
  waitUntilFunctionActiveV2,
  waitUntilFunctionExists,
  waitUntilFunctionUpdatedV2,
  waitUntilPublishedVersionActive,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsEnvironment, boto3, HAS_PYTHON_CLIENTS } from '../support/aws/python.ts';
import { zipOf } from '../support/aws/zip.ts';
import { eventually, type RunningDaemon, startDaemon } from '../support/daemon.ts';

const CODE = zipOf({ 'index.js': 'exports.handler = async (event) => ({ got: event });' });

let daemon: RunningDaemon;
let lambda: Lambda;

beforeAll(async () => {
  daemon = await startDaemon();
  lambda = client(daemon.url);
});

afterAll(async () => {
  lambda.destroy();
  await daemon[Symbol.asyncDispose]();
});

function client(endpoint: string): Lambda {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new Lambda({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
}

function input(FunctionName: string, more: Partial<CreateFunctionRequest> = {}): CreateFunctionRequest {
  return {
    FunctionName,
    Role: 'arn:aws:iam::000000000000:role/lambda',
    Runtime: 'nodejs20.x',
    Handler: 'index.handler',
    Code: { ZipFile: CODE },
    ...more,
  };
}

describe('the AWS SDK for JavaScript', () => {
  test('does not sleep in any waiter', async () => {
    const counting = client(daemon.url);
    let reads = 0;
    counting.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          if (/^Get/.test(commandName!)) reads++;
          return next(args);
        },
      { step: 'initialize' },
    );
    const waiter = { client: counting, maxWaitTime: 60 };
    const named = { FunctionName: 'waited' };
    await lambda.createFunction(input('waited'));
    await waitUntilFunctionExists(waiter, named);
    await waitUntilFunctionActiveV2(waiter, named);
    await lambda.updateFunctionConfiguration({ ...named, Timeout: 10 });
    await waitUntilFunctionUpdatedV2(waiter, named);
    await lambda.publishVersion(named);
    await waitUntilPublishedVersionActive(waiter, { ...named, Qualifier: '1' });
    expect(reads).toBe(4); // each was satisfied by its first one
    counting.destroy();
  });

  test('changes, publishes and aliases a function without a pause between', async () => {
    const FunctionName = 'hurried';
    await lambda.createFunction(input(FunctionName));
    for (let round = 1; round <= 5; round++) {
      await lambda.updateFunctionConfiguration({ FunctionName, Description: `round ${round}` });
      const { Version } = await lambda.publishVersion({ FunctionName });
      expect(Version).toBe(String(round));
    }
    await lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '5' });
    const { Configuration } = await lambda.getFunction({ FunctionName, Qualifier: 'live' });
    expect(Configuration).toMatchObject({ Version: '5', Description: 'round 5' });
  });

  test('downloads the code that it had put', async () => {
    await lambda.createFunction(input('downloaded'));
    const { Code } = await lambda.getFunction({ FunctionName: 'downloaded' });
    const response = await fetch(Code!.Location!);
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(CODE)).toBe(true);
  });

  test('two changes at once are made one after the other', async () => {
    await lambda.createFunction(input('contended'));
    const change = (Timeout: number) =>
      lambda.updateFunctionConfiguration({ FunctionName: 'contended', Timeout });
    const answers = await Promise.all([11, 12, 13, 14].map(change));
    expect(new Set(answers.map(({ RevisionId }) => RevisionId)).size).toBe(4);
    const twins = await Promise.allSettled([1, 2, 3].map(() => lambda.createFunction(input('twins'))));
    expect(twins.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});

test.skipIf(!HAS_PYTHON_CLIENTS)('boto3 reads what AWS would answer, and nothing else', async () => {
  const answer = await boto3(
    `
import io, zipfile
buffer = io.BytesIO()
with zipfile.ZipFile(buffer, 'w') as archive:
    archive.writestr('app.py', 'def handler(event, context):\\n    return event')
client = boto3.client('lambda')
role = 'arn:aws:iam::000000000000:role/lambda'
created = client.create_function(FunctionName='boto', Runtime='python3.12', Role=role, Handler='app.handler', Code={'ZipFile': buffer.getvalue()})
client.get_waiter('function_active_v2').wait(FunctionName='boto')
got = client.get_function(FunctionName='boto')
invoked = client.invoke(FunctionName='boto', Payload=json.dumps({'a': [1, None]}), LogType='Tail')
queued = client.invoke(FunctionName='boto', InvocationType='Event', Payload=b'{}')
dry = client.invoke(FunctionName='boto', InvocationType='DryRun')
errors = {}
def attempt(name, call):
    try:
        call()
    except botocore.exceptions.ClientError as error:
        errors[name] = [error.response['Error'], error.response['ResponseMetadata']['HTTPStatusCode'], error.response.get('Type')]
attempt('missing', lambda: client.get_function(FunctionName='none'))
attempt('again', lambda: client.create_function(FunctionName='boto', Runtime='python3.12', Role=role, Handler='app.handler', Code={'ZipFile': buffer.getvalue()}))
deleted = client.delete_function(FunctionName='boto')['ResponseMetadata']['HTTPStatusCode']
print(json.dumps({
  'created': sorted(k for k in created if k != 'ResponseMetadata'), 'status': created['ResponseMetadata']['HTTPStatusCode'],
  'got': sorted(got['Configuration']), 'code': sorted(got['Code']),
  'invoked': [invoked['StatusCode'], json.load(invoked['Payload']), invoked['ExecutedVersion'], 'LogResult' in invoked, 'FunctionError' in invoked, invoked['ResponseMetadata']['HTTPHeaders']['content-type']],
  'queued': [queued['StatusCode'], queued['Payload'].read().decode(), 'ExecutedVersion' in queued], 'dry': [dry['StatusCode'], dry['Payload'].read().decode()],
  'errors': errors, 'deleted': deleted,
}))`,
    awsEnvironment(daemon.url),
  );
  const always = [
    'Architectures',
    'CodeSha256',
    'CodeSize',
    'Description',
    'EphemeralStorage',
    'FunctionArn',
    'FunctionName',
    'Handler',
    'LastModified',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'RevisionId',
    'Role',
    'Runtime',
    'RuntimeVersionConfig',
    'SnapStart',
    'State',
    'Timeout',
    'TracingConfig',
    'Version',
  ];
  expect(answer).toEqual({
    created: [...always, 'StateReason', 'StateReasonCode'].sort(),
    status: 201,
    got: [...always, 'LastUpdateStatus'].sort(),
    code: ['Location', 'RepositoryType'],
    invoked: [200, { a: [1, null] }, '$LATEST', true, false, 'application/json'],
    queued: [202, '', false],
    dry: [204, ''],
    errors: {
      missing: [
        {
          Code: 'ResourceNotFoundException',
          Message: 'Function not found: arn:aws:lambda:eu-central-1:000000000000:function:none',
        },
        404,
        'User',
      ],
      again: [{ Code: 'ResourceConflictException', Message: 'Function already exist: boto' }, 409, 'User'],
    },
    deleted: 204,
  });
});

test('a daemon that is killed with 1,000 queued events delivers each after its restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-queue-'));
  const seen = join(dataDir, 'seen');
  const code = `const { appendFileSync, existsSync } = require('node:fs');
exports.handler = async (event) => {
  if (!existsSync(process.env.GATE)) return new Promise((resolve) => setTimeout(resolve, 25_000));
  appendFileSync(process.env.SEEN, event.number + '\\n');
};`;
  const gate = join(dataDir, 'gate');
  try {
    const first = await startDaemon({ dataDir });
    const calls = client(first.url);
    await calls.createFunction(
      input('counter', {
        Code: { ZipFile: zipOf({ 'index.js': code }) },
        Timeout: 30,
        Environment: { Variables: { SEEN: seen, GATE: gate } },
      }),
    );
    const numbers = Array.from({ length: 1_000 }, (_, number) => number);
    for (let start = 0; start < numbers.length; start += 50) {
      await Promise.all(
        numbers.slice(start, start + 50).map((number) =>
          calls.invoke({
            FunctionName: 'counter',
            InvocationType: 'Event',
            Payload: JSON.stringify({ number }),
          }),
        ),
      );
    }
    calls.destroy();
    await first.kill();

    const { readFileSync, writeFileSync, existsSync } = await import('node:fs');
    writeFileSync(gate, '');
    await using _second = await startDaemon({ dataDir });
    const delivered = () =>
      existsSync(seen) ? readFileSync(seen, 'utf8').trim().split('\n').map(Number) : [];
    await eventually(() => new Set(delivered()).size === 1_000);
    expect(delivered().sort((a, b) => a - b)).toEqual(numbers);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
