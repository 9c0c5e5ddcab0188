import type * as sdk from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';
import { answer, iamClient } from './support.ts';

const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Sid: 'reads', Effect: 'Allow', Action: 's3:Get*', Resource: '*' }],
});
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

const clock = new ManualClock();
let server: AwsServer;
let iam: sdk.IAM;

beforeAll(async () => {
  server = await startAws({ clock });
  iam = iamClient(server);
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

const refused = (name: string, message: string) => ({ name, message });

describe('groups, profiles and what looks at all', () => {
  test('a policy tells where it is used', async () => {
    await iam.createGroup({ GroupName: 'g' });
    await iam.createUser({ UserName: 'u' });
    await iam.createRole({ RoleName: 'r', AssumeRolePolicyDocument: TRUST });
    const { Policy } = await iam.createPolicy({ PolicyName: 'used', PolicyDocument: DOCUMENT });
    const PolicyArn = Policy!.Arn!;
    await iam.attachGroupPolicy({ GroupName: 'g', PolicyArn });
    await iam.attachUserPolicy({ UserName: 'u', PolicyArn });
    await iam.putRolePermissionsBoundary({ RoleName: 'r', PermissionsBoundary: PolicyArn });
    await iam.addUserToGroup({ GroupName: 'g', UserName: 'u' });
    expect(await answer(iam.listEntitiesForPolicy({ PolicyArn }))).toEqual({
      PolicyGroups: [{ GroupName: 'g', GroupId: expect.stringMatching(/^AGPA/) }],
      PolicyUsers: [{ UserName: 'u', UserId: expect.stringMatching(/^AIDA/) }],
      PolicyRoles: [{ RoleName: 'r', RoleId: expect.stringMatching(/^AROA/) }],
      IsTruncated: false,
    });
    const unknown = `${PolicyArn}-not`;
    await expect(iam.listEntitiesForPolicy({ PolicyArn: unknown })).rejects.toThrow(
      `Policy ${unknown} does not exist or is not attachable.`,
    );
    expect((await iam.getRole({ RoleName: 'r' })).Role!.PermissionsBoundary).toEqual({
      PermissionsBoundaryType: 'Policy',
      PermissionsBoundaryArn: PolicyArn,
    });
    const all = await iam.getAccountAuthorizationDetails({ Filter: ['User', 'LocalManagedPolicy'] });
    const user = all.UserDetailList!.find(({ UserName }) => UserName === 'u')!;
    expect(user).toMatchObject({
      GroupList: ['g'],
      AttachedManagedPolicies: [{ PolicyName: 'used', PolicyArn }],
      Tags: [],
    });
    expect(user).not.toHaveProperty('UserPolicyList');
    expect(all.RoleDetailList).toEqual([]);
    await expect(iam.deletePolicy({ PolicyArn })).rejects.toThrow(
      'Cannot delete a policy attached to entities.',
    );
  });

  test('a profile holds one role', async () => {
    const InstanceProfileName = 'profile';
    await iam.createRole({ RoleName: 'ec2', AssumeRolePolicyDocument: TRUST });
    await iam.createInstanceProfile({ InstanceProfileName });
    await iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: 'ec2' });
    await expect(
      iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName: 'ec2' }),
    ).rejects.toMatchObject(
      refused('LimitExceededException', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1'),
    );
    const { InstanceProfile } = await iam.getInstanceProfile({ InstanceProfileName });
    expect(InstanceProfile).toMatchObject({
      InstanceProfileId: expect.stringMatching(/^AIPA/),
      Roles: [{ RoleName: 'ec2' }],
      Tags: [],
    });
    await expect(iam.deleteRole({ RoleName: 'ec2' })).rejects.toThrow(
      'must remove roles from instance profile first',
    );
  });

  test('a policy has five versions at most', async () => {
    const { Policy } = await iam.createPolicy({ PolicyName: 'versions', PolicyDocument: DOCUMENT });
    const PolicyArn = Policy!.Arn!;
    for (let count = 0; count < 4; count++) {
      await iam.createPolicyVersion({ PolicyArn, PolicyDocument: DOCUMENT, SetAsDefault: count === 0 });
    }
    await expect(iam.createPolicyVersion({ PolicyArn, PolicyDocument: DOCUMENT })).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await expect(iam.deletePolicyVersion({ PolicyArn, VersionId: 'v2' })).rejects.toThrow(
      'Cannot delete the default version of a policy.',
    );
    await iam.deletePolicyVersion({ PolicyArn, VersionId: 'v5' });
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: DOCUMENT });
    expect(PolicyVersion).toMatchObject({ VersionId: 'v6', IsDefaultVersion: false });
    const { Versions } = await iam.listPolicyVersions({ PolicyArn });
    expect(Versions!.map(({ VersionId }) => VersionId)).toEqual(['v6', 'v4', 'v3', 'v2', 'v1']);
  });

  test('AWS’s own policies are there, and not to be changed', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/AdministratorAccess';
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn, VersionId: 'v1' });
    expect(JSON.parse(decodeURIComponent(PolicyVersion!.Document!))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    await expect(iam.deletePolicy({ PolicyArn })).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Policies } = await iam.listPolicies({ Scope: 'AWS', MaxItems: 1000 });
    expect(Policies!.length).toBeGreaterThan(50);
    for (const { Arn, DefaultVersionId } of Policies!) {
      await iam.getPolicyVersion({ PolicyArn: Arn, VersionId: DefaultVersionId });
    }
  });

  test('services have roles of their own', async () => {
    const input = { AWSServiceName: 'ecs.amazonaws.com' };
    const { Role } = await iam.createServiceLinkedRole(input);
    expect(Role!.Arn).toBe(
      'arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS',
    );
    await expect(iam.createServiceLinkedRole(input)).rejects.toMatchObject(
      refused(
        'InvalidInputException',
        'Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.',
      ),
    );
    await expect(iam.deleteRole({ RoleName: 'AWSServiceRoleForECS' })).rejects.toMatchObject({
      name: 'UnmodifiableEntityException',
    });
    const { DeletionTaskId } = await iam.deleteServiceLinkedRole({ RoleName: 'AWSServiceRoleForECS' });
    expect((await iam.getServiceLinkedRoleDeletionStatus({ DeletionTaskId })).Status).toBe('SUCCEEDED');
  });

  test('OpenID Connect providers are named by their URL', async () => {
    const Url = 'https://token.actions.example.com/a';
    const made = await iam.createOpenIDConnectProvider({
      Url,
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['a'.repeat(40)],
    });
    const OpenIDConnectProviderArn = made.OpenIDConnectProviderArn!;
    expect(OpenIDConnectProviderArn).toBe(
      'arn:aws:iam::000000000000:oidc-provider/token.actions.example.com/a',
    );
    await expect(
      iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys: ['!'] }),
    ).rejects.toThrow('@]+, Member must not be null]');
    await iam.addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID: 'b' });
    expect(await iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn })).toMatchObject({
      Url: 'token.actions.example.com/a',
      ClientIDList: ['sts.amazonaws.com', 'b'],
      Tags: [],
    });
    await expect(iam.createOpenIDConnectProvider({ Url })).rejects.toMatchObject(
      refused('EntityAlreadyExistsException', `Provider with url ${Url} already exists.`),
    );
    await expect(iam.createOpenIDConnectProvider({ Url: 'http://a.example' })).rejects.toMatchObject(
      refused('ValidationError', 'Invalid Open ID Connect Provider URL'),
    );
  });

  test('the simulator says what policies allow, and which statement did', async () => {
    const { EvaluationResults } = await iam.simulateCustomPolicy({
      PolicyInputList: [DOCUMENT],
      ActionNames: ['s3:GetObject', 's3:PutObject'],
    });
    expect(EvaluationResults).toEqual([
      {
        EvalActionName: 's3:GetObject',
        EvalResourceName: '*',
        EvalDecision: 'allowed',
        MatchedStatements: [
          {
            SourcePolicyId: 'PolicyInputList.1',
            SourcePolicyType: 'IAM Policy',
            StartPosition: { Line: 1, Column: 39 },
            EndPosition: { Line: 1, Column: DOCUMENT.length - 1 },
          },
        ],
        MissingContextValues: [],
      },
      {
        EvalActionName: 's3:PutObject',
        EvalResourceName: '*',
        EvalDecision: 'implicitDeny',
        MatchedStatements: [],
        MissingContextValues: [],
      },
    ]);
    await iam.createUser({ UserName: 'sim' });
    await iam.putUserPolicy({ UserName: 'sim', PolicyName: 'p', PolicyDocument: DOCUMENT });
    const simulated = await iam.simulatePrincipalPolicy({
      PolicySourceArn: 'arn:aws:iam::000000000000:user/sim',
      ActionNames: ['s3:GetObject'],
      PermissionsBoundaryPolicyInputList: [DOCUMENT.replace('s3:Get*', 'sqs:*')],
    });
    expect(simulated.EvaluationResults).toMatchObject([
      {
        EvalDecision: 'implicitDeny',
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
      },
    ]);
  });
});
