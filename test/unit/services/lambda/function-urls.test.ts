import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const URL_FORM = /^http:\/\/[a-z2-7]{32}\.lambda-url\.us-east-1\.localhost:4566\/$/;

describe('the configuration of a URL', () => {
  test('is answered as AWS answers it', async () => {
    await it.create('plain');
    const FunctionName = 'plain';
    const { $metadata, ...created } = await it.lambda.createFunctionUrlConfig({
      FunctionName,
      AuthType: 'NONE',
    });
    expect($metadata.httpStatusCode).toBe(201);
    const shown = {
      FunctionUrl: expect.stringMatching(URL_FORM),
      FunctionArn: `${ARN}:plain`,
      AuthType: 'NONE',
      CreationTime: expect.stringMatching(/^2026-01-01T00:00:\d\d\.\d{6}Z$/),
    };
    expect(created).toEqual(shown);
    expect(await it.lambda.getFunctionUrlConfig({ FunctionName })).toMatchObject({ InvokeMode: 'BUFFERED' });
    const Cors = { AllowOrigins: ['https://example.com'], MaxAge: 60 };
    await it.clock.advance(5000);
    const { $metadata: _, ...updated } = await it.lambda.updateFunctionUrlConfig({
      FunctionName,
      Cors,
      InvokeMode: 'RESPONSE_STREAM',
    });
    const changed = {
      ...created,
      Cors,
      InvokeMode: 'RESPONSE_STREAM',
      LastModifiedTime: expect.stringMatching(/^2026-01-01T00:00:0[5-9]/),
    };
    expect(updated).toEqual(changed);
    expect(await it.lambda.updateFunctionUrlConfig({ FunctionName, AuthType: 'NONE' })).toMatchObject(
      changed,
    );
    const { $metadata: __, ...got } = await it.lambda.getFunctionUrlConfig({ FunctionName });
    expect(got).toEqual(changed);
    const { FunctionUrlConfigs } = await it.lambda.listFunctionUrlConfigs({ FunctionName });
    expect(FunctionUrlConfigs).toEqual([changed]);
    const deleted = await it.lambda.deleteFunctionUrlConfig({ FunctionName });
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    await expect(it.lambda.getFunctionUrlConfig({ FunctionName })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
  });

  test('can be that of an alias, which it goes with', async () => {
    await it.create('aliased');
    await it.lambda.createAlias({ FunctionName: 'aliased', Name: 'live', FunctionVersion: '$LATEST' });
    const live = { FunctionName: 'aliased', Qualifier: 'live' };
    const { FunctionArn } = await it.lambda.createFunctionUrlConfig({ ...live, AuthType: 'AWS_IAM' });
    expect(FunctionArn).toBe(`${ARN}:aliased:live`);
    await it.lambda.deleteAlias({ FunctionName: 'aliased', Name: 'live' });
    const { FunctionUrlConfigs } = await it.lambda.listFunctionUrlConfigs({ FunctionName: 'aliased' });
    expect(FunctionUrlConfigs).toEqual([]);
  });

  test('is refused as AWS refuses it', async () => {
    await it.create('refused');
    const create = (more: object) =>
      it.lambda.createFunctionUrlConfig({ FunctionName: 'refused', AuthType: 'NONE', ...more });
    await expect(create({ InvokeMode: 'ELSE' })).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'ELSE' at 'invokeMode' failed to satisfy constraint: Member must satisfy enum value set: [RESPONSE_STREAM, BUFFERED]",
    });
    await create({});
    await expect(create({})).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `Failed to create function url config for [functionArn = ${ARN}:refused]. Error message:  FunctionUrlConfig exists for this Lambda function`,
    });
    for (const missing of [{ FunctionName: 'nowhere' }, { Qualifier: 'nope' }]) {
      await expect(create(missing)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: 'Function does not exist',
      });
    }
    await it.create('tenants', { TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } });
    await expect(create({ FunctionName: 'tenants' })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Function URL is not supported for functions enabled with tenancy configuration.',
    });
    for (const member of ['AllowMethods', 'AllowOrigins']) {
      await expect(
        it.lambda.updateFunctionUrlConfig({ FunctionName: 'refused', Cors: { [member]: ['*', 'GET'] } }),
      ).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: `You can't specify additional fields for ${member} because you already specified the wildcard character (*).`,
      });
    }
    await expect(create({ Qualifier: '1' })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(create({ Qualifier: '$LATEST' })).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      it.lambda.updateFunctionUrlConfig({ FunctionName: 'nowhere', AuthType: 'NONE' }),
    ).rejects.toMatchObject({ message: 'Function does not exist' });
    await expect(it.lambda.deleteFunctionUrlConfig({ FunctionName: 'nowhere' })).rejects.toMatchObject({
      message: 'The resource you requested does not exist.',
    });
  });
});
