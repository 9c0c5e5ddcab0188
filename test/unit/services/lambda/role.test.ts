import { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { functionInput, type LambdaServer, startLambda } from './support.ts';

const WARNING = { type: 'parity.warning', service: 'lambda', action: 'CreateFunction' };
const REFUSAL = {
  name: 'InvalidParameterValueException',
  message: 'The role defined for the function cannot be assumed by Lambda.',
};

const role = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

const trusting = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  });

/** Roles that trust Lambda, and another service. */
async function makeRoles({ server }: LambdaServer): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const iam = new IAM({ endpoint: server.url, region: 'us-east-1', credentials, maxAttempts: 1 });
  await iam.createRole({ RoleName: 'good', AssumeRolePolicyDocument: trusting('lambda.amazonaws.com') });
  await iam.createRole({ RoleName: 'other', AssumeRolePolicyDocument: trusting('ecs.amazonaws.com') });
  iam.destroy();
}

let it: LambdaServer;
beforeAll(async () => {
  it = await startLambda();
  await makeRoles(it);
});
afterAll(() => it[Symbol.asyncDispose]());

const warnings = () =>
  it.server.dependencies.journal.since(0).filter((entry) => entry.type === 'parity.warning');

test('a function is created with a role that is not there, and AWS’s refusal is told of once', async () => {
  await it.create('one', { Role: role('missing') });
  await it.create('two', { Role: role('missing') });
  expect(warnings()).toMatchObject([
    { ...WARNING, resource: role('missing'), missing: 'there is no such role' },
  ]);
});

test('a role that Lambda may not take on is told of, also when it is set later', async () => {
  await it.create('three', { Role: role('good') });
  await it.lambda.updateFunctionConfiguration({ FunctionName: 'three', Role: role('other') });
  const missing = 'the role does not let lambda.amazonaws.com take it on';
  expect(warnings().at(-1)).toMatchObject({
    ...WARNING,
    action: 'UpdateFunctionConfiguration',
    resource: role('other'),
    missing,
  });
  expect(warnings()).toHaveLength(2);
});

test('with --strict such functions are refused in AWS’s words', async () => {
  await using strict = await startLambda({ strict: true });
  await makeRoles(strict);
  for (const name of ['missing', 'other']) {
    const input = functionInput('f', { Role: role(name) });
    await expect(strict.lambda.createFunction(input)).rejects.toMatchObject(REFUSAL);
  }
  await strict.create('f', { Role: role('good') });
});
