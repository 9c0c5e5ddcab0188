import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsCli, awsEnvironment, boto3, HAS_PYTHON_CLIENTS } from '../support/aws/python.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';

const ROLE = 'arn:aws:iam::123456789012:role/team/Deploy';
const ROOT = { UserId: '000000000000', Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' };
const DEPLOY = 'arn:aws:sts::123456789012:assumed-role/Deploy/me';

let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

function client(
  credentials: AwsCredentialIdentity = { accessKeyId: 'test', secretAccessKey: 'test' },
  region = 'eu-west-1',
  endpoint = daemon.url,
) {
  return new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
}

function asCredentials({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): AwsCredentialIdentity {
  return { accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey!, sessionToken: SessionToken! };
}

describe('the AWS SDK for JavaScript', () => {
  test('assumes a role, and is that role afterwards', async () => {
    const sts = client();
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject(ROOT);
    const { Credentials: given, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'me' }),
    );
    expect(AssumedRoleUser!.Arn).toBe(DEPLOY);
    const asRole = client(asCredentials(given!));
    expect(await asRole.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Account: '123456789012',
      Arn: DEPLOY,
      UserId: AssumedRoleUser!.AssumedRoleId,
    });
    const { Account } = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: given!.AccessKeyId! }));
    expect(Account).toBe('123456789012');
  });

  test('takes the account from a key of twelve digits, in a region that nobody knows', async () => {
    const sts = client({ accessKeyId: '210987654321', secretAccessKey: 'x' }, 'moon-north-7');
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({ Account: '210987654321' });
  });

  test('gets the exception that AWS throws', async () => {
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: ROLE,
      RoleSessionName: 'me',
      WebIdentityToken: 'no-token',
    });
    await expect(client().send(command)).rejects.toMatchObject({
      name: 'InvalidIdentityTokenException',
      $fault: 'client',
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('keeps its session through a restart of the daemon', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-sts-'));
    try {
      const first = await startDaemon({ dataDir });
      const { Credentials: given } = await client(undefined, undefined, first.url).send(
        new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'me' }),
      );
      await first.kill();
      await using second = await startDaemon({ dataDir });
      const asRole = client(asCredentials(given!), 'eu-west-1', second.url);
      expect(await asRole.send(new GetCallerIdentityCommand({}))).toMatchObject({ Arn: DEPLOY });
    } finally {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('boto3', () => {
  test('assumes a role, is that role afterwards, and reads errors', async () => {
    const script = `
sts = boto3.client('sts')
given = sts.assume_role(RoleArn='${ROLE}', RoleSessionName='me')
c = given['Credentials']
role = boto3.client('sts', aws_access_key_id=c['AccessKeyId'], aws_secret_access_key=c['SecretAccessKey'], aws_session_token=c['SessionToken'])
try:
    role.get_session_token()
except botocore.exceptions.ClientError as e:
    error = [e.response['Error'], e.response['ResponseMetadata']['HTTPStatusCode']]
who = role.get_caller_identity()
print(json.dumps([sts.get_caller_identity()['Arn'], who['Arn'], who['ResponseMetadata']['RequestId'] != '', error]))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual([
      ROOT.Arn,
      DEPLOY,
      true,
      [
        {
          Type: 'Sender',
          Code: 'AccessDenied',
          Message: 'Cannot call GetSessionToken with session credentials',
        },
        403,
      ],
    ]);
  });

  test('is told of constraints in the words of AWS, all at once', async () => {
    const script = `
from botocore.config import Config
sts = boto3.client('sts', config=Config(parameter_validation=False))
try:
    sts.assume_role(RoleArn='short', RoleSessionName='white space', Tags=[{'Key': 'k'}])
except botocore.exceptions.ClientError as e:
    print(json.dumps(e.response['Error']))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual({
      Type: 'Sender',
      Code: 'ValidationError',
      Message:
        "3 validation errors detected: Value 'white space' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*; " +
        "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null; " +
        "Value 'short' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
    });
  });

  test('gets a token that others verify with what its issuer serves', async () => {
    const script = `
import base64, rsa, urllib.request
def get(url):
    with urllib.request.urlopen(url) as answer: return json.load(answer)
def raw(text): return base64.urlsafe_b64decode(text + '=' * (-len(text) % 4))
def number(text): return int.from_bytes(raw(text), 'big')
issuer = boto3.client('iam').enable_outbound_web_identity_federation()['IssuerIdentifier']
token = boto3.client('sts').get_web_identity_token(Audience=['me'], SigningAlgorithm='RS256')['WebIdentityToken']
header, claims, signature = token.split('.')
configuration = get(issuer + '/.well-known/openid-configuration')
keys = get(configuration['jwks_uri'])['keys']
key = [key for key in keys if key['kid'] == json.loads(raw(header))['kid']][0]
public = rsa.PublicKey(number(key['n']), number(key['e']))
hash = rsa.verify((header + '.' + claims).encode(), raw(signature), public)
try:
    rsa.verify((header + '.' + claims + 'A').encode(), raw(signature), public)
except rsa.VerificationError:
    hash += ', and nothing else'
print(json.dumps([configuration['issuer'] == issuer, json.loads(raw(claims))['iss'] == issuer, hash]))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual([
      true,
      true,
      'SHA-256, and nothing else',
    ]);
  });

  test('asks by a presigned URL', async () => {
    const script = `
import urllib.request
url = boto3.client('sts').generate_presigned_url('get_caller_identity')
print(json.dumps(urllib.request.urlopen(url).read().decode()))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toContain(`<Arn>${ROOT.Arn}</Arn>`);
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('the AWS CLI', () => {
  test('says who calls', async () => {
    const { stdout, code } = await awsCli(['sts', 'get-caller-identity'], awsEnvironment(daemon.url));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(ROOT);
  });

  test('prints the error of an operation that is not there', async () => {
    const { stderr, code } = await awsCli(['sqs', 'list-queues'], awsEnvironment(daemon.url));
    expect(code).not.toBe(0);
    expect(stderr).toContain('(NotImplemented)');
    expect(stderr).toContain('lambdock has no service sqs (ListQueues) yet');
    expect(daemon.output()).toContain('lambdock has no service sqs (ListQueues) yet');
  });
});
