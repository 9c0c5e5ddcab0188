import type { IAM } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsServer, startAws } from '../../aws/support.ts';
import { iamClient } from './support.ts';

let server: AwsServer;
let iam: IAM;

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

beforeAll(async () => {
  server = await startAws();
  iam = iamClient(server);
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

test('AWS’s own policies are told as AWS tells them', async () => {
  const { Policy } = await iam.getPolicy({
    PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda',
  });
  expect(Policy).toEqual({
    PolicyName: 'AWSCodeDeployRoleForLambda',
    PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
    Arn: 'arn:aws:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda',
    Path: '/service-role/',
    DefaultVersionId: 'v3',
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    Description: 'Provides CodeDeploy service access to perform a Lambda deployment on your behalf.',
    CreateDate: new Date('2017-11-28T14:05:44Z'),
    UpdateDate: new Date('2019-12-03T19:53:10Z'),
    Tags: [],
  });
});

test.each([
  'AWSStepFunctionsFullAccess',
  'AmazonEKSClusterPolicy',
  'service-role/AWSGlueServiceRole',
  'service-role/AmazonRDSEnhancedMonitoringRole',
  'job-function/SystemAdministrator',
  'AdministratorAccess-Amplify',
  'AWSMarketplaceRead-only',
])('a role can have %s', async (policy) => {
  const RoleName = policy.replace('/', '-');
  await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST });
  const PolicyArn = `arn:aws:iam::aws:policy/${policy}`;
  await iam.attachRolePolicy({ RoleName, PolicyArn });
  const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName });
  expect(AttachedPolicies).toEqual([{ PolicyArn, PolicyName: policy.replace(/^.*\//, '') }]);
});

test('a policy is found at its path only', async () => {
  const attach = (PolicyArn: string) => iam.attachRolePolicy({ RoleName: 'no-role', PolicyArn });
  for (const wrong of ['AWSGlueServiceRole', 'service-role/AdministratorAccess', 'NoSuchPolicy']) {
    await expect(attach(`arn:aws:iam::aws:policy/${wrong}`)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy arn:aws:iam::aws:policy/${wrong} does not exist or is not attachable.`,
    });
  }
});

test('all are listed, page by page, and each has its document', async () => {
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await iam.listPolicies({ Scope: 'AWS', MaxItems: 300, Marker });
    for (const { PolicyName, Arn, DefaultVersionId } of page.Policies!) {
      names.push(PolicyName!);
      if (names.length % 50 !== 0) continue;
      const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: Arn, VersionId: DefaultVersionId });
      expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toHaveProperty('Statement');
    }
    Marker = page.Marker;
  } while (Marker !== undefined);
  expect(names.length).toBeGreaterThan(1500);
  expect(new Set(names).size).toBe(names.length);
});

test('other partitions have them with ARNs of their own', async () => {
  const china = iamClient(server, 'test', 'test', 'cn-north-1');
  const PolicyArn = 'arn:aws-cn:iam::aws:policy/AWSLambdaExecute';
  const { PolicyVersion } = await china.getPolicyVersion({ PolicyArn, VersionId: 'v1' });
  const document = decodeURIComponent(PolicyVersion!.Document!);
  expect(document).toContain('arn:aws-cn:s3:::*');
  expect(document).not.toContain('arn:aws:');
});

test('policies of services’ own roles come with these roles, and with no other', async () => {
  const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/AutoScalingServiceRolePolicy';
  const { Role } = await iam.createServiceLinkedRole({ AWSServiceName: 'autoscaling.amazonaws.com' });
  const { AttachedPolicies } = await iam.listAttachedRolePolicies({ RoleName: Role!.RoleName });
  expect(AttachedPolicies).toEqual([{ PolicyName: 'AutoScalingServiceRolePolicy', PolicyArn }]);
  await iam.createRole({ RoleName: 'customer', AssumeRolePolicyDocument: TRUST });
  await expect(iam.attachRolePolicy({ RoleName: 'customer', PolicyArn })).rejects.toMatchObject({
    name: 'PolicyNotAttachableException',
    message: 'Cannot attach a Service Role Policy to a Customer Role.',
    $metadata: { httpStatusCode: 400 },
  });
});
