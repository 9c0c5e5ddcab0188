import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateUserCommand, GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsCli, awsEnvironment, boto3, HAS_PYTHON_CLIENTS } from '../support/aws/python.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';

let daemon: RunningDaemon;

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(() => daemon[Symbol.asyncDispose]());

describe.runIf(HAS_PYTHON_CLIENTS)('boto3', () => {
  test('makes a role for a function, with a policy of AWS and one of its own', async () => {
    const script = `
iam = boto3.client('iam')
trust = {'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Principal': {'Service': 'lambda.amazonaws.com'}, 'Action': 'sts:AssumeRole'}]}
role = iam.create_role(RoleName='fn', AssumeRolePolicyDocument=json.dumps(trust))['Role']
iam.attach_role_policy(RoleName='fn', PolicyArn='arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')
own = iam.create_policy(PolicyName='own', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))
iam.attach_role_policy(RoleName='fn', PolicyArn=own['Policy']['Arn'])
found = iam.get_role(RoleName='fn')['Role']
names = [p['PolicyName'] for page in iam.get_paginator('list_attached_role_policies').paginate(RoleName='fn', PaginationConfig={'PageSize': 1}) for p in page['AttachedPolicies']]
try:
    iam.delete_role(RoleName='fn')
except iam.exceptions.DeleteConflictException as e:
    error = [e.response['Error'], e.response['ResponseMetadata']['HTTPStatusCode']]
print(json.dumps([role['Arn'], found['AssumeRolePolicyDocument'] == trust, found['RoleLastUsed'], names, error]))`;
    expect(await boto3(script, awsEnvironment(daemon.url))).toEqual([
      'arn:aws:iam::000000000000:role/fn',
      true,
      {},
      ['AWSLambdaBasicExecutionRole', 'own'],
      [
        {
          Type: 'Sender',
          Code: 'DeleteConflict',
          Message: 'Cannot delete entity, must detach all policies first.',
        },
        409,
      ],
    ]);
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('errors, as boto3 reads them', () => {
  /** Runs `calls`, a list of calls as Python writes them, and tells the error of each. */
  async function errorsOf(calls: string): Promise<unknown> {
    const script = `
from botocore.config import Config
iam = boto3.client('iam', config=Config(parameter_validation=False))
serial = 'arn:aws:iam::000000000000:mfa/phone'
def error(call):
    try:
        call()
    except botocore.exceptions.ClientError as e:
        return [e.response['ResponseMetadata']['HTTPStatusCode'], e.response['Error']['Code'], e.response['Error'].get('Message')]
${calls}`;
    return boto3(script, awsEnvironment(daemon.url));
  }

  test('a report that is not there is told of without a message', async () => {
    expect(await errorsOf(`print(json.dumps(error(iam.get_credential_report)))`)).toEqual([
      410,
      'ReportNotPresent',
      null,
    ]);
  });

  test('what can’t stand in XML is not quoted', async () => {
    const call = String.raw`print(json.dumps(error(lambda: iam.get_role(RoleName='a\x00' * 40))))`;
    const long = String.raw`print(json.dumps(error(lambda: iam.get_service_linked_role_deletion_status(DeletionTaskId='\x00'))))`;
    expect(await errorsOf(call)).toMatchObject([400, 'ValidationError', expect.any(String)]);
    expect(await errorsOf(long)).toEqual([404, 'NoSuchEntity', 'Deletion task \ufffd cannot be found.']);
  });

  test('MFA devices, and keys that are none', async () => {
    const calls = `
iam.create_user(UserName='mfa')
iam.create_virtual_mfa_device(VirtualMFADeviceName='phone')
print(json.dumps([
  error(lambda: iam.create_virtual_mfa_device(VirtualMFADeviceName='phone')),
  error(lambda: iam.deactivate_mfa_device(UserName='mfa', SerialNumber=serial)),
  error(lambda: iam.delete_virtual_mfa_device(SerialNumber=serial + '2')),
  error(lambda: iam.upload_ssh_public_key(UserName='mfa', SSHPublicKeyBody='ssh-rsa AAAA')),
]))`;
    expect(await errorsOf(calls)).toEqual([
      [409, 'EntityAlreadyExists', 'MFADevice entity at the same path and name already exists.'],
      [404, 'NoSuchEntity', 'MFA Device invalid for user.'],
      [
        404,
        'NoSuchEntity',
        "VirtualMFADevice with serial number arn:aws:iam::000000000000:mfa/phone2 doesn't exist.",
      ],
      [400, 'InvalidPublicKey', 'Public key is invalid.'],
    ]);
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('the AWS CLI', () => {
  test('prints a role with its policy, and errors in the words of AWS', async () => {
    const env = awsEnvironment(daemon.url);
    const trust =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}';
    const create = ['iam', 'create-role', '--role-name', 'cli', '--assume-role-policy-document', trust];
    const { stdout, code } = await awsCli(create, env);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).Role).toMatchObject({
      RoleName: 'cli',
      AssumeRolePolicyDocument: JSON.parse(trust),
    });
    const again = await awsCli(create, env);
    expect(again.stderr).toContain(
      'An error occurred (EntityAlreadyExists) when calling the CreateRole operation: Role with name cli already exists.',
    );
  });
});

describe('the AWS SDK for JavaScript', () => {
  test('finds a user in every region, and after a restart that nobody announced', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'lambdock-iam-'));
    const client = (endpoint: string, region: string) =>
      new IAMClient({ endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'x' } });
    try {
      const first = await startDaemon({ dataDir });
      const made = await client(first.url, 'us-east-1').send(new CreateUserCommand({ UserName: 'anna' }));
      await first.kill();
      await using second = await startDaemon({ dataDir });
      const found = await client(second.url, 'moon-north-7').send(new GetUserCommand({ UserName: 'anna' }));
      expect(found.User).toEqual(made.User);
    } finally {
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});

describe.runIf(HAS_PYTHON_CLIENTS)('with --strict', () => {
  let strict: RunningDaemon;

  beforeAll(async () => {
    strict = await startDaemon({ args: ['--strict', '--root-secret', 'only-mine'] });
  });

  afterAll(() => strict[Symbol.asyncDispose]());

  test('boto3 signs as its user, presigns, and is told what it may not', async () => {
    const script = `
import urllib.request, urllib.error
def allow(action, resource='*'):
    return json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': action, 'Resource': resource}]})
def attempt(call, *names, **parameters):
    try:
        call(**parameters)
        return 'taken'
    except botocore.exceptions.ClientError as e:
        return e.response['Error']['Code']
root = boto3.client('iam')
root.create_user(UserName='anna')
root.put_user_policy(UserName='anna', PolicyName='p', PolicyDocument=allow(['iam:GetUser', 'logs:DescribeLogGroups']))
key = root.create_access_key(UserName='anna')['AccessKey']
anna = boto3.Session(aws_access_key_id=key['AccessKeyId'], aws_secret_access_key=key['SecretAccessKey'])
liar = boto3.Session(aws_access_key_id=key['AccessKeyId'], aws_secret_access_key='x' * 40)
url = anna.client('sts').generate_presigned_url('get_caller_identity', HttpMethod='GET')
try:
    urllib.request.urlopen(url.replace('GetCallerIdentity', 'GetSessionToken'))
    changed = 200
except urllib.error.HTTPError as e:
    changed = e.code
print(json.dumps([
    'user/anna' in urllib.request.urlopen(url).read().decode(),
    changed,
    attempt(anna.client('iam').get_user),
    attempt(anna.client('iam').list_users),
    attempt(anna.client('logs').describe_log_groups),
    attempt(anna.client('lambda').list_functions),
    attempt(anna.client('lambda').get_function, FunctionName='arn:aws:lambda:eu-central-1:000000000000:function:f'),
    attempt(liar.client('sts').get_caller_identity),
    attempt(liar.client('logs').describe_log_groups),
    attempt(liar.client('lambda').list_functions),
]))`;
    const env = awsEnvironment(strict.url, { AWS_SECRET_ACCESS_KEY: 'only-mine' });
    expect(await boto3(script, env)).toEqual([
      true,
      403,
      'taken',
      'AccessDenied',
      'taken',
      'AccessDeniedException',
      'AccessDeniedException',
      'SignatureDoesNotMatch',
      'InvalidSignatureException',
      'InvalidSignatureException',
    ]);
  });

  test('the AWS CLI is refused with a key that nobody made', async () => {
    const env = awsEnvironment(strict.url, { AWS_ACCESS_KEY_ID: 'AKIAQWERTYUIOPASDFGH' });
    const { stderr } = await awsCli(['sts', 'get-caller-identity'], env);
    expect(stderr).toContain(
      'An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token included in the request is invalid.',
    );
  });
});
