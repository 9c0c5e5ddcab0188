import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../../support/aws/zip.ts';
import { functionInput, type LambdaServer, startLambda, storedPackages, UUID } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

async function update(name: string, Description: string) {
  const answer = await it.lambda.updateFunctionConfiguration({ FunctionName: name, Description });
  await it.clock.advance(10);
  return answer;
}

async function publish(FunctionName: string) {
  const answer = await it.lambda.publishVersion({ FunctionName });
  await it.clock.advance(10);
  return answer;
}

describe('an update', () => {
  test('of the configuration changes what it names, and is InProgress for a moment', async () => {
    await it.create('configured', { Environment: { Variables: { STAGE: '1' } }, Description: 'old' });
    const { $metadata: _, ...answer } = await it.lambda.updateFunctionConfiguration({
      FunctionName: 'configured',
      Timeout: 30,
      MemorySize: 512,
      Environment: { Variables: {} },
      LoggingConfig: { LogFormat: 'JSON' },
      VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    });
    expect(answer).toMatchObject({
      Description: 'old',
      Timeout: 30,
      MemorySize: 512,
      Environment: { Variables: {} },
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'INFO',
        SystemLogLevel: 'INFO',
        LogGroup: '/aws/lambda/configured',
      },
      VpcConfig: {
        SubnetIds: ['subnet-1'],
        SecurityGroupIds: ['sg-1'],
        VpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
        Ipv6AllowedForDualStack: false,
      },
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReason: 'The function is being created.',
      LastUpdateStatusReasonCode: 'Creating',
    });
    await it.clock.advance(10);
    const after = await it.lambda.getFunctionConfiguration({ FunctionName: 'configured' });
    expect(after.LastUpdateStatus).toBe('Successful');
    expect(after).not.toHaveProperty('LastUpdateStatusReason');
    expect(after.RevisionId).not.toBe(answer.RevisionId);
    expect(it.host.retired).toContain(`${ARN}:configured`);
  });

  test('of the code replaces it, and what nothing has any more is deleted', async () => {
    const [one, two] = [zipOf({ 'index.js': 'one' }), zipOf({ 'index.js': 'two' })];
    await it.create('coded', { Code: { ZipFile: one } });
    const before = await it.lambda.getFunctionConfiguration({ FunctionName: 'coded' });
    const dry = await it.lambda.updateFunctionCode({ FunctionName: 'coded', ZipFile: two, DryRun: true });
    expect(dry.RevisionId).toBe(before.RevisionId);
    await it.clock.advance(60_000);
    await it.arrived(async () => (await storedPackages(it)).length > 0);
    expect(await storedPackages(it)).not.toContain(createHash('sha256').update(two).digest('hex'));
    const after = await it.lambda.updateFunctionCode({
      FunctionName: 'coded',
      ZipFile: two,
      Publish: true,
      RevisionId: before.RevisionId,
    });
    expect(after).toMatchObject({ Version: '1', FunctionArn: `${ARN}:coded:1`, CodeSize: two.length });
    expect(after.CodeSha256).not.toBe(before.CodeSha256);
    const old = Buffer.from(before.CodeSha256!, 'base64').toString('hex');
    expect(await storedPackages(it)).toContain(old);
    await it.clock.advance(60_000);
    await it.arrived(async () => !(await storedPackages(it)).includes(old));
    await it.clock.advance(10);
    await expect(
      it.lambda.updateFunctionCode({ FunctionName: 'coded', ZipFile: one, RevisionId: before.RevisionId }),
    ).rejects.toMatchObject({
      name: 'PreconditionFailedException',
      message:
        'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
      $metadata: { httpStatusCode: 412 },
    });
  });

  test('takes code from a bucket, and says what is not there', async () => {
    const code = zipOf({ 'index.js': 'from a bucket' });
    await it.server.dependencies.objects.put('deployments', 'app.zip', code);
    await it.create('stored', { Code: { S3Bucket: 'deployments', S3Key: 'app.zip' } });
    const { CodeSize } = await it.lambda.getFunctionConfiguration({ FunctionName: 'stored' });
    expect(CodeSize).toBe(code.length);
    const from = (S3Bucket: string) =>
      it.lambda.updateFunctionCode({ FunctionName: 'stored', S3Bucket, S3Key: 'none.zip' });
    await expect(from('deployments')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message:
        'Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.',
    });
    await expect(from('no-such-bucket')).rejects.toThrow('S3 Error Code: NoSuchBucket');
  });

  test('that comes while another is under way is refused, with time to wait for the end of neither', async () => {
    await using slow = await startLambda({ transition: 5_000 });
    await slow.lambda.createFunction(functionInput('slow'));
    const change = () => slow.lambda.updateFunctionConfiguration({ FunctionName: 'slow', Timeout: 5 });
    await expect(change()).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message:
        'The operation cannot be performed at this time. The function is currently in the following state: Pending',
    });
    await slow.clock.advance(5_000);
    await change();
    await expect(change()).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}:slow`,
      $metadata: { httpStatusCode: 409 },
    });
  });
});

describe('a version', () => {
  test('is what $LATEST was, and a second one needs a change', async () => {
    await it.create('published');
    const { $metadata, ...one } = await it.lambda.publishVersion({
      FunctionName: 'published',
      Description: 'first',
    });
    expect($metadata.httpStatusCode).toBe(201);
    expect(one).toMatchObject({
      FunctionArn: `${ARN}:published:1`,
      Version: '1',
      Description: 'first',
      State: 'Pending',
    });
    expect(one).not.toHaveProperty('LastUpdateStatus');
    await it.clock.advance(10);
    expect((await publish('published')).Version).toBe('1');
    await update('published', 'changed');
    expect(await publish('published')).toMatchObject({ Version: '2', Description: 'changed' });
    const got = await it.lambda.getFunction({ FunctionName: 'published:1' });
    expect(got.Configuration).toMatchObject({ FunctionArn: `${ARN}:published:1`, Description: 'first' });
    const { Versions } = await it.lambda.listVersionsByFunction({ FunctionName: 'published' });
    expect(Versions!.map(({ Version, FunctionArn }) => [Version, FunctionArn])).toEqual([
      ['$LATEST', `${ARN}:published:$LATEST`],
      ['1', `${ARN}:published:1`],
      ['2', `${ARN}:published:2`],
    ]);
    expect(Versions![0]).not.toHaveProperty('State');
  });

  test('of other code than the caller thinks is not published', async () => {
    await it.create('checked');
    await expect(
      it.lambda.publishVersion({ FunctionName: 'checked', CodeSha256: 'other' }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringMatching(
        /^CodeSHA256 \(other\) is different from current CodeSHA256 in \$LATEST \(.{44}\)\. Please try again with the CodeSHA256 in \$LATEST\.$/,
      ),
    });
  });

  test('keeps its number to itself when it is deleted', async () => {
    await it.create('numbered');
    await publish('numbered');
    await it.lambda.deleteFunction({ FunctionName: 'numbered', Qualifier: '1' });
    await it.lambda.deleteFunction({ FunctionName: 'numbered', Qualifier: '1' });
    expect((await publish('numbered')).Version).toBe('2');
    await expect(it.lambda.getFunction({ FunctionName: 'numbered', Qualifier: '1' })).rejects.toThrow(
      `Function not found: ${ARN}:numbered:1`,
    );
    await expect(
      it.lambda.deleteFunction({ FunctionName: 'numbered', Qualifier: '$LATEST' }),
    ).rejects.toThrow('$LATEST version cannot be deleted without deleting the function.');
  });
});

describe('an alias', () => {
  test('stands for a version, and can be moved', async () => {
    await it.create('aliased');
    await publish('aliased');
    await update('aliased', 'two');
    await publish('aliased');
    const FunctionName = 'aliased';
    const { $metadata, ...alias } = await it.lambda.createAlias({
      FunctionName,
      Name: 'live',
      FunctionVersion: '1',
    });
    expect($metadata.httpStatusCode).toBe(201);
    expect(alias).toEqual({
      AliasArn: `${ARN}:aliased:live`,
      Name: 'live',
      FunctionVersion: '1',
      Description: '',
      RevisionId: UUID,
    });
    const got = await it.lambda.getFunction({ FunctionName: 'aliased:live' });
    expect(got.Configuration).toMatchObject({ FunctionArn: `${ARN}:aliased:live`, Version: '1' });
    await expect(
      it.lambda.createAlias({ FunctionName, Name: 'live', FunctionVersion: '2' }),
    ).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `Alias already exists: ${ARN}:aliased:live`,
    });
    const moved = await it.lambda.updateAlias({
      FunctionName,
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } },
      RevisionId: alias.RevisionId,
    });
    expect(moved).toMatchObject({
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } },
    });
    await expect(
      it.lambda.updateAlias({ FunctionName, Name: 'live', RevisionId: alias.RevisionId }),
    ).rejects.toMatchObject({ name: 'PreconditionFailedException' });
    const plain = await it.lambda.updateAlias({ FunctionName, Name: 'live', RoutingConfig: {} });
    expect(plain).not.toHaveProperty('RoutingConfig');
    const { Aliases } = await it.lambda.listAliases({ FunctionName, FunctionVersion: '1' });
    expect(Aliases).toHaveLength(1);
    await expect(it.lambda.deleteFunction({ FunctionName, Qualifier: '1' })).rejects.toMatchObject({
      name: 'ResourceConflictException',
    });
    const deleted = await it.lambda.deleteAlias({ FunctionName, Name: 'live' });
    expect(deleted.$metadata.httpStatusCode).toBe(204);
    await it.lambda.deleteAlias({ FunctionName, Name: 'live' });
    await expect(it.lambda.getAlias({ FunctionName, Name: 'live' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Cannot find alias arn: ${ARN}:aliased:live`,
    });
  });

  test('of a function that is not there is refused', async () => {
    await expect(
      it.lambda.createAlias({ FunctionName: 'nowhere', Name: 'a', FunctionVersion: '1' }),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:nowhere:1`,
    });
  });

  test.each([
    [{ 1: 0.5 }, '1', 'Function version 1 is already included in routing configuration.'],
    [{ 1: 0.5 }, '$LATEST', '$LATEST is not supported for an alias pointing to more than 1 version'],
    [{ 1: 0.5, 2: 0.5 }, '1', 'Number of items in AdditionalVersionWeights cannot be greater than 1'],
    [{ 9: 0.5 }, '1', `Function not found: ${ARN}:weighted:9`],
    [{ a: 0.5 }, '1', 'Member must satisfy regular expression pattern: [0-9]+'],
    [
      { 2: 2 },
      '1',
      "Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0",
    ],
    [{ 2: 1.5 }, '1', 'Member must have value less than or equal to 1.0'],
  ])(
    'with the weights %j for version %s is refused',
    async (AdditionalVersionWeights, FunctionVersion, words) => {
      if (!(await it.lambda.getFunction({ FunctionName: 'weighted' }).catch(() => undefined))) {
        await it.create('weighted');
        await publish('weighted');
      }
      const RoutingConfig = { AdditionalVersionWeights: AdditionalVersionWeights as Record<string, number> };
      await expect(
        it.lambda.createAlias({ FunctionName: 'weighted', Name: 'a', FunctionVersion, RoutingConfig }),
      ).rejects.toThrow(words);
    },
  );
});
