import { afterAll, beforeAll, expect, test } from 'vitest';
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
const PUBLISHERS = {
  SigningProfileVersionArns: [`arn:aws:signer:us-east-1:000000000000:/signing-profiles/p/abc`],
};

const tagsOf = async (Resource: string) => (await it.lambda.listTags({ Resource })).Tags;

test('tags of a function are added, replaced and removed, and change its RevisionId', async () => {
  await it.create('tagged', { Tags: { first: '1' } });
  const Resource = `${LAMBDA}:function:tagged`;
  const before = await it.lambda.getFunction({ FunctionName: 'tagged' });
  const { $metadata } = await it.lambda.tagResource({ Resource, Tags: { first: 'one', second: '' } });
  expect($metadata.httpStatusCode).toBe(204);
  expect(await tagsOf(Resource)).toEqual({ first: 'one', second: '' });
  const after = await it.lambda.getFunction({ FunctionName: 'tagged' });
  expect(after.Tags).toEqual({ first: 'one', second: '' });
  expect(after.Configuration!.RevisionId).not.toBe(before.Configuration!.RevisionId);
  await it.lambda.untagResource({ Resource, TagKeys: ['first', 'third'] });
  expect(await tagsOf(Resource)).toEqual({ second: '' });
  await it.lambda.untagResource({ Resource, TagKeys: ['second'] });
  expect(await tagsOf(Resource)).toEqual({});
  expect(await it.lambda.getFunction({ FunctionName: 'tagged' })).not.toHaveProperty('Tags');
});

test('event source mappings, code signing configurations and capacity providers have tags too', async () => {
  await it.create('source');
  const Tags = { a: 'b' };
  const { EventSourceMappingArn } = await it.lambda.createEventSourceMapping({
    FunctionName: 'source',
    EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q',
    Tags,
  });
  const { CodeSigningConfig } = await it.lambda.createCodeSigningConfig({
    AllowedPublishers: PUBLISHERS,
    Tags,
  });
  const { CapacityProvider } = await it.lambda.createCapacityProvider({
    CapacityProviderName: 'provider',
    VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    PermissionsConfig: { CapacityProviderOperatorRoleArn: 'arn:aws:iam::000000000000:role/r' },
    Tags,
  });
  const arns = [
    EventSourceMappingArn!,
    CodeSigningConfig!.CodeSigningConfigArn!,
    CapacityProvider!.CapacityProviderArn!,
  ];
  for (const Resource of arns) {
    await it.lambda.tagResource({ Resource, Tags: { c: 'd' } });
    expect(await tagsOf(Resource)).toEqual({ a: 'b', c: 'd' });
  }
});

test('tags are refused as AWS refuses them', async () => {
  await it.create('strict');
  const Resource = `${LAMBDA}:function:strict`;
  const tag = (Tags: Record<string, string>, arn = Resource) =>
    it.lambda.tagResource({ Resource: arn, Tags });
  await expect(tag({})).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'An error occurred and the request cannot be processed.',
  });
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, 'v']));
  await expect(tag(many)).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'Number of tags exceeds resource tag limit.',
  });
  await expect(tag({ 'aws:mine': 'x' })).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  await expect(tag({ a: 'b' }, `${Resource}:1`)).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: 'Tags on function aliases and versions are not supported. Please specify a function ARN.',
  });
  await expect(tag({ a: 'b' }, `${LAMBDA}:function:nowhere`)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Function not found: ${LAMBDA}:function:nowhere`,
  });
  await expect(tag({ a: 'b' }, 'strict')).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await tagsOf(Resource)).toEqual({});
});
