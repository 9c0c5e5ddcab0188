import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { FeatureDisabledException, FeatureEnabledException, IAM } from '@aws-sdk/client-iam';
import * as sdk from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../aws/support.ts';

const AWS = 'https://sts.amazonaws.com/';
const REQUEST = { Audience: ['https://api.example.com'], SigningAlgorithm: 'ES384' };

const clock = new ManualClock();
let server: AwsServer;

beforeAll(async () => {
  server = await startAws({ clock });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

function clients(accessKeyId: string, from?: sdk.Credentials) {
  const credentials = from
    ? {
        accessKeyId: from.AccessKeyId!,
        secretAccessKey: from.SecretAccessKey!,
        sessionToken: from.SessionToken!,
      }
    : { accessKeyId, secretAccessKey: 'test' };
  const options = { endpoint: server.url, region: 'eu-west-1', credentials, maxAttempts: 1 };
  return { iam: new IAM(options), sts: new sdk.STS(options) };
}

/** A document of an issuer, asked of the server of this test. */
async function documentOf(issuer: string, name: string) {
  const answer = await fetch(`${server.url}${new URL(issuer).pathname}/.well-known/${name}`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function parts(token: string) {
  const [header, claims] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { header, claims };
}

async function isSignedByIssuer(token: string): Promise<boolean> {
  const { header, claims } = parts(token);
  const keys = (await documentOf(claims.iss, 'jwks.json')).body.keys as (JsonWebKey & { kid: string })[];
  const key = createPublicKey({ key: keys.find(({ kid }) => kid === header.kid)!, format: 'jwk' });
  const [content, signature] = /^(.+)\.(.+)$/.exec(token)!.slice(1);
  const hash = header.alg === 'RS256' ? 'sha256' : 'sha384';
  return verify(
    hash,
    Buffer.from(content!),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature!, 'base64url'),
  );
}

test('IAM turns it on and off, and keeps the issuer', async () => {
  const { iam, sts } = clients('111111111111');
  await expect(iam.getOutboundWebIdentityFederationInfo({})).rejects.toMatchObject({
    name: 'FeatureDisabledException',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(sts.getWebIdentityToken(REQUEST)).rejects.toMatchObject({
    name: 'OutboundWebIdentityFederationDisabledException',
    $metadata: { httpStatusCode: 403 },
  });
  await expect(iam.disableOutboundWebIdentityFederation({})).rejects.toBeInstanceOf(FeatureDisabledException);
  const { IssuerIdentifier } = await iam.enableOutboundWebIdentityFederation({});
  expect(await iam.getOutboundWebIdentityFederationInfo({})).toMatchObject({
    IssuerIdentifier,
    JwtVendingEnabled: true,
  });
  await expect(iam.enableOutboundWebIdentityFederation({})).rejects.toBeInstanceOf(FeatureEnabledException);
  const { WebIdentityToken } = await sts.getWebIdentityToken(REQUEST);
  await iam.disableOutboundWebIdentityFederation({});
  await expect(sts.getWebIdentityToken(REQUEST)).rejects.toBeInstanceOf(
    sdk.OutboundWebIdentityFederationDisabledException,
  );
  expect(await isSignedByIssuer(WebIdentityToken!)).toBe(true);
  expect((await iam.enableOutboundWebIdentityFederation({})).IssuerIdentifier).toBe(IssuerIdentifier);
});

test('one of two calls at once turns it on', async () => {
  const { iam } = clients('333333333333');
  const answers = await Promise.allSettled([
    iam.enableOutboundWebIdentityFederation({}),
    iam.enableOutboundWebIdentityFederation({}),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test.each(['RS256', 'ES384'])(
  'a token signed with %s is verified with what the issuer serves',
  async (alg) => {
    const { iam, sts } = clients('222222222222');
    await iam.enableOutboundWebIdentityFederation({}).catch(() => {});
    const { IssuerIdentifier: issuer } = await iam.getOutboundWebIdentityFederationInfo({});
    const { WebIdentityToken, Expiration } = await sts.getWebIdentityToken({
      ...REQUEST,
      SigningAlgorithm: alg,
    });
    const now = Math.floor(clock.now() / 1000);
    expect(Expiration).toEqual(new Date((now + 300) * 1000));
    const { header, claims } = parts(WebIdentityToken!);
    expect(header).toEqual({ kid: alg === 'RS256' ? 'RSA_0' : 'EC384_0', typ: 'JWT', alg });
    expect(claims).toEqual({
      iss: issuer,
      aud: 'https://api.example.com',
      sub: 'arn:aws:iam::222222222222:root',
      iat: now,
      exp: now + 300,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      [AWS]: {
        aws_account: '222222222222',
        source_region: 'eu-west-1',
        principal_id: 'arn:aws:iam::222222222222:root',
      },
    });
    expect(await isSignedByIssuer(WebIdentityToken!)).toBe(true);
    const other = parts(WebIdentityToken!).claims;
    const forged = Buffer.from(JSON.stringify({ ...other, sub: 'arn:aws:iam::222222222222:role/Admin' }));
    const [head, , signature] = WebIdentityToken!.split('.');
    expect(await isSignedByIssuer(`${head}.${forged.toString('base64url')}.${signature}`)).toBe(false);
    expect((await documentOf(issuer!, 'openid-configuration')).body).toEqual({
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', AWS],
      id_token_signing_alg_values_supported: ['RS256', 'ES384'],
      subject_types_supported: ['public'],
    });
  },
);

test('keys are served without their private parts, and only of issuers there are', async () => {
  const { iam } = clients('222222222222');
  await iam.enableOutboundWebIdentityFederation({}).catch(() => {});
  const { IssuerIdentifier: issuer } = await iam.getOutboundWebIdentityFederationInfo({});
  const { body } = await documentOf(issuer!, 'jwks.json');
  expect((body.keys as object[]).map((key) => Object.keys(key).toSorted())).toEqual([
    ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
  ]);
  const unknown = issuer!.replace(/[^/]+$/, '00000000-0000-0000-0000-000000000000');
  expect((await documentOf(unknown, 'jwks.json')).status).toBe(404);
  expect((await documentOf(issuer!, 'else')).status).toBe(404);
});

test('the token of a session tells its role, its tags and its end', async () => {
  const { iam, sts } = clients('222222222222');
  await iam.enableOutboundWebIdentityFederation({}).catch(() => {});
  await iam.createRole({
    RoleName: 'Data',
    Path: '/team/',
    AssumeRolePolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: { AWS: '*' } }],
    }),
    Tags: [
      { Key: 'team', Value: 'role' },
      { Key: 'kind', Value: 'data' },
    ],
  });
  const { Credentials } = await sts.assumeRole({
    RoleArn: 'arn:aws:iam::222222222222:role/team/Data',
    RoleSessionName: 'me',
    DurationSeconds: 900,
    SourceIdentity: 'anna',
    Tags: [{ Key: 'team', Value: 'session' }],
  });
  const asRole = clients('', Credentials).sts;
  const { WebIdentityToken } = await asRole.getWebIdentityToken({
    Audience: ['a', 'b'],
    SigningAlgorithm: 'ES384',
    DurationSeconds: 60,
    Tags: [{ Key: 'job-id', Value: '7' }],
  });
  expect(parts(WebIdentityToken!).claims).toMatchObject({
    aud: ['a', 'b'],
    sub: 'arn:aws:iam::222222222222:role/team/Data',
    [AWS]: {
      principal_id: 'arn:aws:iam::222222222222:role/team/Data',
      original_session_exp: Credentials!.Expiration!.toISOString().replace('.000Z', 'Z'),
      source_identity: 'anna',
      principal_tags: { team: 'session', kind: 'data' },
      request_tags: { 'job-id': '7' },
    },
  });
  await expect(asRole.getWebIdentityToken({ ...REQUEST, DurationSeconds: 901 })).rejects.toMatchObject({
    name: 'SessionDurationEscalationException',
    $metadata: { httpStatusCode: 403 },
  });
});

test.each([
  [{ SigningAlgorithm: 'HS256' }, 'must be one of'],
  [{ SubjectMode: 'OriginIdentity' as const }, 'origin identity'],
  [{ Scope: 'read' }, 'only when SubjectMode is OriginIdentity'],
  [{ DurationSeconds: 59 }, 'greater than or equal to 60'],
  [{ Audience: [] }, "at 'audience' failed to satisfy constraint"],
  [
    {
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'A', Value: '2' },
      ],
    },
    'Duplicate tag keys',
  ],
])('%j is refused', async (input, words) => {
  const { sts } = clients('222222222222');
  await expect(sts.getWebIdentityToken({ ...REQUEST, ...input })).rejects.toMatchObject({
    message: expect.stringContaining(words),
    $metadata: { httpStatusCode: 400 },
  });
});
