import { IAM } from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';

const ACCOUNT = '000000000000';
const HOST = 'token.actions.example.com';
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${HOST}`;
const CLAIMS = { iss: `https://${HOST}`, aud: 'sts.amazonaws.com', sub: 'repo:me/app:ref:refs/heads/main' };

function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
}

function trust(Federated: string, Action: string, Condition?: object): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Federated }, Action, ...(Condition ? { Condition } : {}) }],
  });
}

function clientsOf({ url }: AwsServer) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const options = { endpoint: url, region: 'eu-west-1', credentials, maxAttempts: 1 };
  return { iam: new IAM(options), sts: new STS(options) };
}

const DEPLOY = trust(PROVIDER, 'sts:AssumeRoleWithWebIdentity', {
  StringEquals: { [`${HOST}:aud`]: 'sts.amazonaws.com' },
  StringLike: { [`${HOST}:sub`]: 'repo:me/app:*' },
});

describe('with --strict, a role that is asked for with a web identity', () => {
  let server: AwsServer;
  let sts: STS;

  beforeAll(async () => {
    server = await startAws({ strict: true, clock: new ManualClock() });
    const { iam } = clientsOf(server);
    sts = clientsOf(server).sts;
    await iam.createOpenIDConnectProvider({
      Url: CLAIMS.iss,
      ClientIDList: ['sts.amazonaws.com', 'other'],
      ThumbprintList: ['a'.repeat(40)],
    });
    await iam.createRole({ RoleName: 'Deploy', AssumeRolePolicyDocument: DEPLOY });
    await iam.createRole({
      RoleName: 'Google',
      AssumeRolePolicyDocument: trust('accounts.google.com', 'sts:AssumeRoleWithWebIdentity', {
        StringEquals: { 'accounts.google.com:aud': 'my-app' },
      }),
    });
  });

  afterAll(async () => {
    expect(server.errors).toEqual([]);
    await server[Symbol.asyncDispose]();
  });

  const ask = (claims: object, role = 'Deploy', DurationSeconds?: number) =>
    sts.assumeRoleWithWebIdentity({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
      RoleSessionName: 'ci',
      WebIdentityToken: token(claims),
      DurationSeconds,
    });

  test('is given to whom it trusts', async () => {
    expect((await ask(CLAIMS)).Provider).toBe(CLAIMS.iss);
    const google = { iss: 'https://accounts.google.com', aud: 'my-app', sub: '1' };
    expect((await ask(google, 'Google')).AssumedRoleUser!.Arn).toMatch(/assumed-role\/Google\/ci$/);
  });

  test.each([
    ['another repository', { ...CLAIMS, sub: 'repo:you/app:ref:refs/heads/main' }],
    ['a client that the role does not want', { ...CLAIMS, aud: 'other' }],
  ])('is not given to %s', async (_who, claims) => {
    await expect(ask(claims)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test.each([
    [{ ...CLAIMS, aud: 'nobody' }, 'Incorrect token audience'],
    [
      { ...CLAIMS, iss: 'https://else.example.com' },
      'No OpenIDConnect provider found in your account for https://else.example.com',
    ],
  ])('is not given for a token that no provider of the account stands for', async (claims, message) => {
    await expect(ask(claims)).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('has to be there, and to allow sessions that long', async () => {
    await expect(ask(CLAIMS, 'Nobody')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(ask(CLAIMS, 'Deploy', 3601)).rejects.toThrow('exceeds the MaxSessionDuration');
  });
});

test('with --strict, a SAML assertion gives a role that trusts its provider', async () => {
  await using server = await startAws({ strict: true, clock: new ManualClock() });
  const { sts, iam } = clientsOf(server);
  const PrincipalArn = `arn:aws:iam::${ACCOUNT}:saml-provider/idp`;
  const entity = '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp">';
  const metadata = `${entity}<IDPSSODescriptor/>${' '.repeat(1000)}</EntityDescriptor>`;
  const assertion =
    '<Response><Assertion><Issuer>https://idp</Issuer><Subject><NameID>anna</NameID>' +
    '<SubjectConfirmationData Recipient="https://signin.aws.amazon.com/saml"/></Subject>' +
    '<Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName">' +
    '<AttributeValue>anna</AttributeValue></Attribute></Assertion></Response>';
  const ask = (role: string) =>
    sts.assumeRoleWithSAML({
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
      PrincipalArn,
      SAMLAssertion: Buffer.from(assertion).toString('base64'),
    });
  await expect(ask('Console')).rejects.toMatchObject({
    name: 'InvalidIdentityTokenException',
    message: "Specified provider doesn't exist",
  });
  await iam.createSAMLProvider({ Name: 'idp', SAMLMetadataDocument: metadata });
  const wants = (audience: string) =>
    trust(PrincipalArn, 'sts:AssumeRoleWithSAML', { StringEquals: { 'saml:aud': audience } });
  await iam.createRole({
    RoleName: 'Console',
    AssumeRolePolicyDocument: wants('https://signin.aws.amazon.com/saml'),
  });
  await iam.createRole({ RoleName: 'Else', AssumeRolePolicyDocument: wants('https://else') });
  expect((await ask('Console')).Subject).toBe('anna');
  await expect(ask('Else')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: 'Not authorized to perform sts:AssumeRoleWithSAML',
  });
});

test('without --strict all of them get the role, with a parity warning', async () => {
  await using server = await startAws();
  const { sts, iam } = clientsOf(server);
  const input = { RoleSessionName: 'ci', WebIdentityToken: token(CLAIMS) };
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/Deploy`;
  const warnings = () =>
    server.dependencies.journal.since(0).flatMap((entry) => ('missing' in entry ? [entry.missing] : []));
  await sts.assumeRoleWithWebIdentity({ ...input, RoleArn });
  expect(warnings()).toEqual([`there is no identity provider ${PROVIDER}`]);
  await iam.createOpenIDConnectProvider({ Url: CLAIMS.iss, ClientIDList: ['sts.amazonaws.com'] });
  await sts.assumeRoleWithWebIdentity({ ...input, RoleArn });
  expect(warnings()[1]).toBe('there is no such role');
  await iam.createRole({ RoleName: 'Deploy', AssumeRolePolicyDocument: DEPLOY });
  await sts.assumeRoleWithWebIdentity({ ...input, RoleArn });
  expect(warnings()).toHaveLength(2);
});

test('a token’s tags are the session’s', async () => {
  await using server = await startAws();
  const { sts, iam } = clientsOf(server);
  await iam.enableOutboundWebIdentityFederation({});
  const tags = { principal_tags: { team: ['data'] }, transitive_tag_keys: ['team'] };
  const { Credentials } = await sts.assumeRoleWithWebIdentity({
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/Deploy`,
    RoleSessionName: 'ci',
    WebIdentityToken: token({ ...CLAIMS, 'https://aws.amazon.com/tags': tags }),
  });
  const asRole = new STS({
    endpoint: server.url,
    region: 'eu-west-1',
    credentials: {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    },
  });
  const { WebIdentityToken } = await asRole.getWebIdentityToken({
    Audience: ['a'],
    SigningAlgorithm: 'ES384',
  });
  const claims = JSON.parse(Buffer.from(WebIdentityToken!.split('.')[1]!, 'base64url').toString());
  expect(claims['https://sts.amazonaws.com/']).toMatchObject({
    principal_tags: { team: 'data' },
    federated_provider: PROVIDER,
  });
});
