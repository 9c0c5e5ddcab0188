import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { type Credentials, STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsHandler, type Perform } from '../../../../src/aws/handler.ts';
import { services } from '../../../../src/services/catalogue.ts';
import { lambdaTarget } from '../../../../src/services/logs/lambda-target.ts';
import { type LambdaServer, startLambda } from './support.ts';

const FORBIDDEN =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}';

const curl = promisify(execFile);

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const OTHER: Keys = { accessKeyId: '123456789012', secretAccessKey: 'test' };
const ARN = 'arn:aws:lambda:us-east-1:000000000000:function';
const EVERYONE = { Principal: '*' };
const URL_NONE = { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' as const };
const URL_IAM = { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM' as const };
const BY_URL = { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true };

let strict: LambdaServer;
let lax: LambdaServer;
let count = 0;

beforeAll(async () => {
  strict = await startLambda({ strict: true });
  lax = await startLambda();
  const trust = policy({
    Principal: { Service: 'lambda.amazonaws.com' },
    Action: 'sts:AssumeRole',
    Resource: undefined,
  });
  await new IAM(as(strict)).createRole({ RoleName: 'lambda', AssumeRolePolicyDocument: trust });
});

afterAll(async () => {
  for (const it of [strict, lax]) {
    expect(it.server.errors).toEqual([]);
    await it[Symbol.asyncDispose]();
  }
});

function as(it: LambdaServer, credentials: Keys = { accessKeyId: 'test', secretAccessKey: 'test' }) {
  return { endpoint: it.server.url, region: 'us-east-1', credentials, maxAttempts: 1 };
}

function policy(more: object): string {
  const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

async function newFunction(it: LambdaServer): Promise<string> {
  const name = `f${count++}`;
  await it.create(name);
  return name;
}

/** A user of the default account, or of another one. */
async function user(rights: object | undefined, owner?: Keys): Promise<Keys & { arn: string }> {
  const iam = new IAM(as(strict, owner));
  const UserName = `u${count++}`;
  const { User } = await iam.createUser({ UserName });
  if (rights) await iam.putUserPolicy({ UserName, PolicyName: 'own', PolicyDocument: policy(rights) });
  const { AccessKey } = await iam.createAccessKey({ UserName });
  return {
    arn: User!.Arn!,
    accessKeyId: AccessKey!.AccessKeyId!,
    secretAccessKey: AccessKey!.SecretAccessKey!,
  };
}

function invoke(it: LambdaServer, FunctionName: string, keys: Keys) {
  return new Lambda(as(it, keys)).invoke({ FunctionName });
}

async function allow(it: LambdaServer, FunctionName: string, ...permissions: object[]): Promise<void> {
  for (const permission of permissions) {
    await it.lambda.addPermission({
      FunctionName,
      StatementId: `s${count++}`,
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      ...permission,
    });
  }
}

function warnings(it: LambdaServer, name: string): unknown[] {
  const entries = it.server.dependencies.journal.since(0);
  return entries.filter((entry) => entry.type === 'parity.warning' && entry.resource.includes(`:${name}`));
}

describe('with --strict, to invoke', () => {
  const denied = (arn: string, name: string, why: string) => ({
    name: 'AccessDeniedException',
    message: `User: ${arn} is not authorized to perform: lambda:InvokeFunction on resource: ${ARN}:${name} ${why}`,
    $metadata: { httpStatusCode: 403 },
  });
  const NO_RESOURCE = 'because no resource-based policy allows the lambda:InvokeFunction action';
  const NO_IDENTITY = 'because no identity-based policy allows the lambda:InvokeFunction action';

  test('a user of the account needs its own policy, or to be named by the function’s', async () => {
    const name = await newFunction(strict);
    const anna = await user(undefined);
    await expect(invoke(strict, name, anna)).rejects.toMatchObject(denied(anna.arn, name, NO_IDENTITY));
    await allow(strict, name, { Principal: '000000000000' });
    await expect(invoke(strict, name, anna)).rejects.toMatchObject(denied(anna.arn, name, NO_IDENTITY));
    await allow(strict, name, { Principal: anna.arn });
    expect(await invoke(strict, name, anna)).toMatchObject({ StatusCode: 200 });
    expect(await invoke(strict, name, await user({ Action: 'lambda:Invoke*' }))).toMatchObject({
      StatusCode: 200,
    });
  });

  test('a caller of another account needs both', async () => {
    const name = await newFunction(strict);
    const may = await user({ Action: 'lambda:InvokeFunction' }, OTHER);
    const mayNot = await user(undefined, OTHER);
    const arn = `${ARN}:${name}`;
    await expect(invoke(strict, arn, may)).rejects.toMatchObject(denied(may.arn, name, NO_RESOURCE));
    await allow(strict, name, { Principal: '123456789012' });
    expect(await invoke(strict, arn, may)).toMatchObject({ StatusCode: 200 });
    expect(await invoke(strict, arn, OTHER)).toMatchObject({ StatusCode: 200 });
    await expect(invoke(strict, arn, mayNot)).rejects.toMatchObject(denied(mayNot.arn, name, NO_IDENTITY));
    const nothing = `${ARN}:nothing`;
    await expect(invoke(strict, nothing, may)).rejects.toMatchObject(denied(may.arn, 'nothing', NO_RESOURCE));
  });

  test('what the function’s policy denies is denied', async () => {
    const name = await newFunction(strict);
    const anna = await user({ Action: 'lambda:*' });
    const statement = { Effect: 'Deny', Principal: { AWS: anna.arn }, Resource: `${ARN}:${name}` };
    await strict.lambda.putResourcePolicy({
      ResourceArn: `${ARN}:${name}`,
      Policy: policy({ ...statement, Action: 'lambda:InvokeFunction' }),
    });
    await expect(invoke(strict, name, anna)).rejects.toMatchObject(
      denied(anna.arn, name, 'with an explicit deny in a resource-based policy'),
    );
  });

  test('an alias counts its own policy, and what the function’s says of it', async () => {
    const name = await newFunction(strict);
    const anna = await user(undefined);
    const { Version } = await strict.lambda.publishVersion({ FunctionName: name });
    await strict.clock.advance(10);
    await strict.lambda.createAlias({ FunctionName: name, Name: 'live', FunctionVersion: Version! });
    await allow(strict, name, { Principal: anna.arn });
    await expect(invoke(strict, `${name}:live`, anna)).rejects.toMatchObject(
      denied(anna.arn, `${name}:live`, NO_IDENTITY),
    );
    await allow(strict, name, { Principal: anna.arn, Qualifier: 'live' });
    expect(await invoke(strict, `${name}:live`, anna)).toMatchObject({ ExecutedVersion: '1' });
    await strict.lambda.putResourcePolicy({
      ResourceArn: `${ARN}:${name}`,
      Policy: policy({ Principal: { AWS: anna.arn }, Action: 'lambda:*', Resource: `${ARN}:${name}:*` }),
    });
    expect(await invoke(strict, `${name}:1`, anna)).toMatchObject({ ExecutedVersion: '1' });
  });
});

test('without --strict another account is let in, and told of once', async () => {
  const name = await newFunction(lax);
  for (let times = 0; times < 2; times++) {
    expect(await invoke(lax, `${ARN}:${name}`, OTHER)).toMatchObject({ StatusCode: 200 });
  }
  expect(warnings(lax, name)).toEqual([
    expect.objectContaining({
      service: 'lambda',
      action: 'InvokeFunction',
      resource: `${ARN}:${name}`,
      missing:
        "the function's policy does not allow lambda:InvokeFunction to arn:aws:iam::123456789012:root: aws lambda add-permission",
    }),
  ]);
  const allowed = await newFunction(lax);
  await allow(lax, allowed, { Principal: '123456789012' });
  await invoke(lax, `${ARN}:${allowed}`, OTHER);
  expect(warnings(lax, allowed)).toEqual([]);
});

describe('a service', () => {
  const GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:app:*';
  const source = { arn: GROUP, account: '000000000000' };
  const INVOKE = { Principal: 'logs.amazonaws.com' };

  function logsOf(it: LambdaServer) {
    const { dependencies } = it.server;
    const options = { ...dependencies, defaultAccount: '000000000000', services: services(dependencies) };
    const handler = new AwsHandler({ ...options, strict: undefined, onMissing: () => {}, onError: () => {} });
    const perform: Perform = (...request) => handler.perform(...request);
    return lambdaTarget(perform);
  }

  test.each([
    ['its name', INVOKE, true],
    ['its name in the region', { Principal: 'logs.us-east-1.amazonaws.com' }, true],
    ['the source', { ...INVOKE, SourceArn: GROUP, SourceAccount: '000000000000' }, true],
    ['another source', { ...INVOKE, SourceArn: GROUP.replace('app', 'other') }, false],
    ['another account’s source', { ...INVOKE, SourceAccount: '123456789012' }, false],
    ['another service', { Principal: 'events.amazonaws.com' }, false],
    ['nobody', undefined, false],
  ])('is let in by a policy that names %s: %#', async (_, permission, expected) => {
    const name = await newFunction(strict);
    if (permission) await allow(strict, name, permission);
    expect(await logsOf(strict).mayInvoke(`${ARN}:${name}`, source)).toBe(expected);
  });

  test('that is not let in is a parity warning without --strict', async () => {
    const name = await newFunction(lax);
    expect(await logsOf(lax).mayInvoke(`${ARN}:${name}`, source)).toBe(true);
    expect(await logsOf(lax).mayInvoke(`${ARN}:nothing`, source)).toBe(false);
    expect(warnings(lax, name)).toHaveLength(1);
  });
});

describe('a URL', () => {
  async function urlOf(it: LambdaServer, name: string, AuthType: 'NONE' | 'AWS_IAM'): Promise<string> {
    const { FunctionUrl } = await it.lambda.createFunctionUrlConfig({ FunctionName: name, AuthType });
    const [id] = new URL(FunctionUrl!).hostname.split('.');
    return `${it.server.url}/_aws/lambda-url/${id}/path?a=1&b=2`;
  }

  async function ask(url: string, keys?: Keys, ...more: string[]): Promise<string> {
    const signed = keys
      ? ['--aws-sigv4', 'aws:amz:us-east-1:lambda', '-u', `${keys.accessKeyId}:${keys.secretAccessKey}`]
      : [];
    const token = keys?.sessionToken ? ['-H', `x-amz-security-token: ${keys.sessionToken}`] : [];
    const { stdout } = await curl('curl', ['-s', '-w', ' %{http_code}', ...signed, ...token, ...more, url]);
    return stdout;
  }

  test('of everyone needs that the function’s policy says so', async () => {
    const name = await newFunction(strict);
    const url = await urlOf(strict, name, 'NONE');
    expect(await ask(url)).toBe(`${FORBIDDEN} 403`);
    await allow(strict, name, { ...EVERYONE, ...URL_NONE });
    expect(await ask(url)).toBe(`${FORBIDDEN} 403`);
    await allow(strict, name, { ...EVERYONE, ...BY_URL });
    expect(await ask(url)).toMatch(/"rawPath":"\/path".* 200$/);
  });

  test('of everyone is a parity warning for each right without --strict', async () => {
    const name = await newFunction(lax);
    expect(await ask(await urlOf(lax, name, 'NONE'))).toMatch(/ 200$/);
    expect(warnings(lax, name)).toEqual([
      expect.objectContaining({
        action: 'InvokeFunctionUrl',
        missing:
          "the function's policy does not allow lambda:InvokeFunctionUrl to everyone where lambda:FunctionUrlAuthType is NONE: aws lambda add-permission",
      }),
      expect.objectContaining({ action: 'InvokeFunction' }),
    ]);
  });

  test('with AWS_IAM is for who signs it, and has the right', async () => {
    const name = await newFunction(strict);
    const url = await urlOf(strict, name, 'AWS_IAM');
    const anna = await user({ Action: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'] });
    expect(await ask(url, anna)).toContain(`"userArn":"${anna.arn}"`);
    expect(await ask(url, anna, '-d', 'some body')).toMatch(/"body":"c29tZSBib2R5".* 200$/);
    expect(await ask(url)).toBe(`${FORBIDDEN} 403`);
    expect(await ask(url, { ...anna, secretAccessKey: 'wrong' })).toMatch(/signature we calculated.* 403$/);
    expect(await ask(url, { accessKeyId: 'AKIAQWERTYUIOPASDFGH', secretAccessKey: 'x' })).toMatch(
      /security token.*invalid.* 403$/,
    );
    expect(await ask(url, await user({ Action: 'lambda:InvokeFunctionUrl' }))).toBe(`${FORBIDDEN} 403`);
    const { Credentials } = await new STS(as(strict, anna)).getSessionToken({});
    expect(await ask(url, keysOf(Credentials!))).toMatch(/ 200$/);
  });

  test('with AWS_IAM is for other accounts where the function’s policy says so, too', async () => {
    const name = await newFunction(strict);
    const url = await urlOf(strict, name, 'AWS_IAM');
    const berta = await user({ Action: 'lambda:*' }, OTHER);
    expect(await ask(url, berta)).toBe(`${FORBIDDEN} 403`);
    await allow(strict, name, { ...URL_IAM, Principal: berta.arn }, { ...BY_URL, Principal: berta.arn });
    expect(await ask(url, berta)).toContain(`"userArn":"${berta.arn}"`);
    expect(await ask(url, OTHER)).toBe(`${FORBIDDEN} 403`);
  });

  test('with AWS_IAM tells of other accounts without --strict', async () => {
    const name = await newFunction(lax);
    expect(await ask(await urlOf(lax, name, 'AWS_IAM'), OTHER)).toMatch(/ 200$/);
    expect(warnings(lax, name)).toHaveLength(2);
  });

  function keysOf({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): Keys {
    return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
  }
});
