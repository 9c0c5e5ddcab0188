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
