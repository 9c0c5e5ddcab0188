import { createHash, createHmac } from 'node:crypto';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { IAM } from '@aws-sdk/client-iam';
import { type Credentials, STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';

/** Clients sign with the time of the wall; the service's own clock stands still. */
let server: AwsServer;
let root: IAM;

interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

const ROOT: Keys = { accessKeyId: 'test', secretAccessKey: 'test' };

beforeAll(async () => {
  server = await startAws({ strict: true, clock: new ManualClock() });
  root = new IAM(as(ROOT));
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

function as(credentials: Keys) {
  return { endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 };
}

function keysOf({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): Keys {
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
}

function policy(...Statement: object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

const allow = (Action: string, Resource = '*') => ({ Effect: 'Allow', Action, Resource });

async function user(UserName: string, ...statements: object[]): Promise<Keys> {
  await root.createUser({ UserName });
  if (statements.length > 0) {
    await root.putUserPolicy({ UserName, PolicyName: 'own', PolicyDocument: policy(...statements) });
  }
  const { AccessKey } = await root.createAccessKey({ UserName });
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

describe('signatures', () => {
  test('of users, of root and of sessions are verified', async () => {
    const anna = await user('anna');
    const who = await new STS(as(anna)).getCallerIdentity({});
    expect(who).toMatchObject({
      Arn: 'arn:aws:iam::000000000000:user/anna',
      UserId: expect.stringMatching(/^AIDA/),
    });
    const { Credentials } = await new STS(as(anna)).getSessionToken({});
    expect(await new STS(as(keysOf(Credentials!))).getCallerIdentity({})).toMatchObject({ Arn: who.Arn });
    const digits = { accessKeyId: '123456789012', secretAccessKey: 'test' };
    expect(await new STS(as(digits)).getCallerIdentity({})).toMatchObject({ Account: '123456789012' });
  });

  test.each([
    [
      'a wrong secret',
      { ...ROOT, secretAccessKey: 'wrong' },
      'SignatureDoesNotMatch',
      'InvalidSignatureException',
    ],
    [
      'an unknown key',
      { accessKeyId: 'AKIAQWERTYUIOPASDFGH', secretAccessKey: 'x' },
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
    [
      'a token that is none',
      { ...ROOT, sessionToken: 'x' },
      'InvalidClientTokenId',
      'UnrecognizedClientException',
    ],
  ])('with %s are refused in the words of each protocol', async (_, keys, query, json) => {
    const refused = { $metadata: { httpStatusCode: 403 } };
    await expect(new STS(as(keys)).getCallerIdentity({})).rejects.toMatchObject({ name: query, ...refused });
    await expect(new CloudWatchLogs(as(keys)).describeLogGroups({})).rejects.toMatchObject({
      name: json,
      ...refused,
    });
  });

  test('a mismatch is explained with what should have been signed', async () => {
    const keys = { ...ROOT, secretAccessKey: 'wrong' };
    await expect(new STS(as(keys)).getCallerIdentity({})).rejects.toThrow(
      /The request signature we calculated does not match the signature you provided\. .*\n\nThe Canonical String for this request should have been\n'POST\n\/\n\n[\s\S]*The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n\d{8}\/eu-west-1\/sts\/aws4_request\n[\da-f]{64}'/,
    );
  });

  test('a key that was switched off signs no more', async () => {
    const keys = await user('bert');
    const { accessKeyId: AccessKeyId } = keys;
    await root.updateAccessKey({ UserName: 'bert', AccessKeyId, Status: 'Inactive' });
    await expect(new STS(as(keys)).getCallerIdentity({})).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
  });

  test('an unsigned call is refused, but for those that may be', async () => {
    const form = (body: string) =>
      fetch(server.url, { method: 'POST', body: new URLSearchParams(`${body}&Version=2011-06-15`) });
    const refused = await form('Action=GetCallerIdentity');
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    const taken = await form(
      'Action=AssumeRoleWithWebIdentity&RoleArn=arn:aws:iam::123456789012:role/R&RoleSessionName=me&WebIdentityToken=xxxx',
    );
    expect(await taken.text()).toContain('InvalidIdentityToken');
  });

  test('old ones, and those of tomorrow, are refused with both times', async () => {
    for (const [minutes, words] of [
      [-6, /Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)/],
      [
        6,
        /Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 5 min\.\)/,
      ],
    ] as const) {
      const client = new STS({ ...as(ROOT), systemClockOffset: minutes * 60_000 });
      await expect(client.getCallerIdentity({})).rejects.toThrow(words);
    }
  });

  test('a body that was changed on its way is refused', async () => {
    const { authorization, date } = signed('Action=GetCallerIdentity&Version=2011-06-15');
    const send = (body: string) =>
      fetch(server.url, {
        method: 'POST',
        headers: { authorization, 'x-amz-date': date, 'content-type': FORM },
        body,
      });
    expect((await send('Action=GetCallerIdentity&Version=2011-06-15')).status).toBe(200);
    expect((await send('Action=GetSessionToken&Version=2011-06-15')).status).toBe(403);
  });

  const FORM = 'application/x-www-form-urlencoded';

  /** By hand, so that it does not hang on any client's understanding. */
  function signed(body: string) {
    const date = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const scope = `${date.slice(0, 8)}/eu-west-1/sts/aws4_request`;
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const host = new URL(server.url).host;
    const names = 'content-type;host;x-amz-date';
    const canonical = `POST\n/\n\ncontent-type:${FORM}\nhost:${host}\nx-amz-date:${date}\n\n${names}\n${hash(body)}`;
    const key = scope
      .split('/')
      .reduce<Buffer | string>((from, text) => createHmac('sha256', from).update(text).digest(), 'AWS4test');
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`;
    const signature = createHmac('sha256', key).update(text).digest('hex');
    return {
      date,
      authorization: `AWS4-HMAC-SHA256 Credential=test/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  }
});

describe('rights', () => {
  const denied = (arn: string, action: string, resource: string, why: string) => ({
    message: `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`,
    $metadata: { httpStatusCode: 403 },
  });
  const ARN = 'arn:aws:iam::000000000000:user/';

  test('come from policies of the user and of its groups', async () => {
    const keys = await user('carl', allow('iam:GetUser', `${ARN}carl`));
    const iam = new IAM(as(keys));
    expect((await iam.getUser({ UserName: 'carl' })).User!.UserName).toBe('carl');
    await expect(iam.createUser({ UserName: 'x' })).rejects.toMatchObject({
      name: 'AccessDenied',
      ...denied(
        `${ARN}carl`,
        'iam:CreateUser',
        `${ARN}x`,
        'because no identity-based policy allows the iam:CreateUser action',
      ),
    });
    await root.createGroup({ GroupName: 'makers' });
    await root.putGroupPolicy({
      GroupName: 'makers',
      PolicyName: 'p',
      PolicyDocument: policy(allow('iam:CreateUser')),
    });
    await root.addUserToGroup({ GroupName: 'makers', UserName: 'carl' });
    await iam.createUser({ UserName: 'x' });
  });

  test('end at explicit denials, permissions boundaries and session policies', async () => {
    const everything = allow('*');
    const dora = new IAM(
      as(await user('dora', everything, { Effect: 'Deny', Action: 'iam:Delete*', Resource: '*' })),
    );
    await expect(dora.deleteUser({ UserName: 'x' })).rejects.toThrow(
      'with an explicit deny in an identity-based policy',
    );
    const { Policy } = await root.createPolicy({
      PolicyName: 'reads',
      PolicyDocument: policy(allow('iam:Get*')),
    });
    await root.putUserPermissionsBoundary({ UserName: 'dora', PermissionsBoundary: Policy!.Arn });
    await dora.getUser({ UserName: 'dora' });
    await expect(dora.listUsers({})).rejects.toThrow(
      'because no permissions boundary allows the iam:ListUsers action',
    );
    const eve = new STS(as(await user('eve', everything)));
    const session = await eve.getFederationToken({ Name: 'eva', Policy: policy(allow('iam:ListUsers')) });
    const eva = new IAM(as(keysOf(session.Credentials!)));
    await eva.listUsers({});
    await expect(eva.listRoles({})).rejects.toThrow(
      'because no session policy allows the iam:ListRoles action',
    );
  });

  test('of services that speak JSON are refused in their way', async () => {
    const logs = new CloudWatchLogs(as(await user('fred')));
    await expect(logs.createLogGroup({ logGroupName: 'g' })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${ARN}fred is not authorized to perform: logs:CreateLogGroup on resource: arn:aws:logs:eu-west-1:000000000000:log-group:g:log-stream: because no identity-based policy allows the logs:CreateLogGroup action`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('a role is assumed by whom it trusts, and may what its policies say', async () => {
    const gina = new STS(as(await user('gina')));
    const RoleArn = 'arn:aws:iam::000000000000:role/Reader';
    const assume = () => gina.assumeRole({ RoleArn, RoleSessionName: 'me' });
    const refused = {
      name: 'AccessDenied',
      message: `User: ${ARN}gina is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    };
    await expect(assume()).rejects.toMatchObject(refused);
    const trust = (AWS: string) =>
      policyOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } });
    const { Role } = await root.createRole({
      RoleName: 'Reader',
      AssumeRolePolicyDocument: trust('000000000000'),
    });
    await expect(assume()).rejects.toMatchObject(refused);
    await root.updateAssumeRolePolicy({ RoleName: 'Reader', PolicyDocument: trust(`${ARN}gina`) });
    const { Credentials, AssumedRoleUser } = await assume();
    expect(AssumedRoleUser!.AssumedRoleId).toBe(`${Role!.RoleId}:me`);
    const reader = new IAM(as(keysOf(Credentials!)));
    await expect(reader.listUsers({})).rejects.toThrow(
      'arn:aws:sts::000000000000:assumed-role/Reader/me is not authorized',
    );
    await root.attachRolePolicy({
      RoleName: 'Reader',
      PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess',
    });
    await reader.listUsers({});
    expect((await root.getRole({ RoleName: 'Reader' })).Role!.RoleLastUsed).toMatchObject({
      Region: 'eu-west-1',
    });
  });

  function policyOf(statement: object): string {
    return policy(statement);
  }
});

test('tokens for others need rights to their audience, and to their tags', async () => {
  await root.enableOutboundWebIdentityFederation({});
  const audience = {
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'https://api.example.com' },
  };
  const keys = await user('token-bearer', { ...allow('sts:GetWebIdentityToken'), Condition: audience });
  const sts = new STS(as(keys));
  const request = { Audience: ['https://api.example.com'], SigningAlgorithm: 'ES384' };
  expect(await sts.getWebIdentityToken(request)).toHaveProperty('WebIdentityToken');
  await expect(sts.getWebIdentityToken({ ...request, Audience: ['https://else'] })).rejects.toThrow(
    'is not authorized to perform: sts:GetWebIdentityToken',
  );
  await expect(sts.getWebIdentityToken({ ...request, Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toThrow(
    'is not authorized to perform: sts:TagGetWebIdentityToken',
  );
});
