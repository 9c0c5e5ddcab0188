import { afterAll, beforeAll, expect, test } from 'vitest';
import { functionInput, type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000';
const AllowedPublishers = {
  SigningProfileVersionArns: ['arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abc'],
};
const MISSING = `${LAMBDA}:code-signing-config:csc-${'0'.repeat(17)}`;

test('a code signing configuration is created, changed and deleted', async () => {
  const { $metadata, CodeSigningConfig } = await it.lambda.createCodeSigningConfig({
    AllowedPublishers,
    Description: 'signed',
  });
  expect($metadata.httpStatusCode).toBe(201);
  const { CodeSigningConfigArn, CodeSigningConfigId } = CodeSigningConfig!;
  expect(CodeSigningConfigId).toMatch(/^csc-[a-z0-9]{17}$/);
  expect(CodeSigningConfig).toEqual({
    CodeSigningConfigId,
    CodeSigningConfigArn: `${LAMBDA}:code-signing-config:${CodeSigningConfigId}`,
    Description: 'signed',
    AllowedPublishers,
    CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Warn' },
    LastModified: '2026-01-01T00:00:00.000+0000',
  });
  const CodeSigningPolicies = { UntrustedArtifactOnDeployment: 'Enforce' as const };
  await it.lambda.updateCodeSigningConfig({ CodeSigningConfigArn, CodeSigningPolicies });
  const got = await it.lambda.getCodeSigningConfig({ CodeSigningConfigArn });
  expect(got.CodeSigningConfig).toEqual({ ...CodeSigningConfig, CodeSigningPolicies });
  const { CodeSigningConfigs } = await it.lambda.listCodeSigningConfigs({});
  expect(CodeSigningConfigs).toEqual([got.CodeSigningConfig]);
  const deleted = await it.lambda.deleteCodeSigningConfig({ CodeSigningConfigArn });
  expect(deleted.$metadata.httpStatusCode).toBe(204);
  await expect(it.lambda.getCodeSigningConfig({ CodeSigningConfigArn })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `The Lambda code signing configuration ${CodeSigningConfigArn} can not be found.`,
    Type: undefined,
  });
});

test('functions have one or none, and as long as one has it, it stays', async () => {
  const { CodeSigningConfig } = await it.lambda.createCodeSigningConfig({ AllowedPublishers });
  expect(CodeSigningConfig).not.toHaveProperty('Description');
  const CodeSigningConfigArn = CodeSigningConfig!.CodeSigningConfigArn!;
  await it.create('signed', { CodeSigningConfigArn });
  await it.create('later');
  const FunctionName = 'later';
  const { $metadata: _, ...none } = await it.lambda.getFunctionCodeSigningConfig({ FunctionName });
  expect(none).toEqual({});
  const { $metadata: __, ...put } = await it.lambda.putFunctionCodeSigningConfig({
    FunctionName,
    CodeSigningConfigArn,
  });
  expect(put).toEqual({ FunctionName, CodeSigningConfigArn });
  expect(await it.lambda.getFunctionCodeSigningConfig({ FunctionName: 'signed' })).toMatchObject({
    FunctionName: 'signed',
    CodeSigningConfigArn,
  });
  const { FunctionArns } = await it.lambda.listFunctionsByCodeSigningConfig({ CodeSigningConfigArn });
  expect(FunctionArns).toEqual([`${LAMBDA}:function:later`, `${LAMBDA}:function:signed`]);
  await expect(it.lambda.deleteCodeSigningConfig({ CodeSigningConfigArn })).rejects.toMatchObject({
    name: 'ResourceConflictException',
  });
  await it.lambda.deleteFunctionCodeSigningConfig({ FunctionName });
  await it.lambda.deleteFunction({ FunctionName: 'signed' });
  await it.lambda.deleteCodeSigningConfig({ CodeSigningConfigArn });
});

test('one that is not there can’t be attached', async () => {
  await it.create('unsigned');
  const missing = {
    name: 'CodeSigningConfigNotFoundException',
    message: `The code signing configuration cannot be found. Check that the provided configuration is not deleted: ${MISSING}.`,
    $metadata: { httpStatusCode: 404 },
  };
  await expect(
    it.lambda.putFunctionCodeSigningConfig({ FunctionName: 'unsigned', CodeSigningConfigArn: MISSING }),
  ).rejects.toMatchObject(missing);
  await expect(
    it.lambda.createFunction(functionInput('never', { CodeSigningConfigArn: MISSING })),
  ).rejects.toMatchObject(missing);
  await expect(it.lambda.getFunction({ FunctionName: 'never' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
