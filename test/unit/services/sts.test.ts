import * as sdk from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../aws/support.ts';

const ROLE = 'arn:aws:iam::123456789012:role/Deploy';
const HOUR = 3_600_000;

const clock = new ManualClock();
let server: AwsServer;

beforeAll(async () => {
  server = await startAws({ clock });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

interface Caller {
  from?: sdk.Credentials | undefined;
  key?: string;
  region?: string;
}

/** A client of its own for each caller. */
function as({ from, key = 'test', region = 'us-east-1' }: Caller = {}): sdk.STS {
  const credentials = from
    ? {
        accessKeyId: from.AccessKeyId!,
        secretAccessKey: from.SecretAccessKey!,
        sessionToken: from.SessionToken!,
      }
    : { accessKeyId: key, secretAccessKey: 'test' };
  return new sdk.STS({ endpoint: server.url, region, credentials, maxAttempts: 1 });
}

async function assume(input: Partial<sdk.AssumeRoleCommandInput> = {}, caller: Caller = {}) {
  return as(caller).assumeRole({ RoleArn: ROLE, RoleSessionName: 'me', ...input });
}

describe('AssumeRole', () => {
  test('gives what it was asked for, for an hour', async () => {
    const answer = await assume();
    expect(answer.AssumedRoleUser).toEqual({
      Arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/me',
      AssumedRoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}:me$/),
    });
    expect(answer.Credentials).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      SessionToken: expect.stringMatching(/^IQoJb3JpZ2luX2Vj/),
      Expiration: new Date(clock.now() + HOUR),
    });
    expect(answer.SessionTokenSize).toBe(answer.Credentials!.SessionToken!.length);
    expect(answer).not.toHaveProperty('PackedPolicySize');
    expect(answer).not.toHaveProperty('SourceIdentity');
    expect((await assume()).AssumedRoleUser!.AssumedRoleId).toBe(answer.AssumedRoleUser!.AssumedRoleId);
  });

  test('ends when its time is over', async () => {
    const { Credentials: from } = await assume({ DurationSeconds: 900 });
    await clock.advance(899_000);
    await as({ from }).getCallerIdentity({});
    await clock.advance(1_000);
    await expect(as({ from }).getCallerIdentity({})).rejects.toMatchObject({
      name: 'ExpiredToken',
      message: 'The security token included in the request is expired',
      $metadata: { httpStatusCode: 403 },
    });
  });

  test('a token does not serve another key, nor one that was changed', async () => {
    const { Credentials: from } = await assume();
    const other = { ...from!, AccessKeyId: 'ASIAQWERTYUIOPASDFGH' };
    await expect(as({ from: other }).getCallerIdentity({})).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    const changed = { ...from!, SessionToken: from!.SessionToken!.replace(/.{8}$/, 'AAAAAAA=') };
    expect((await as({ from: changed }).getCallerIdentity({})).Arn).toBe('arn:aws:iam::000000000000:root');
  });

  test('a chain is limited to an hour, and hands on transitive tags and the source identity', async () => {
    const first = await assume({
      Tags: [
        { Key: 'Team', Value: 'a' },
        { Key: 'Own', Value: 'b' },
      ],
      TransitiveTagKeys: ['Team'],
      SourceIdentity: 'anna',
    });
    expect(first.SourceIdentity).toBe('anna');
    expect(first.PackedPolicySize).toBe(1);
    const from = first.Credentials;
    await expect(assume({ DurationSeconds: 3601 }, { from })).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    });
    await expect(assume({ Tags: [{ Key: 'team', Value: 'c' }] }, { from })).rejects.toThrow(
      'conflicts with a transitive',
    );
    await expect(assume({ SourceIdentity: 'bert' }, { from })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    expect((await assume({ Tags: [{ Key: 'own', Value: 'c' }] }, { from })).SourceIdentity).toBe('anna');
  });

  test.each([
    [
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidParameterValue',
      'Duplicate tag keys',
    ],
    [
      { TransitiveTagKeys: ['a'] },
      'InvalidParameterValue',
      'The specified transitive tag key must be included',
    ],
    [
      { RoleArn: 'something of no special kind' },
      'ValidationError',
      'something of no special kind is invalid',
    ],
    [{ RoleArn: 'arn:aws:iam::1234:role/Deploy' }, 'ValidationError', 'Request ARN is invalid'],
    [{ RoleArn: 'arn:aws:iam::123456789012:user/Deploy' }, 'ValidationError', 'Request ARN is invalid'],
    [{ Policy: '{' }, 'MalformedPolicyDocumentException', 'This policy contains invalid Json'],
    [{ Policy: '[]' }, 'MalformedPolicyDocumentException', 'Syntax errors in policy.'],
    [
      { Policy: `{"Statement":[${' '.repeat(2100)}]}` },
      'PackedPolicyTooLargeException',
      'consumes 104% of allotted',
    ],
    [{ DurationSeconds: 43_201 }, 'ValidationError', 'Member must have value less than or equal to 43200'],
    [{ DurationSeconds: 'abc' as never }, 'MalformedInput', '"abc" cannot be converted to Number'],
  ])('refuses %j', async (input, name, message) => {
    await expect(assume(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
  });

  test('makes the token as large as is asked', async () => {
    for (const MinimumSessionTokenSize of [0, 1000, 4096]) {
      const { Credentials: from, SessionTokenSize } = await assume({ MinimumSessionTokenSize });
      expect(SessionTokenSize).toBeGreaterThanOrEqual(MinimumSessionTokenSize);
      expect(SessionTokenSize).toBeLessThan(MinimumSessionTokenSize + 500);
      expect((await as({ from }).getCallerIdentity({})).Account).toBe('123456789012');
    }
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
  const claims = {
    iss: 'https://issuer.example',
    sub: 'system:serviceaccount:default:me',
    aud: ['sts.amazonaws.com'],
  };
  const call = (WebIdentityToken: string) =>
    as().assumeRoleWithWebIdentity({ RoleArn: ROLE, RoleSessionName: 'pod', WebIdentityToken });

  test('tells whom the token names', async () => {
    const answer = await call(token(claims));
    expect(answer).toMatchObject({
      SubjectFromWebIdentityToken: claims.sub,
      Provider: claims.iss,
      Audience: 'sts.amazonaws.com',
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/pod' },
    });
    const who = await as({ from: answer.Credentials }).getCallerIdentity({});
    expect(who.Arn).toBe('arn:aws:sts::123456789012:assumed-role/Deploy/pod');
  });

  test('refuses what is no token, or is over', async () => {
    await expect(call('nonsense')).rejects.toBeInstanceOf(sdk.InvalidIdentityTokenException);
    await expect(call(token({ sub: 'x' }))).rejects.toThrow('Missing a required claim: iss');
    const exp = Math.floor(clock.now() / 1000);
    await expect(call(token({ ...claims, exp }))).rejects.toBeInstanceOf(sdk.ExpiredTokenException);
  });
});

describe('AssumeRoleWithSAML', () => {
  const ATTRIBUTES = 'https://aws.amazon.com/SAML/Attributes';
  const assertion = (attributes: Record<string, string>) =>
    Buffer.from(
      `<samlp:Response xmlns:samlp="p" xmlns:saml="a"><saml:Issuer>https://idp.example/saml</saml:Issuer><saml:Assertion>
        <saml:Issuer>https://idp.example/saml</saml:Issuer>
        <saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient">anna</saml:NameID>
          <saml:SubjectConfirmation><saml:SubjectConfirmationData Recipient="https://signin.aws.amazon.com/saml"/></saml:SubjectConfirmation></saml:Subject>
        <saml:AttributeStatement>${Object.entries(attributes)
          .map(
            ([name, value]) =>
              `<saml:Attribute Name="${ATTRIBUTES}/${name}"><saml:AttributeValue>${value}</saml:AttributeValue></saml:Attribute>`,
          )
          .join('')}</saml:AttributeStatement></saml:Assertion></samlp:Response>`,
    ).toString('base64');
  const call = (SAMLAssertion: string) =>
    as().assumeRoleWithSAML({
      RoleArn: ROLE,
      PrincipalArn: 'arn:aws:iam::123456789012:saml-provider/MySAMLIdP',
      SAMLAssertion,
    });

  test('tells whom the assertion names', async () => {
    const answer = await call(assertion({ RoleSessionName: 'anna@example', SessionDuration: '1800' }));
    expect(answer).toMatchObject({
      Subject: 'anna',
      SubjectType: 'transient',
      Issuer: 'https://idp.example/saml',
      Audience: 'https://signin.aws.amazon.com/saml',
      NameQualifier: expect.stringMatching(/^.{27}=$/),
      AssumedRoleUser: { Arn: 'arn:aws:sts::123456789012:assumed-role/Deploy/anna@example' },
      Credentials: { Expiration: new Date(clock.now() + HOUR / 2) },
    });
  });

  test('refuses what is no assertion, or lacks a name', async () => {
    await expect(call('!!!!')).rejects.toThrow('Invalid base64 SAMLResponse');
    await expect(call(assertion({}))).rejects.toThrow('RoleSessionName is required in AuthnResponse');
  });
});

describe('GetSessionToken and GetFederationToken', () => {
  test('a session is who asked for it, in the same account', async () => {
    const { Credentials: from } = await as({ key: '210987654321' }).getSessionToken({});
    expect(from!.Expiration).toEqual(new Date(clock.now() + 12 * HOUR));
    expect(await as({ from }).getCallerIdentity({})).toMatchObject({ Arn: 'arn:aws:iam::210987654321:root' });
    await expect(as({ from }).getSessionToken({})).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  test('a federated user is someone else', async () => {
    const answer = await as({ key: '210987654321', region: 'cn-north-1' }).getFederationToken({
      Name: 'bert',
    });
    expect(answer.FederatedUser).toEqual({
      Arn: 'arn:aws-cn:sts::210987654321:federated-user/bert',
      FederatedUserId: '210987654321:bert',
    });
    const from = answer.Credentials;
    expect(await as({ from }).getCallerIdentity({})).toMatchObject({ UserId: '210987654321:bert' });
    await expect(as({ from }).getFederationToken({ Name: 'carl' })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('GetScopedCredentials', () => {
  test('gives the same session with less, up to three times', async () => {
    let { Credentials: from } = await assume();
    const Policy = '{"Statement":[]}';
    for (const count of [1, 2, 3]) {
      const answer = await as({ from }).getScopedCredentials({ Policy });
      expect(answer.ScopedPoliciesCount).toBe(count);
      expect(answer.SessionInfo!.Arn).toBe('arn:aws:sts::123456789012:assumed-role/Deploy/me');
      expect(answer.Credentials!.Expiration).toEqual(from!.Expiration);
      from = answer.Credentials;
    }
    await expect(as({ from }).getScopedCredentials({ Policy })).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const short = await as({ from }).getScopedCredentials({ DurationSeconds: 60 });
    expect(short.Credentials!.Expiration).toEqual(new Date(clock.now() + 60_000));
  });

  test('not for longer than the session, without anything to change, or for keys that last', async () => {
    const { Credentials: from } = await assume();
    await expect(as({ from }).getScopedCredentials({ DurationSeconds: 3601 })).rejects.toBeInstanceOf(
      sdk.InsufficientSessionLifetimeException,
    );
    await expect(as({ from }).getScopedCredentials({})).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(as().getScopedCredentials({ DurationSeconds: 60 })).rejects.toBeInstanceOf(
      sdk.InvalidSubjectCredentialsException,
    );
  });
});

describe('other operations', () => {
  const task = (name: string) => ({ arn: `arn:aws:iam::aws:policy/root-task/${name}` });

  test('AssumeRoot makes the caller root of another account', async () => {
    const { Credentials: from } = await as().assumeRoot({
      TargetPrincipal: '111122223333',
      TaskPolicyArn: task('S3UnlockBucketPolicy'),
    });
    expect(await as({ from }).getCallerIdentity({})).toMatchObject({ Arn: 'arn:aws:iam::111122223333:root' });
    const other = { TargetPrincipal: '111122223333', TaskPolicyArn: task('Everything') };
    await expect(as().assumeRoot(other)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(as().assumeRoot({ ...other, TargetPrincipal: 'anna of nowhere' })).rejects.toThrow(
      'is not an account',
    );
  });

  test('GetAccessKeyInfo reads the account out of a key', async () => {
    // A key whose account is known, and no longer one.
    expect((await as().getAccessKeyInfo({ AccessKeyId: 'ASIAQNZGKIQY56JQ7WML' })).Account).toBe(
      '029608264753',
    );
    await expect(as().getAccessKeyInfo({ AccessKeyId: 'something16chars' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });

  test('nothing is to decode, to trade in, or to prove elsewhere', async () => {
    await expect(as().decodeAuthorizationMessage({ EncodedMessage: 'x' })).rejects.toBeInstanceOf(
      sdk.InvalidAuthorizationMessageException,
    );
    await expect(as().getDelegatedAccessToken({ TradeInToken: 'x' })).rejects.toBeInstanceOf(
      sdk.ExpiredTradeInTokenException,
    );
  });
});
