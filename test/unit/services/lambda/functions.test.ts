import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../../support/aws/zip.ts';
import {
  CODE,
  functionInput,
  type LambdaServer,
  ROLE,
  startLambda,
  storedPackages,
  UUID,
} from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const CONFIGURATION = {
  FunctionName: 'plain',
  FunctionArn: `${ARN}:plain`,
  Runtime: 'nodejs22.x',
  Role: ROLE,
  Handler: 'index.handler',
  CodeSize: CODE.length,
  CodeSha256: createHash('sha256').update(CODE).digest('base64'),
  Description: '',
  Timeout: 3,
  MemorySize: 128,
  LastModified: '2026-01-01T00:00:00.000+0000',
  Version: '$LATEST',
  TracingConfig: { Mode: 'PassThrough' },
  RevisionId: UUID,
  PackageType: 'Zip',
  Architectures: ['x86_64'],
  EphemeralStorage: { Size: 512 },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
  LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/plain' },
};
const RuntimeVersionConfig = {
  RuntimeVersionArn: expect.stringMatching(/^arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$/),
};

describe('a function', () => {
  test('is answered with all of its defaults, and nothing more', async () => {
    const { $metadata, ...created } = await it.lambda.createFunction(functionInput('plain'));
    expect($metadata.httpStatusCode).toBe(201);
    expect(created).toEqual({
      ...CONFIGURATION,
      RuntimeVersionConfig,
      State: 'Pending',
      StateReason: 'The function is being created.',
      StateReasonCode: 'Creating',
    });
    await it.clock.advance(10);
    const { $metadata: _, ...got } = await it.lambda.getFunction({ FunctionName: 'plain' });
    const active = {
      ...CONFIGURATION,
      RuntimeVersionConfig,
      State: 'Active',
      LastUpdateStatus: 'Successful',
    };
    expect(got).toEqual({
      Configuration: active,
      Code: { RepositoryType: 'S3', Location: expect.stringContaining('X-Amz-Signature=') },
    });
    const { $metadata: __, ...configuration } = await it.lambda.getFunctionConfiguration({
      FunctionName: 'plain',
    });
    expect(configuration).toEqual(active);
    const { Functions } = await it.lambda.listFunctions({});
    expect(Functions).toEqual([CONFIGURATION]);
  });

  test('exists once', async () => {
    await it.create('twice');
    await expect(it.lambda.createFunction(functionInput('twice'))).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Function already exist: twice',
      Type: 'User',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('is gone when it was deleted, with its code', async () => {
    const code = zipOf({ 'index.js': 'only this one' });
    await it.create('gone', { Code: { ZipFile: code } });
    const sha256 = createHash('sha256').update(code).digest('hex');
    const packages = () => storedPackages(it);
    expect(await packages()).toContain(sha256);
    const { $metadata } = await it.lambda.deleteFunction({ FunctionName: 'gone' });
    expect($metadata.httpStatusCode).toBe(204);
    await it.clock.advance(60_000);
    await it.arrived(async () => !(await packages()).includes(sha256));
    await expect(it.lambda.getFunction({ FunctionName: 'gone' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:gone`,
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(it.lambda.deleteFunction({ FunctionName: 'gone' })).rejects.toMatchObject({
      message: `Function not found: ${ARN}:gone`,
    });
  });
});
