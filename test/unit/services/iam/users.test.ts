import { generateKeyPairSync } from 'node:crypto';
import type * as sdk from '@aws-sdk/client-iam';
import { STS } from '@aws-sdk/client-sts';
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

describe('users', () => {
  test('keep their id and all that is theirs when they are renamed', async () => {
    const { User } = await iam.createUser({ UserName: 'anna', Path: '/a/' });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'anna' });
    await iam.updateUser({ UserName: 'anna', NewUserName: 'bea', NewPath: '/b/' });
    const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: 'any' };
    const sts = new STS({ endpoint: server.url, region: 'moon-1', credentials, maxAttempts: 1 });
    expect(await answer(sts.getCallerIdentity({}))).toEqual({
      UserId: User!.UserId,
      Account: '000000000000',
      Arn: 'arn:aws:iam::000000000000:user/b/bea',
    });
    const bea = iamClient(server, credentials.accessKeyId);
    expect((await bea.getUser({})).User).toMatchObject({ UserName: 'bea', UserId: User!.UserId });
    expect(await answer(iam.getAccessKeyLastUsed({ AccessKeyId: AccessKey!.AccessKeyId }))).toEqual({
      UserName: 'bea',
      AccessKeyLastUsed: { LastUsedDate: new Date(clock.now()), ServiceName: 'iam', Region: 'us-east-1' },
    });
    await expect(iam.deleteUser({ UserName: 'bea' })).rejects.toMatchObject(
      refused('DeleteConflictException', 'Cannot delete entity, must delete access keys first.'),
    );
    await bea.deleteAccessKey({ AccessKeyId: AccessKey!.AccessKeyId });
    await iam.deleteUser({ UserName: 'BEA' });
  });

  test('have two access keys at most, of their own account', async () => {
    const other = iamClient(server, '210987654321');
    await other.createUser({ UserName: 'two' });
    const { AccessKey } = await other.createAccessKey({ UserName: 'two' });
    await other.createAccessKey({ UserName: 'two' });
    await expect(other.createAccessKey({ UserName: 'two' })).rejects.toMatchObject(
      refused('LimitExceededException', 'Cannot exceed quota for AccessKeysPerUser: 2'),
    );
    const credentials = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: 'x' };
    const sts = new STS({ endpoint: server.url, region: 'us-east-1', credentials });
    expect((await sts.getCallerIdentity({})).Account).toBe('210987654321');
    expect((await sts.getAccessKeyInfo({ AccessKeyId: AccessKey!.AccessKeyId })).Account).toBe(
      '210987654321',
    );
    await expect(iam.getUser({ UserName: 'two' })).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(iam.getAccessKeyLastUsed({ AccessKeyId: AccessKey!.AccessKeyId })).rejects.toMatchObject(
      refused(
        'AccessDenied',
        `User: arn:aws:iam::000000000000:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${AccessKey!.AccessKeyId}`,
      ),
    );
  });

  test('names and paths are checked in the words of IAM', async () => {
    const wrong: [sdk.CreateUserCommandInput, string][] = [
      [
        { UserName: 'white space' },
        'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
      ],
      [
        { UserName: 'a', Path: 'a/' },
        'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
      ],
      [
        { UserName: 'x'.repeat(65) },
        "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
      ],
      [
        { UserName: 'a', Tags: [{ Key: 'a*', Value: '' }] },
        "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
      ],
    ];
    for (const [input, message] of wrong) {
      await expect(iam.createUser(input)).rejects.toMatchObject(refused('ValidationError', message));
    }
  });

  test('are listed page by page, and a page goes on behind one that is gone', async () => {
    for (const UserName of ['p1', 'p2', 'p3']) await iam.createUser({ UserName, Path: '/pages/' });
    const first = await iam.listUsers({ PathPrefix: '/pages/', MaxItems: 2 });
    expect(first).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
    await iam.deleteUser({ UserName: 'p2' });
    const rest = await iam.listUsers({ PathPrefix: '/pages/', MaxItems: 2, Marker: first.Marker });
    expect(rest.Users!.map(({ UserName }) => UserName)).toEqual(['p3']);
    expect(rest).toMatchObject({ IsTruncated: false });
    expect(rest).not.toHaveProperty('Marker');
    await expect(iam.listUsers({ Marker: 'nonsense' })).rejects.toMatchObject(
      refused('ValidationError', 'Invalid Marker.'),
    );
  });

  test('tags differ in more than their case for users, and not for policies', async () => {
    await iam.createUser({ UserName: 'tags', Tags: [{ Key: 'Team', Value: 'a' }] });
    await iam.tagUser({ UserName: 'tags', Tags: [{ Key: 'team', Value: 'b' }] });
    expect((await iam.listUserTags({ UserName: 'tags' })).Tags).toEqual([{ Key: 'team', Value: 'b' }]);
    const two = [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ];
    await expect(iam.tagUser({ UserName: 'tags', Tags: two })).rejects.toMatchObject(
      refused(
        'InvalidInputException',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      ),
    );
    const { Policy } = await iam.createPolicy({ PolicyName: 't', PolicyDocument: DOCUMENT, Tags: two });
    expect((await iam.listPolicyTags({ PolicyArn: Policy!.Arn })).Tags).toEqual(two.toReversed());
    await iam.untagPolicy({ PolicyArn: Policy!.Arn, TagKeys: ['a'] });
    const ofLengths = ['abc', 'b', 'z', 'a'].map((Key) => ({ Key, Value: '' }));
    const more = await iam.createPolicy({ PolicyName: 't2', PolicyDocument: DOCUMENT, Tags: ofLengths });
    const { Tags } = await iam.listPolicyTags({ PolicyArn: more.Policy!.Arn });
    expect(Tags!.map(({ Key }) => Key)).toEqual(['a', 'b', 'z', 'abc']);
    expect((await iam.getPolicy({ PolicyArn: Policy!.Arn })).Policy!.Tags).toEqual([two[1]]);
    await iam.untagUser({ UserName: 'tags', TagKeys: ['TEAM'] });
    expect((await iam.getUser({ UserName: 'tags' })).User).not.toHaveProperty('Tags');
  });

  test('have passwords as the account asks for', async () => {
    await iam.createUser({ UserName: 'pass' });
    await expect(iam.getAccountPasswordPolicy({})).rejects.toMatchObject(
      refused('NoSuchEntityException', 'The Password Policy with domain name 000000000000 cannot be found.'),
    );
    const tooMuch = { MinimumPasswordLength: 129, MaxPasswordAge: 1096, PasswordReusePrevention: 25 };
    await expect(iam.updateAccountPasswordPolicy(tooMuch)).rejects.toMatchObject(
      refused(
        'ValidationError',
        "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; " +
          "Value at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal to 24; " +
          "Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095",
      ),
    );
    await iam.updateAccountPasswordPolicy({ MinimumPasswordLength: 12, RequireNumbers: true });
    expect((await iam.getAccountPasswordPolicy({})).PasswordPolicy).toEqual({
      MinimumPasswordLength: 12,
      RequireSymbols: false,
      RequireNumbers: true,
      RequireUppercaseCharacters: false,
      RequireLowercaseCharacters: false,
      AllowUsersToChangePassword: false,
      ExpirePasswords: false,
    });
    await expect(
      iam.createLoginProfile({ UserName: 'pass', Password: 'only letters' }),
    ).rejects.toMatchObject({ name: 'PasswordPolicyViolationException' });
    const { LoginProfile } = await iam.createLoginProfile({ UserName: 'pass', Password: 'letters and 1' });
    expect(LoginProfile).toMatchObject({ UserName: 'pass', PasswordResetRequired: false });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'pass' });
    const self = iamClient(server, AccessKey!.AccessKeyId);
    await expect(
      self.changePassword({ OldPassword: 'wrong', NewPassword: 'letters and 2' }),
    ).rejects.toMatchObject({ name: 'AccessDenied' });
    await self.changePassword({ OldPassword: 'letters and 1', NewPassword: 'letters and 2' });
    await iam.deleteLoginProfile({ UserName: 'pass' });
    await expect(iam.getLoginProfile({ UserName: 'pass' })).rejects.toMatchObject(
      refused('NoSuchEntityException', 'Login Profile for User pass cannot be found.'),
    );
    await iam.deleteAccountPasswordPolicy({});
  });

  test('have SSH keys, devices and credentials of services', async () => {
    await iam.createUser({ UserName: 'keys' });
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const { SSHPublicKey } = await iam.uploadSSHPublicKey({ UserName: 'keys', SSHPublicKeyBody: pem });
    expect(SSHPublicKey).toMatchObject({
      SSHPublicKeyId: expect.stringMatching(/^APKA/),
      Fingerprint: expect.stringMatching(/^([\da-f]{2}:){15}[\da-f]{2}$/),
      Status: 'Active',
    });
    const { VirtualMFADevice } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: 'phone' });
    const SerialNumber = VirtualMFADevice!.SerialNumber!;
    expect(SerialNumber).toBe('arn:aws:iam::000000000000:mfa/phone');
    const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '654321' };
    await iam.enableMFADevice({ UserName: 'keys', SerialNumber, ...codes });
    expect((await iam.listMFADevices({ UserName: 'keys' })).MFADevices).toMatchObject([
      { UserName: 'keys', SerialNumber },
    ]);
    await expect(iam.deleteVirtualMFADevice({ SerialNumber })).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    const ServiceName = 'codecommit.amazonaws.com';
    const made = await iam.createServiceSpecificCredential({ UserName: 'keys', ServiceName });
    expect(made.ServiceSpecificCredential).toMatchObject({
      ServiceUserName: 'keys-at-000000000000',
      ServicePassword: expect.any(String),
    });
    const listed = await iam.listServiceSpecificCredentials({ UserName: 'keys' });
    expect(listed.ServiceSpecificCredentials![0]).not.toHaveProperty('ServicePassword');
    await iam.generateCredentialReport({});
    const report = Buffer.from((await iam.getCredentialReport({})).Content!).toString();
    expect(report).toMatch(/^user,arn,user_creation_time,/);
    expect(report).toContain('\nkeys,arn:aws:iam::000000000000:user/keys,');
    expect((await iam.getAccountSummary({})).SummaryMap).toMatchObject({
      MFADevicesInUse: 1,
      UsersQuota: 5000,
    });
  });
});

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
