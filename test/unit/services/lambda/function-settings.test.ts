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

const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000';
const ARN = `${LAMBDA}:function`;

describe('the configuration of asynchronous invocations', () => {
  test('is replaced by Put, and changed by Update', async () => {
    await it.create('async');
    const FunctionName = 'async';
    const { $metadata: _, ...put } = await it.lambda.putFunctionEventInvokeConfig({
      FunctionName,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failed' } },
    });
    const shown = {
      LastModified: new Date(it.clock.now()),
      FunctionArn: `${ARN}:async:$LATEST`,
      MaximumRetryAttempts: 0,
      DestinationConfig: {
        OnSuccess: {},
        OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failed' },
      },
    };
    expect(put).toEqual(shown);
    const { $metadata: __, ...updated } = await it.lambda.updateFunctionEventInvokeConfig({
      FunctionName,
      MaximumEventAgeInSeconds: 60,
    });
    expect(updated).toEqual({ ...shown, MaximumEventAgeInSeconds: 60 });
    const { FunctionEventInvokeConfigs } = await it.lambda.listFunctionEventInvokeConfigs({ FunctionName });
    expect(FunctionEventInvokeConfigs).toEqual([updated]);
    const { $metadata: ___, ...replaced } = await it.lambda.putFunctionEventInvokeConfig({
      FunctionName,
      MaximumRetryAttempts: 1,
    });
    expect(replaced).toEqual({
      ...shown,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnSuccess: {}, OnFailure: {} },
    });
    const { $metadata } = await it.lambda.deleteFunctionEventInvokeConfig({ FunctionName });
    expect($metadata.httpStatusCode).toBe(204);
    const gone = {
      name: 'ResourceNotFoundException',
      message: `The function ${ARN}:async:$LATEST doesn't have an EventInvokeConfig`,
    };
    await expect(it.lambda.getFunctionEventInvokeConfig({ FunctionName })).rejects.toMatchObject(gone);
    await expect(it.lambda.deleteFunctionEventInvokeConfig({ FunctionName })).rejects.toMatchObject(gone);
    await expect(
      it.lambda.updateFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 1 }),
    ).rejects.toMatchObject(gone);
  });

  test('is kept to by the queue', async () => {
    await it.create('fragile');
    const FunctionName = 'fragile';
    it.host.answer = () => ({ payload: Buffer.from('{}'), functionError: 'Unhandled' });
    await it.lambda.putFunctionEventInvokeConfig({ FunctionName, MaximumRetryAttempts: 0 });
    const before = it.host.invocations.length;
    await it.lambda.invoke({ FunctionName, InvocationType: 'Event' });
    await it.arrived(() => it.host.invocations.length > before);
    await it.clock.advance(600_000);
    expect(it.host.invocations.length).toBe(before + 1);
  });

  test('is refused as AWS refuses it', async () => {
    await it.create('choosy');
    const put = (more: object) =>
      it.lambda.putFunctionEventInvokeConfig({ FunctionName: 'choosy', MaximumRetryAttempts: 1, ...more });
    await expect(put({ MaximumRetryAttempts: undefined })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'You must specify at least one of error handling or destination setting.',
    });
    for (const missing of [{ FunctionName: 'nowhere' }, { Qualifier: 'nope' }, { Qualifier: '3' }]) {
      await expect(put(missing)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
        message: "The function doesn't exist.",
      });
    }
    const to = (Destination: string) => put({ DestinationConfig: { OnSuccess: { Destination } } });
    await expect(to(`${ARN}:choosy`)).rejects.toMatchObject({
      message: "You can't specify the function as a destination for itself.",
    });
    await expect(to(`${ARN}:nowhere`)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `The destination ARN ${ARN}:nowhere is invalid.`,
    });
    for (const arn of [
      'arn:aws:ec2:us-east-1:000000000000:instance/i-1',
      'arn:aws:sqs:eu-west-1:000000000000:elsewhere',
      'arn:aws:sqs:us-east-1:000000000000:ordered.fifo',
      'arn:aws:s3:::bucket',
    ]) {
      await expect(to(arn)).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: `The provided destination config DestinationConfig(onSuccess=OnSuccess(destination=${arn}), onFailure=null) is invalid.`,
      });
    }
    await expect(to('arn:aws:sns:us-east-1:000000000000:ordered.fifo')).rejects.toMatchObject({
      message: "FIFO-type Amazon SNS topics aren't supported as a destination.",
    });
    await put({ DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::bucket' } } });
    await expect(to('queue')).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put({ MaximumRetryAttempts: 3 })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('recursion is detected unless a function says otherwise', async () => {
  await it.create('loop');
  const FunctionName = 'loop';
  expect(await it.lambda.getFunctionRecursionConfig({ FunctionName })).toMatchObject({
    RecursiveLoop: 'Terminate',
  });
  await it.lambda.putFunctionRecursionConfig({ FunctionName, RecursiveLoop: 'Allow' });
  expect(await it.lambda.getFunctionRecursionConfig({ FunctionName })).toMatchObject({
    RecursiveLoop: 'Allow',
  });
  await expect(
    it.lambda.putFunctionRecursionConfig({ FunctionName: 'nowhere', RecursiveLoop: 'Allow' }),
  ).rejects.toMatchObject({ message: `Function not found: ${ARN}:nowhere` });
  await expect(
    it.lambda.putFunctionRecursionConfig({ FunctionName, RecursiveLoop: 'Maybe' as 'Allow' }),
  ).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "1 validation error detected: Value 'Maybe' at 'recursiveLoop' failed to satisfy constraint: Member must satisfy enum value set: [Terminate, Allow]",
  });
});

test('the runtime is updated automatically unless a version says otherwise', async () => {
  await it.create('managed');
  await it.lambda.publishVersion({ FunctionName: 'managed' });
  await it.clock.advance(10);
  const FunctionName = 'managed';
  const { $metadata: _, ...usual } = await it.lambda.getRuntimeManagementConfig({ FunctionName });
  expect(usual).toEqual({ UpdateRuntimeOn: 'Auto', FunctionArn: `${ARN}:managed:$LATEST` });
  const RuntimeVersionArn = `arn:aws:lambda:us-east-1::runtime:${'a'.repeat(64)}`;
  const manual = { UpdateRuntimeOn: 'Manual' as const, RuntimeVersionArn };
  const { $metadata: __, ...put } = await it.lambda.putRuntimeManagementConfig({
    FunctionName,
    Qualifier: '1',
    ...manual,
  });
  expect(put).toEqual({ ...manual, FunctionArn: `${ARN}:managed:1` });
  const { $metadata: ___, ...got } = await it.lambda.getRuntimeManagementConfig({
    FunctionName,
    Qualifier: '1',
  });
  expect(got).toEqual(put);
  await expect(
    it.lambda.putRuntimeManagementConfig({ FunctionName, UpdateRuntimeOn: 'Manual' }),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message:
      'Missing runtime version ARN. A runtime version ARN is required when UpdateRuntimeVersionOn=Manual. Provide a valid runtime version ARN and retry the request.',
  });
  await expect(
    it.lambda.putRuntimeManagementConfig({ FunctionName, ...manual, UpdateRuntimeOn: 'Auto' }),
  ).rejects.toMatchObject({
    message:
      'Unexpected runtime version ARN when UpdateRuntimeVersionOn=Auto. Remove the runtime version ARN and retry the request.',
  });
});

describe('capacity providers', () => {
  const provider = {
    VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    PermissionsConfig: { CapacityProviderOperatorRoleArn: 'arn:aws:iam::000000000000:role/r' },
  };

  test('are kept', async () => {
    const CapacityProviderName = 'main';
    const { $metadata, CapacityProvider } = await it.lambda.createCapacityProvider({
      CapacityProviderName,
      ...provider,
    });
    expect($metadata.httpStatusCode).toBe(202);
    const shown = {
      ...provider,
      CapacityProviderArn: `${LAMBDA}:capacity-provider:main`,
      LastModified: expect.any(String),
    };
    expect(CapacityProvider).toEqual({ ...shown, State: 'Pending' });
    const got = await it.lambda.getCapacityProvider({ CapacityProviderName });
    expect(got.CapacityProvider).toEqual({ ...shown, State: 'Active' });
    const CapacityProviderScalingConfig = { MaxVCpuCount: 12 };
    await it.lambda.updateCapacityProvider({ CapacityProviderName, CapacityProviderScalingConfig });
    const { CapacityProviders } = await it.lambda.listCapacityProviders({});
    expect(CapacityProviders).toEqual([{ ...shown, State: 'Active', CapacityProviderScalingConfig }]);
    const versions = await it.lambda.listFunctionVersionsByCapacityProvider({ CapacityProviderName });
    expect(versions).toMatchObject({ CapacityProviderArn: shown.CapacityProviderArn, FunctionVersions: [] });
    const deleted = await it.lambda.deleteCapacityProvider({ CapacityProviderName });
    expect(deleted.CapacityProvider!.State).toBe('Deleting');
    await expect(it.lambda.getCapacityProvider({ CapacityProviderName })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('exist once', async () => {
    await it.lambda.createCapacityProvider({ CapacityProviderName: 'twice', ...provider });
    await expect(
      it.lambda.createCapacityProvider({ CapacityProviderName: 'twice', ...provider }),
    ).rejects.toMatchObject({ name: 'ResourceConflictException' });
  });
});

test('the scaling of a published version is kept', async () => {
  await it.create('scaled');
  const version = { FunctionName: 'scaled', Qualifier: '$LATEST.PUBLISHED' };
  const config = { MinExecutionEnvironments: 1, MaxExecutionEnvironments: 5 };
  const put = await it.lambda.putFunctionScalingConfig({ ...version, FunctionScalingConfig: config });
  expect(put).toMatchObject({ FunctionState: 'Active', $metadata: { httpStatusCode: 202 } });
  expect(await it.lambda.getFunctionScalingConfig(version)).toMatchObject({
    FunctionArn: `${ARN}:scaled:$LATEST.PUBLISHED`,
    AppliedFunctionScalingConfig: config,
    RequestedFunctionScalingConfig: config,
  });
});
