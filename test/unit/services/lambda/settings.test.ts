import type { CreateFunctionRequest } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../../support/aws/zip.ts';
import { functionInput, type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const VALIDATION = 'ValidationException';
const ACCESS_POINT = 'arn:aws:elasticfilesystem:us-east-1:000000000000:access-point/fsap-0123456789abcdef0';
const ELSEWHERE = 'arn:aws:lambda:eu-west-1:000000000000:code-signing-config:csc-0123456789abcdef0';
const PARAMETER = 'InvalidParameterValueException';

describe('a function is refused', () => {
  test.each<[string, Partial<CreateFunctionRequest>, string, string]>([
    [
      'a runtime that never was',
      { Runtime: 'nodejs99.x' as never },
      PARAMETER,
      "Value nodejs99.x at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [",
    ],
    [
      'a runtime that is no more',
      { Runtime: 'nodejs14.x' },
      PARAMETER,
      'The runtime parameter of nodejs14.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.',
    ],
    [
      'no runtime',
      { Runtime: undefined },
      PARAMETER,
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    ],
    [
      'a role that is none',
      { Role: 'r1' },
      VALIDATION,
      "Value 'r1' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:",
    ],
    [
      'no time',
      { Timeout: 0 },
      VALIDATION,
      "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'too much time',
      { Timeout: 901 },
      PARAMETER,
      "'Timeout' value failed to satisfy constraint: Member must have value less than or equal to 900",
    ],
    [
      'too much memory',
      { MemorySize: 10_241 },
      PARAMETER,
      "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240",
    ],
    [
      'too little memory',
      { MemorySize: 127 },
      VALIDATION,
      'Member must have value greater than or equal to 128',
    ],
    [
      'two architectures',
      { Architectures: ['x86_64', 'arm64'] },
      VALIDATION,
      "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
      'a variable of Lambda itself',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      PARAMETER,
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION',
    ],
    [
      'over 4 KB of variables',
      { Environment: { Variables: { LONG: 'x'.repeat(4096) } } },
      PARAMETER,
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit. String measured: {"LONG":"xxx',
    ],
    [
      'half an object of S3',
      { Code: { S3Bucket: 'bucket' } },
      PARAMETER,
      'S3 Bucket and Key are required for uploading with S3 parameters.',
    ],
    [
      'half a network',
      { VpcConfig: { SubnetIds: ['subnet-1'] } },
      PARAMETER,
      'SubnetIds and SecurityIds must coexist or be both empty list.',
    ],
    [
      'a file system without a network',
      { FileSystemConfigs: [{ Arn: ACCESS_POINT, LocalMountPath: '/mnt/data' }] },
      PARAMETER,
      `Function must be configured to execute in a VPC to reference access point ${ACCESS_POINT}. Please update the function configuration to include VPC subnets and security groups.`,
    ],
    [
      'dead letters for what takes none',
      { DeadLetterConfig: { TargetArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' } },
      PARAMETER,
      'Invalid dead letter queue ARN: The service specified by the TargetArn is not supported for dead letter configuration.',
    ],
    [
      'dead letters for another region',
      { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:eu-west-1:000000000000:dead' } },
      PARAMETER,
      "Invalid dead letter queue ARN: The resource specified by the TargetArn must be in the same region as the Lambda function it's associated with.",
    ],
    [
      'dead letters in order',
      { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead.fifo' } },
      PARAMETER,
      'Invalid dead letter queue ARN: FIFO SQS queue is not supported for dead letter configuration',
    ],
    [
      'an image’s settings for a package',
      { ImageConfig: { Command: ['app.handler'] } },
      PARAMETER,
      'The ImageConfig parameter is not supported for functions created with deployment packages.',
    ],
    [
      'an image that is not named',
      { PackageType: 'Image', Runtime: undefined, Handler: undefined },
      PARAMETER,
      'ImageUri is required.',
    ],
    [
      'an image that is to be signed',
      {
        PackageType: 'Image',
        Runtime: undefined,
        Handler: undefined,
        Code: { ImageUri: 'app:1' },
        CodeSigningConfigArn: `arn:aws:lambda:us-east-1:000000000000:code-signing-config:csc-${'a'.repeat(17)}`,
      },
      PARAMETER,
      'Code signing is not supported for functions created with container images.',
    ],
    ['no code', { Code: {} }, PARAMETER, 'Please provide a source for function code.'],
    [
      'code that is no zip',
      { Code: { ZipFile: Buffer.from('PK nothing') } },
      PARAMETER,
      'Could not unzip uploaded file. Please check your file, then try to upload again.',
    ],
    ['code of nothing', { Code: { ZipFile: zipOf({}) } }, PARAMETER, 'Uploaded file must be a non-empty zip'],
    [
      'a layer that is not there',
      { Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:none:1'] },
      PARAMETER,
      'Layer version arn:aws:lambda:us-east-1:000000000000:layer:none:1 does not exist.',
    ],
    [
      'SnapStart where it is not',
      { SnapStart: { ApplyOn: 'PublishedVersions' } },
      PARAMETER,
      'nodejs22.x is not supported for SnapStart enabled functions.',
    ],
    [
      'levels of a text log',
      { LoggingConfig: { LogFormat: 'Text', SystemLogLevel: 'INFO' } },
      PARAMETER,
      'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
    ],
    [
      'variables without a name',
      { Environment: { Variables: { '1a': 'x' } } },
      'ValidationException',
      "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
    ],
    [
      'a code signing configuration of another region',
      { CodeSigningConfigArn: ELSEWHERE },
      PARAMETER,
      `The code signing configuration must be in the same account as the Lambda function. Check the provided ARN: ${ELSEWHERE}.`,
    ],
  ])('for %s', async (_what, more, name, words) => {
    const error = await it.lambda
      .createFunction(functionInput('refused', more))
      .catch((reason: Error) => reason);
    expect(error).toMatchObject({
      name,
      message: expect.stringContaining(words),
      $metadata: { httpStatusCode: 400 },
    });
  });
});

test('a zip that is too large as it is is refused', async () => {
  const ZipFile = Buffer.alloc(52_428_801);
  await expect(it.lambda.createFunction(functionInput('heavy', { Code: { ZipFile } }))).rejects.toMatchObject(
    {
      name: 'RequestEntityTooLargeException',
      message: 'Zipped size must be smaller than 52428800 bytes',
      $metadata: { httpStatusCode: 413 },
    },
  );
});

test.each(['python3.8', 'nodejs16.x', 'dotnet6'] as const)(
  '%s can still be created, as on AWS',
  async (Runtime) => {
    await it.create(Runtime.replace('.', '-'), { Runtime });
  },
);

test('a zip that is too large when it is unpacked is refused', async () => {
  const zip = zipOf({ a: 'x', b: 'y' });
  const entry = zip.indexOf('PK\x01\x02', 0, 'latin1');
  zip.writeUInt32LE(262_144_000, entry + 24);
  await expect(it.lambda.createFunction(functionInput('bomb', { Code: { ZipFile: zip } }))).rejects.toThrow(
    'Unzipped size must be smaller than 262144000 bytes',
  );
});

test('a function of an image has no runtime, and a digest for its code', async () => {
  const ImageUri = '000000000000.dkr.ecr.us-east-1.amazonaws.com/app:1';
  const { $metadata: _, ...created } = await it.lambda.createFunction({
    FunctionName: 'image',
    Role: 'arn:aws:iam::000000000000:role/lambda',
    PackageType: 'Image',
    Code: { ImageUri },
    ImageConfig: { Command: ['app.handler'] },
  });
  expect(created).toMatchObject({
    PackageType: 'Image',
    CodeSize: 0,
    CodeSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    ImageConfigResponse: { ImageConfig: { Command: ['app.handler'] } },
  });
  expect(created).not.toHaveProperty('Runtime');
  expect(created).not.toHaveProperty('Handler');
  expect(created).not.toHaveProperty('RuntimeVersionConfig');
  await it.clock.advance(10);
  const { Code } = await it.lambda.getFunction({ FunctionName: 'image' });
  expect(Code).toEqual({
    RepositoryType: 'ECR',
    ImageUri,
    ResolvedImageUri: `000000000000.dkr.ecr.us-east-1.amazonaws.com/app@sha256:${created.CodeSha256}`,
  });
  await expect(
    it.lambda.updateFunctionCode({ FunctionName: 'image', ZipFile: zipOf({ a: 'b' }) }),
  ).rejects.toThrow('Please provide ImageUri when updating a function with packageType Image.');
});

test('what is given is answered, and what is emptied is gone', async () => {
  const given = {
    Description: 'all of it',
    Timeout: 900,
    MemorySize: 10_240,
    Architectures: ['arm64' as const],
    EphemeralStorage: { Size: 10_240 },
    Environment: { Variables: { STAGE: 'test' } },
    TracingConfig: { Mode: 'Active' as const },
    KMSKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/1',
    DeadLetterConfig: { TargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead' },
    VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    FileSystemConfigs: [{ Arn: ACCESS_POINT, LocalMountPath: '/mnt/data' }],
    LoggingConfig: { LogFormat: 'JSON' as const, ApplicationLogLevel: 'DEBUG' as const, LogGroup: 'own' },
  };
  const tags = { Team: 'a' };
  const created = await it.lambda.createFunction(functionInput('full', { ...given, Tags: tags }));
  expect(created).toMatchObject({
    ...given,
    LoggingConfig: { ...given.LoggingConfig, SystemLogLevel: 'INFO' },
  });
  await it.clock.advance(10);
  expect((await it.lambda.getFunction({ FunctionName: 'full' })).Tags).toEqual(tags);
  const emptied = await it.lambda.updateFunctionConfiguration({
    FunctionName: 'full',
    KMSKeyArn: '',
    DeadLetterConfig: { TargetArn: '' },
    FileSystemConfigs: [],
    LoggingConfig: { LogFormat: 'Text' },
  });
  for (const member of ['KMSKeyArn', 'DeadLetterConfig', 'FileSystemConfigs']) {
    expect(emptied).not.toHaveProperty(member);
  }
  expect(emptied.LoggingConfig).toEqual({ LogFormat: 'Text', LogGroup: 'own' });
  expect(emptied.Environment).toEqual({ Variables: { STAGE: 'test' } });
});
