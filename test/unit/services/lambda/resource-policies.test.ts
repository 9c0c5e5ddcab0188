import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LambdaServer, startLambda, UUID } from './support.ts';

let it: LambdaServer;
let count = 0;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';

async function newFunction(): Promise<string> {
  const name = `f${count++}`;
  await it.create(name);
  return `${ARN}:${name}`;
}

function policy(Resource: string, more: object = {}): string {
  const statement = {
    Sid: 'events',
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource,
    ...more,
  };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

describe('a resource policy', () => {
  test('replaces what AddPermission made, is added to by it, and goes', async () => {
    const ResourceArn = await newFunction();
    const FunctionName = ResourceArn;
    const permission = { Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' };
    await it.lambda.addPermission({ FunctionName, StatementId: 'before', ...permission });
    const Policy = policy(ResourceArn, { Effect: 'Deny', Principal: '*' });
    const put = await it.lambda.putResourcePolicy({ ResourceArn, Policy });
    expect(put).toMatchObject({ Policy, RevisionId: UUID });
    const got = await it.lambda.getResourcePolicy({ ResourceArn });
    expect(got).toMatchObject({ Policy, RevisionId: put.RevisionId });
    expect(await it.lambda.getPolicy({ FunctionName })).toMatchObject({
      Policy,
      RevisionId: put.RevisionId,
    });
    await it.lambda.addPermission({ FunctionName, StatementId: 'after', ...permission });
    const { Policy: longer } = await it.lambda.getResourcePolicy({ ResourceArn });
    const { Statement } = JSON.parse(longer!) as { Statement: { Sid: string }[] };
    expect(Statement.map(({ Sid }) => Sid)).toEqual(['events', 'after']);
    await it.lambda.removePermission({ FunctionName, StatementId: 'events' });
    await it.lambda.deleteResourcePolicy({ ResourceArn });
    await expect(it.lambda.getResourcePolicy({ ResourceArn })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(it.lambda.getPolicy({ FunctionName })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('is one for each version and alias', async () => {
    const ResourceArn = await newFunction();
    const { Version } = await it.lambda.publishVersion({ FunctionName: ResourceArn });
    await it.lambda.createAlias({ FunctionName: ResourceArn, Name: 'live', FunctionVersion: Version! });
    for (const qualifier of [Version!, 'live']) {
      const arn = `${ResourceArn}:${qualifier}`;
      await it.lambda.putResourcePolicy({ ResourceArn: arn, Policy: policy(arn) });
      expect((await it.lambda.getResourcePolicy({ ResourceArn: arn })).Policy).toBe(policy(arn));
    }
    await expect(it.lambda.getResourcePolicy({ ResourceArn })).rejects.toThrow(
      'The resource you requested does not exist.',
    );
    await expect(
      it.lambda.putResourcePolicy({
        ResourceArn: `${ResourceArn}:$LATEST`,
        Policy: policy(`${ResourceArn}:$LATEST`),
      }),
    ).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  test('is put and deleted only at the revision that is named', async () => {
    const ResourceArn = await newFunction();
    const Policy = policy(ResourceArn);
    const { RevisionId } = await it.lambda.putResourcePolicy({ ResourceArn, Policy });
    const second = await it.lambda.putResourcePolicy({ ResourceArn, Policy, RevisionId });
    expect(second.RevisionId).not.toBe(RevisionId);
    const stale = { name: 'PreconditionFailedException', $metadata: { httpStatusCode: 412 } };
    await expect(it.lambda.putResourcePolicy({ ResourceArn, Policy, RevisionId })).rejects.toMatchObject(
      stale,
    );
    await expect(it.lambda.deleteResourcePolicy({ ResourceArn, RevisionId })).rejects.toMatchObject(stale);
    await it.lambda.deleteResourcePolicy({ ResourceArn, RevisionId: second.RevisionId });
  });

  test.each([
    ['no JSON', '{'],
    ['no statements', '{"Version":"2012-10-17"}'],
    ['nobody', { Principal: undefined }],
    ['a principal that is none', { Principal: { AWS: 'anna' } }],
    ['actions of another service', { Action: 's3:GetObject' }],
    ['no actions', { Action: undefined }],
    ['another function', { Resource: `${ARN}:other` }],
    ['an operator that is none', { Condition: { Looks: { 'aws:SourceArn': 'x' } } }],
  ])('is refused with %s', async (_, wrong) => {
    const ResourceArn = await newFunction();
    const Policy = typeof wrong === 'string' ? wrong : policy(ResourceArn, wrong);
    await expect(it.lambda.putResourcePolicy({ ResourceArn, Policy })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('may be about all versions of a function, and have 20 kB', async () => {
    const ResourceArn = await newFunction();
    await it.lambda.putResourcePolicy({ ResourceArn, Policy: policy(`${ResourceArn}:*`) });
    const padded = (length: number) =>
      policy(ResourceArn, { Condition: { StringLike: { 'aws:SourceArn': 'x'.repeat(length) } } });
    const room = 20_480 - padded(0).length;
    await expect(it.lambda.putResourcePolicy({ ResourceArn, Policy: padded(room + 1) })).rejects.toThrow(
      'Member must have length less than or equal to 20480',
    );
    await it.lambda.putResourcePolicy({ ResourceArn, Policy: padded(room) });
    await expect(
      it.lambda.addPermission({
        FunctionName: ResourceArn,
        StatementId: 'one-more',
        Action: 'lambda:InvokeFunction',
        Principal: `arn:aws:iam::123456789012:role/${'r'.repeat(200)}`,
      }),
    ).rejects.toMatchObject({ name: 'PolicyLengthExceededException' });
  });

  test('needs a function', async () => {
    const gone = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    for (const ResourceArn of [`${ARN}:nothing`, 'arn:aws:lambda:us-east-1:000000000000:runtime/x']) {
      await expect(it.lambda.getResourcePolicy({ ResourceArn })).rejects.toMatchObject(gone);
      await expect(it.lambda.deleteResourcePolicy({ ResourceArn })).rejects.toMatchObject(gone);
      await expect(
        it.lambda.putResourcePolicy({ ResourceArn, Policy: policy(ResourceArn) }),
      ).rejects.toMatchObject(gone);
    }
  });
});
