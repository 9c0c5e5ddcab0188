import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CODE, type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

async function createWithVersion(name: string) {
  await it.create(name);
  await it.lambda.publishVersion({ FunctionName: name });
  await it.clock.advance(10);
}

describe('reserved concurrency', () => {
  test('is told to what runs functions, until it is taken back', async () => {
    await it.create('reserved');
    const FunctionName = 'reserved';
    const get = async () =>
      (await it.lambda.getFunctionConcurrency({ FunctionName })).ReservedConcurrentExecutions;
    expect(await get()).toBeUndefined();
    const put = await it.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 });
    expect(put.ReservedConcurrentExecutions).toBe(0);
    expect(await get()).toBe(0);
    expect(it.host.reserved.get(`${ARN}:reserved`)).toBe(0);
    const { Concurrency } = await it.lambda.getFunction({ FunctionName });
    expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 0 });
    const { $metadata } = await it.lambda.deleteFunctionConcurrency({ FunctionName });
    expect($metadata.httpStatusCode).toBe(204);
    expect(await get()).toBeUndefined();
    expect(it.host.reserved.has(`${ARN}:reserved`)).toBe(false);
    expect(await it.lambda.getFunction({ FunctionName })).not.toHaveProperty('Concurrency');
  });

  test('goes with its function', async () => {
    await it.create('brief');
    await it.lambda.putFunctionConcurrency({ FunctionName: 'brief', ReservedConcurrentExecutions: 5 });
    await it.lambda.deleteFunction({ FunctionName: 'brief' });
    expect(it.host.reserved.has(`${ARN}:brief`)).toBe(false);
    await it.create('brief');
    expect(await it.lambda.getFunctionConcurrency({ FunctionName: 'brief' })).not.toHaveProperty(
      'ReservedConcurrentExecutions',
    );
    await it.lambda.deleteFunction({ FunctionName: 'brief' });
  });

  test('leaves a hundred for all other functions', async () => {
    await it.create('greedy');
    const put = (ReservedConcurrentExecutions: number) =>
      it.lambda.putFunctionConcurrency({ FunctionName: 'greedy', ReservedConcurrentExecutions });
    await expect(put(901)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      Type: undefined,
      $metadata: { httpStatusCode: 400 },
    });
    await put(900);
    await put(899);
    const { AccountLimit } = await it.lambda.getAccountSettings({});
    expect(AccountLimit!.UnreservedConcurrentExecutions).toBe(101);
    await it.lambda.deleteFunction({ FunctionName: 'greedy' });
  });

  test('is not for versions', async () => {
    await createWithVersion('versioned');
    await expect(
      it.lambda.putFunctionConcurrency({ FunctionName: 'versioned:1', ReservedConcurrentExecutions: 1 }),
    ).rejects.toMatchObject({
      message:
        'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    });
    await expect(it.lambda.getFunctionConcurrency({ FunctionName: 'nowhere' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:nowhere`,
    });
    await expect(
      it.lambda.putFunctionConcurrency({ FunctionName: 'nowhere', ReservedConcurrentExecutions: 1 }),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:nowhere:$LATEST`,
    });
  });
});

describe('provisioned concurrency', () => {
  test('is in progress, then ready', async () => {
    await createWithVersion('ready');
    let allow = () => {};
    const allowed = new Promise<void>((resolve) => {
      allow = resolve;
    });
    it.host.provision = () => allowed;
    const version = { FunctionName: 'ready', Qualifier: '1' };
    const { $metadata, ...put } = await it.lambda.putProvisionedConcurrencyConfig({
      ...version,
      ProvisionedConcurrentExecutions: 2,
    });
    expect($metadata.httpStatusCode).toBe(202);
    const asked = {
      RequestedProvisionedConcurrentExecutions: 2,
      AvailableProvisionedConcurrentExecutions: 0,
      AllocatedProvisionedConcurrentExecutions: 0,
      Status: 'IN_PROGRESS',
      LastModified: expect.stringMatching(/^2026-01-01T00:00:\d\d\.\d{3}\+0000$/),
    };
    expect(put).toEqual(asked);
    const { $metadata: _, ...pending } = await it.lambda.getProvisionedConcurrencyConfig(version);
    expect(pending).toEqual(asked);
    allow();
    it.host.provision = () => Promise.resolve();
    const { $metadata: __, ...ready } = await it.lambda.getProvisionedConcurrencyConfig(version);
    const got = {
      ...asked,
      AvailableProvisionedConcurrentExecutions: 2,
      AllocatedProvisionedConcurrentExecutions: 2,
      Status: 'READY',
    };
    expect(ready).toEqual(got);
    expect(it.host.provisioned.get(`${ARN}:ready:1`)).toBe(2);
    const { ProvisionedConcurrencyConfigs } = await it.lambda.listProvisionedConcurrencyConfigs({
      FunctionName: 'ready',
    });
    expect(ProvisionedConcurrencyConfigs).toEqual([{ FunctionArn: `${ARN}:ready:1`, ...got }]);
    const deleted = await it.lambda.deleteProvisionedConcurrencyConfig(version);
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    expect(it.host.provisioned.has(`${ARN}:ready:1`)).toBe(false);
    await expect(it.lambda.getProvisionedConcurrencyConfig(version)).rejects.toMatchObject({
      name: 'ProvisionedConcurrencyConfigNotFoundException',
      message: 'No Provisioned Concurrency Config found for this function',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('fails where environments do not come up', async () => {
    await createWithVersion('failing');
    it.host.provision = () => Promise.reject(new Error('no'));
    const version = { FunctionName: 'failing', Qualifier: '1' };
    await it.lambda.putProvisionedConcurrencyConfig({ ...version, ProvisionedConcurrentExecutions: 1 });
    it.host.provision = () => Promise.resolve();
    expect(await it.lambda.getProvisionedConcurrencyConfig(version)).toMatchObject({
      Status: 'FAILED',
      StatusReason: 'FUNCTION_ERROR_INIT_FAILURE',
      AllocatedProvisionedConcurrentExecutions: 0,
    });
    await it.lambda.deleteFunction({ FunctionName: 'failing' });
  });

  test('follows its alias to another version, and ends with it', async () => {
    await createWithVersion('moving');
    const FunctionName = 'moving';
    await it.lambda.updateFunctionConfiguration({ FunctionName, Description: 'second' });
    await it.clock.advance(10);
    await it.lambda.publishVersion({ FunctionName });
    await it.clock.advance(10);
    await it.lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '1' });
    const live = { FunctionName, Qualifier: 'live' };
    await it.lambda.putProvisionedConcurrencyConfig({ ...live, ProvisionedConcurrentExecutions: 3 });
    expect(it.host.provisioned.get(`${ARN}:moving:1`)).toBe(3);
    await expect(
      it.lambda.putProvisionedConcurrencyConfig({
        FunctionName,
        Qualifier: '1',
        ProvisionedConcurrentExecutions: 1,
      }),
    ).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: 'Version is pointed by a Provisioned Concurrency alias',
    });
    await it.lambda.updateAlias({ FunctionName, Name: 'live', FunctionVersion: '2' });
    expect([...it.host.provisioned].filter(([place]) => place.includes('moving'))).toEqual([
      [`${ARN}:moving:2`, 3],
    ]);
    await it.lambda.deleteAlias({ FunctionName, Name: 'live' });
    expect(it.host.provisioned.has(`${ARN}:moving:2`)).toBe(false);
  });

  test('is refused as AWS refuses it', async () => {
    await createWithVersion('refused');
    const put = (Qualifier: string, ProvisionedConcurrentExecutions = 1) =>
      it.lambda.putProvisionedConcurrencyConfig({
        FunctionName: 'refused',
        Qualifier,
        ProvisionedConcurrentExecutions,
      });
    await expect(put('$LATEST')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    });
    await expect(put('9')).rejects.toMatchObject({ message: `Function not found: ${ARN}:refused:9` });
    await expect(put('nope')).rejects.toMatchObject({
      message: `Cannot find alias arn: ${ARN}:refused:nope`,
    });
    for (const [Qualifier, words] of [
      ['1', 'Function not found'],
      ['nope', 'Cannot find alias arn'],
    ] as const) {
      await expect(
        it.lambda.getProvisionedConcurrencyConfig({ FunctionName: 'nowhere', Qualifier }),
      ).rejects.toMatchObject({ message: `${words}: ${ARN}:nowhere:${Qualifier}` });
    }
    await expect(put('1', 0)).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '0' at 'provisionedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    });
    await expect(put('1', 1001)).rejects.toMatchObject({
      message:
        "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000].",
    });
    await expect(put('1', 901)).rejects.toMatchObject({
      message:
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
    await it.lambda.putFunctionConcurrency({ FunctionName: 'refused', ReservedConcurrentExecutions: 2 });
    await expect(put('1', 3)).rejects.toMatchObject({
      message:
        'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    });
    await put('1', 2);
    await expect(
      it.lambda.putFunctionConcurrency({ FunctionName: 'refused', ReservedConcurrentExecutions: 1 }),
    ).rejects.toMatchObject({
      message:
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned concurrency [2].",
    });
  });
});

test('account settings tell of limits and of what is used', async () => {
  const fresh = it.as({ region: 'eu-north-1' });
  const { $metadata: _, ...settings } = await fresh.getAccountSettings({});
  const AccountLimit = {
    TotalCodeSize: 80530636800,
    CodeSizeUnzipped: 262144000,
    CodeSizeZipped: 52428800,
    ConcurrentExecutions: 1000,
    UnreservedConcurrentExecutions: 1000,
  };
  expect(settings).toEqual({ AccountLimit, AccountUsage: { TotalCodeSize: 0, FunctionCount: 0 } });
  await fresh.publishLayerVersion({ LayerName: 'l', Content: { ZipFile: CODE } });
  const { AccountUsage } = await fresh.getAccountSettings({});
  expect(AccountUsage).toEqual({ TotalCodeSize: CODE.length, FunctionCount: 0 });
});

test('both are told again after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lambdock-concurrency-'));
  const first = await startLambda({ folder });
  await first.create('lasting');
  await first.lambda.publishVersion({ FunctionName: 'lasting' });
  await first.clock.advance(10);
  await first.lambda.putFunctionConcurrency({ FunctionName: 'lasting', ReservedConcurrentExecutions: 9 });
  await first.lambda.putProvisionedConcurrencyConfig({
    FunctionName: 'lasting',
    Qualifier: '1',
    ProvisionedConcurrentExecutions: 4,
  });
  await first[Symbol.asyncDispose]();
  const second = await startLambda({ folder });
  await second.lambda.getAccountSettings({});
  expect(second.host.reserved).toEqual(new Map([[`${ARN}:lasting`, 9]]));
  expect(second.host.provisioned).toEqual(new Map([[`${ARN}:lasting:1`, 4]]));
  await second[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});
