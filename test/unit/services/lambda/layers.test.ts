import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipOf } from '../../../support/aws/zip.ts';
import { CODE, functionInput, type LambdaServer, startLambda, storedPackages, UUID } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:layer';
const LAYER = zipOf({ 'python/helper.py': 'x = 1' });

/** A small zip file that says it holds one of this size. */
function claiming(size: number): Buffer {
  const zip = zipOf({ file: 'small' });
  zip.writeUInt32LE(size, zip.indexOf('PK\x01\x02') + 24);
  return zip;
}

function publish(LayerName: string, more: { content?: Buffer } = {}) {
  return it.lambda.publishLayerVersion({ LayerName, Content: { ZipFile: more.content ?? LAYER } });
}

describe('a layer', () => {
  test('is answered with what was given of it, and nothing more', async () => {
    const { $metadata, ...published } = await it.lambda.publishLayerVersion({
      LayerName: 'full',
      Description: 'all of it',
      LicenseInfo: 'MIT',
      CompatibleRuntimes: ['python3.13', 'python3.12'],
      CompatibleArchitectures: ['arm64'],
      Content: { ZipFile: LAYER },
    });
    expect($metadata.httpStatusCode).toBe(201);
    const listed = {
      LayerVersionArn: `${ARN}:full:1`,
      Version: 1,
      Description: 'all of it',
      CreatedDate: '2026-01-01T00:00:00.000+0000',
      CompatibleRuntimes: ['python3.13', 'python3.12'],
      CompatibleArchitectures: ['arm64'],
      LicenseInfo: 'MIT',
    };
    const shown = {
      ...listed,
      LayerArn: `${ARN}:full`,
      Content: {
        Location: expect.stringContaining('X-Amz-Signature='),
        CodeSha256: createHash('sha256').update(LAYER).digest('base64'),
        CodeSize: LAYER.length,
      },
    };
    expect(published).toEqual(shown);
    const { $metadata: _, ...got } = await it.lambda.getLayerVersion({ LayerName: 'full', VersionNumber: 1 });
    expect(got).toEqual(shown);
    const { $metadata: __, ...byArn } = await it.lambda.getLayerVersionByArn({ Arn: `${ARN}:full:1` });
    expect(byArn).toEqual(shown);
    const { LayerVersions } = await it.lambda.listLayerVersions({ LayerName: 'full' });
    expect(LayerVersions).toEqual([listed]);
  });

  test('has a new number each time, also after versions were deleted', async () => {
    await publish('counted');
    const second = await publish('counted');
    expect(second).toMatchObject({ Version: 2, Description: '' });
    expect(second).not.toHaveProperty('CompatibleRuntimes');
    await it.lambda.deleteLayerVersion({ LayerName: 'counted', VersionNumber: 2 });
    const { $metadata } = await it.lambda.deleteLayerVersion({ LayerName: 'counted', VersionNumber: 2 });
    expect($metadata.httpStatusCode).toBe(204);
    expect(await publish('counted')).toMatchObject({ Version: 3 });
    const { LayerVersions } = await it.lambda.listLayerVersions({ LayerName: 'counted' });
    expect(LayerVersions!.map(({ Version }) => Version)).toEqual([3, 1]);
  });

  test('is listed with its newest version that fits, page by page', async () => {
    const other = await startLambda();
    const content = { ZipFile: LAYER };
    for (const LayerName of ['a', 'b', 'c'])
      await other.lambda.publishLayerVersion({ LayerName, Content: content });
    await other.lambda.publishLayerVersion({
      LayerName: 'b',
      Content: content,
      CompatibleRuntimes: ['nodejs22.x'],
    });
    await other.lambda.publishLayerVersion({ LayerName: 'b', Content: content });
    const first = await other.lambda.listLayers({ MaxItems: 2 });
    expect(first.Layers!.map(({ LayerName }) => LayerName)).toEqual(['a', 'b']);
    const second = await other.lambda.listLayers({ Marker: first.NextMarker! });
    expect(second.Layers!.map(({ LayerName }) => LayerName)).toEqual(['c']);
    expect(second).not.toHaveProperty('NextMarker');
    const { Layers } = await other.lambda.listLayers({ CompatibleRuntime: 'nodejs22.x' });
    expect(Layers).toMatchObject([{ LayerName: 'b', LatestMatchingVersion: { Version: 2 } }]);
    const { LayerVersions, NextMarker } = await other.lambda.listLayerVersions({
      LayerName: 'b',
      MaxItems: 1,
    });
    expect(LayerVersions).toMatchObject([{ Version: 3 }]);
    const rest = await other.lambda.listLayerVersions({ LayerName: 'b', Marker: NextMarker! });
    expect(rest.LayerVersions).toMatchObject([{ Version: 2 }, { Version: 1 }]);
    await other[Symbol.asyncDispose]();
  });

  test('that is not there is told of in words that depend on who asks', async () => {
    const missing = { LayerName: 'nowhere', VersionNumber: 7 };
    await expect(it.lambda.getLayerVersion(missing)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      Type: 'User',
    });
    await expect(it.lambda.getLayerVersion({ ...missing, VersionNumber: 0 })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Layer Version Cannot be less than 1',
    });
    await expect(it.lambda.getLayerVersionPolicy(missing)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Layer version ${ARN}:nowhere:7 does not exist.`,
    });
    const { LayerVersions } = await it.lambda.listLayerVersions({ LayerName: 'nowhere' });
    expect(LayerVersions).toEqual([]);
  });

  test('has to be a zip file', async () => {
    await expect(publish('broken', { content: Buffer.from('no zip') })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'Could not unzip uploaded file. Please check your file, then try to upload again.',
    });
  });

  test('has a name that AWS lets it have', async () => {
    await expect(publish('a.b')).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'a.b' at 'layerName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+",
    });
  });

  test('is for runtimes that there are or were', async () => {
    const runtimes = (...CompatibleRuntimes: string[]) =>
      it.lambda.publishLayerVersion({
        LayerName: 'for',
        Content: { ZipFile: LAYER },
        CompatibleRuntimes: CompatibleRuntimes as 'nodejs22.x'[],
      });
    await runtimes('nodejs12.x', 'nodejs24.x');
    await expect(runtimes('nodejs24.x', 'cobol')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(
        /^1 validation error detected: Value '\[nodejs24\.x, cobol\]' at 'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: \[nodejs20\.x, python3\.14, [^\]]+\]$/,
      ),
    });
  });

  test('can come from a bucket', async () => {
    await it.server.dependencies.objects.put('code', 'layer.zip', LAYER);
    const Content = { S3Bucket: 'code', S3Key: 'layer.zip' };
    const published = await it.lambda.publishLayerVersion({ LayerName: 'stored', Content });
    expect(published.Content!.CodeSize).toBe(LAYER.length);
    await expect(
      it.lambda.publishLayerVersion({ LayerName: 'stored', Content: { ...Content, S3Key: 'no' } }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException', message: /NoSuchKey/ });
  });
});

describe('layers of functions', () => {
  test('are shown with their sizes, and given to what runs the function', async () => {
    await publish('used');
    const Layers = [`${ARN}:used:1`];
    await it.create('with-layer', { Layers });
    const { Configuration } = await it.lambda.getFunction({ FunctionName: 'with-layer' });
    expect(Configuration!.Layers).toEqual([{ Arn: `${ARN}:used:1`, CodeSize: LAYER.length }]);
    await it.lambda.invoke({ FunctionName: 'with-layer' });
    const sha256 = createHash('sha256').update(LAYER).digest('hex');
    expect(it.host.invocations.at(-1)!.fn.layers).toEqual([
      { bucket: 'awslambda-tasks', key: expect.stringMatching(`^[0-9a-f]{12}/${sha256}$`), sha256 },
    ]);
  });

  test('stay after their version was deleted, until the function is', async () => {
    const content = zipOf({ 'only.txt': 'in this layer' });
    const sha256 = createHash('sha256').update(content).digest('hex');
    await publish('kept', { content });
    await it.create('keeper', { Layers: [`${ARN}:kept:1`] });
    await it.lambda.deleteLayerVersion({ LayerName: 'kept', VersionNumber: 1 });
    await it.clock.advance(60_000);
    expect(await storedPackages(it)).toContain(sha256);
    await expect(it.lambda.getLayerVersion({ LayerName: 'kept', VersionNumber: 1 })).rejects.toThrow();
    await it.lambda.deleteFunction({ FunctionName: 'keeper' });
    await publish('another');
    await it.clock.advance(60_000);
    await it.arrived(async () => !(await storedPackages(it)).includes(sha256));
  });

  test('are refused as AWS refuses them', async () => {
    await publish('one');
    await publish('one');
    const create = (Layers: string[]) =>
      it.lambda.createFunction(functionInput('refused', { Layers, Code: { ZipFile: CODE } }));
    await expect(create([`${ARN}:one:9`])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: `Layer version ${ARN}:one:9 does not exist.`,
    });
    await expect(create([`${ARN}:one:1`, `${ARN}:one:2`])).rejects.toMatchObject({
      message: `Two different versions of the same layer are not allowed to be referenced in the same function. ${ARN}:one:1 and ${ARN}:one:2 are versions of the same layer.`,
    });
    await expect(create(Array.from({ length: 6 }, (_, n) => `${ARN}:l${n}:1`))).rejects.toMatchObject({
      message: 'Cannot reference more than 5 layers.',
    });
    await expect(create([`${ARN}:one:1`.replace('us-east-1', 'eu-west-1')])).rejects.toMatchObject({
      message:
        'Layers are not in the same region as the function. Layers are expected to be in region us-east-1.',
    });
  });

  test('may not be larger together with the code than AWS allows', async () => {
    await publish('large', { content: claiming(200_000_000) });
    const Layers = [`${ARN}:large:1`];
    const tooLarge = {
      name: 'InvalidParameterValueException',
      message:
        'Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 300000000 bytes.',
    };
    const ZipFile = claiming(100_000_000);
    await expect(
      it.lambda.createFunction(functionInput('heavy', { Layers, Code: { ZipFile } })),
    ).rejects.toMatchObject(tooLarge);
    const FunctionName = 'heavy';
    await it.create(FunctionName, { Code: { ZipFile } });
    await expect(it.lambda.updateFunctionConfiguration({ FunctionName, Layers })).rejects.toMatchObject(
      tooLarge,
    );
    await it.lambda.updateFunctionCode({ FunctionName, ZipFile: CODE });
    await it.clock.advance(10);
    await it.lambda.updateFunctionConfiguration({ FunctionName, Layers });
    await it.clock.advance(10);
    await expect(it.lambda.updateFunctionCode({ FunctionName, ZipFile })).rejects.toMatchObject(tooLarge);
  });

  test('of another account have to be shared', async () => {
    await publish('shared');
    const stranger = it.as({ key: '123456789012' });
    const create = () => stranger.createFunction(functionInput('borrower', { Layers: [`${ARN}:shared:1`] }));
    await expect(create()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(stranger.getLayerVersionByArn({ Arn: `${ARN}:shared:1` })).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await it.lambda.addLayerVersionPermission({
      LayerName: 'shared',
      VersionNumber: 1,
      StatementId: 'them',
      Action: 'lambda:GetLayerVersion',
      Principal: '123456789012',
    });
    expect((await create()).Layers).toEqual([{ Arn: `${ARN}:shared:1`, CodeSize: LAYER.length }]);
    expect(await stranger.getLayerVersionByArn({ Arn: `${ARN}:shared:1` })).toMatchObject({ Version: 1 });
  });
});

test('the policy of a layer version is written as AWS writes it', async () => {
  await publish('policy');
  const version = { LayerName: 'policy', VersionNumber: 1 };
  const add = (StatementId: string, RevisionId?: string) =>
    it.lambda.addLayerVersionPermission({
      ...version,
      StatementId,
      Action: 'lambda:GetLayerVersion',
      Principal: '*',
      OrganizationId: 'o-1234567890',
      RevisionId,
    });
  await expect(it.lambda.getLayerVersionPolicy(version)).rejects.toMatchObject({
    message: 'No policy is associated with the given resource.',
  });
  const { Statement, RevisionId } = await add('org');
  expect(RevisionId).toEqual(UUID);
  expect(Statement).toBe(
    `{"Sid":"org","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"${ARN}:policy:1","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}`,
  );
  await expect(add('org')).rejects.toMatchObject({
    name: 'ResourceConflictException',
    message:
      'The statement id (org) provided already exists. Please provide a new statement id, or remove the existing statement.',
  });
  await expect(add('more', 'deadbeef')).rejects.toMatchObject({
    name: 'PreconditionFailedException',
    message:
      'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
  });
  const policy = await it.lambda.getLayerVersionPolicy(version);
  expect(policy).toMatchObject({
    RevisionId,
    Policy: `{"Version":"2012-10-17","Id":"default","Statement":[${Statement}]}`,
  });
  await expect(
    it.lambda.removeLayerVersionPermission({ ...version, StatementId: 'other' }),
  ).rejects.toMatchObject({ message: 'Statement other is not found in resource policy.' });
  await it.lambda.removeLayerVersionPermission({ ...version, StatementId: 'org', RevisionId });
  await expect(it.lambda.getLayerVersionPolicy(version)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});
