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
