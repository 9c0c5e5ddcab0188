import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionInput, type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
  await it.create('named', { Publish: true });
  await it.lambda.createAlias({ FunctionName: 'named', Name: 'live', FunctionVersion: '1' });
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:named';

describe('a function is found by', () => {
  test.each([
    ['named', undefined, ARN],
    ['000000000000:named', undefined, ARN],
    ['000000000000:function:named', undefined, ARN],
    ['function:named', undefined, ARN],
    [ARN, undefined, ARN],
    ['named:1', undefined, `${ARN}:1`],
    ['named:live', undefined, `${ARN}:live`],
    ['named:$LATEST', undefined, `${ARN}:$LATEST`],
    ['000000000000:named:1', undefined, `${ARN}:1`],
    [`${ARN}:live`, undefined, `${ARN}:live`],
    ['named', '1', `${ARN}:1`],
    [ARN, 'live', `${ARN}:live`],
    ['named:live', 'live', `${ARN}:live`],
    ['named', '$LATEST', `${ARN}:$LATEST`],
  ])('%s and the qualifier %s', async (FunctionName, Qualifier, arn) => {
    const { FunctionArn } = await it.lambda.getFunctionConfiguration({ FunctionName, Qualifier });
    expect(FunctionArn).toBe(arn);
  });
});

describe('is refused:', () => {
  const get = (FunctionName: string, Qualifier?: string) =>
    it.lambda.getFunction({ FunctionName, Qualifier });

  test('two qualifiers that differ', async () => {
    await expect(get('named:1', 'live')).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'The derived qualifier from the function name does not match the specified qualifier.',
      Type: 'User',
    });
  });

  test('a function of another region', async () => {
    await expect(get(ARN.replace('us-east-1', 'eu-west-1'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    });
  });

  test("a function of another account's", async () => {
    const arn = ARN.replace('000000000000', '111111111111');
    await expect(get(arn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::000000000000:root is not authorized to perform: lambda:GetFunction on resource: ${arn} because no resource-based policy allows the lambda:GetFunction action`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  test.each(['a b', 'arn:aws:s3:::bucket', 'named:a:b'])('the name %j', async (name) => {
    const error = await get(name).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(['ValidationException', 'UnknownOperationException', 'Error']).toContain((error as Error).name);
  });

  test.each([
    ['a'.repeat(65), 64, 'InvalidParameterValueException'],
    ['a'.repeat(141), 140, 'ValidationException'],
  ])('to create the name %s', async (name, limit, error) => {
    await expect(it.lambda.createFunction(functionInput(name))).rejects.toMatchObject({
      name: error,
      message: `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to ${limit}`,
    });
  });
});

test('functions of another account or region are others', async () => {
  const other = it.as({ key: '111111111111', region: 'eu-west-1' });
  await other.createFunction(functionInput('named'));
  await it.clock.advance(10);
  const { FunctionArn } = await other.getFunctionConfiguration({ FunctionName: 'named' });
  expect(FunctionArn).toBe('arn:aws:lambda:eu-west-1:111111111111:function:named');
  expect((await other.listFunctions({})).Functions).toHaveLength(1);
  await other.deleteFunction({ FunctionName: 'named' });
  expect((await it.lambda.listFunctions({})).Functions).toHaveLength(1);
});

test('lists come page by page, whatever is deleted in between', async () => {
  const other = it.as({ region: 'eu-north-1' });
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await other.createFunction(functionInput(name, { Publish: name === 'b' }));
  }
  await it.clock.advance(10);
  const one = await other.listFunctions({ MaxItems: 2 });
  expect(one.Functions!.map(({ FunctionName }) => FunctionName)).toEqual(['a', 'b']);
  await other.deleteFunction({ FunctionName: 'b' });
  const two = await other.listFunctions({ MaxItems: 2, Marker: one.NextMarker });
  expect(two.Functions!.map(({ FunctionName }) => FunctionName)).toEqual(['c', 'd']);
  const three = await other.listFunctions({ MaxItems: 2, Marker: two.NextMarker });
  expect(three.Functions!.map(({ FunctionName }) => FunctionName)).toEqual(['e']);
  expect(three).not.toHaveProperty('NextMarker');
  const all = await other.listFunctions({ FunctionVersion: 'ALL' });
  expect(all.Functions!.map(({ FunctionArn }) => FunctionArn!.split(':').slice(6).join(':'))).toEqual([
    'a:$LATEST',
    'c:$LATEST',
    'd:$LATEST',
    'e:$LATEST',
  ]);
  await expect(other.listFunctions({ Marker: 'nonsense' })).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
  });
});
