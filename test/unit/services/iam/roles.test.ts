import type * as sdk from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../src/clock/manual-clock.ts';
import { type AwsServer, startAws } from '../../aws/support.ts';
import { answer, iamClient } from './support.ts';

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
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

describe('roles', () => {
  test('are created, told of, and removed', async () => {
    const { Role } = await iam.createRole({
      RoleName: 'Deploy',
      Path: '/team/',
      Description: 'words',
      AssumeRolePolicyDocument: TRUST,
    });
    const basic = {
      Path: '/team/',
      RoleName: 'Deploy',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: 'arn:aws:iam::000000000000:role/team/Deploy',
      CreateDate: new Date(Math.floor(clock.now() / 1000) * 1000),
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
    };
    expect(Role).toEqual(basic);
    expect((await iam.getRole({ RoleName: 'Deploy' })).Role).toEqual({
      ...basic,
      Description: 'words',
      MaxSessionDuration: 3600,
      RoleLastUsed: {},
    });
    expect(await answer(iam.listRoles({ PathPrefix: '/team' }))).toEqual({
      Roles: [{ ...basic, Description: 'words', MaxSessionDuration: 3600 }],
      IsTruncated: false,
    });
    await expect(
      iam.createRole({ RoleName: 'deploy', AssumeRolePolicyDocument: TRUST }),
    ).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'Role with name deploy already exists.',
      $metadata: { httpStatusCode: 409 },
    });
    await iam.deleteRole({ RoleName: 'Deploy' });
    await expect(iam.getRole({ RoleName: 'Deploy' })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name Deploy cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  test('are not made by anyone where those of services are', async () => {
    const input = { RoleName: 'AWSServiceRoleForX', AssumeRolePolicyDocument: TRUST };
    await expect(iam.createRole({ ...input, Path: '/aws-service-role/x/' })).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles",
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('have managed and inline policies', async () => {
    await iam.createRole({ RoleName: 'R', AssumeRolePolicyDocument: TRUST });
    const { Policy } = await iam.createPolicy({ PolicyName: 'P', PolicyDocument: DOCUMENT });
    await iam.attachRolePolicy({ RoleName: 'R', PolicyArn: Policy!.Arn });
    const basic = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    await iam.attachRolePolicy({ RoleName: 'R', PolicyArn: basic });
    expect(await answer(iam.listAttachedRolePolicies({ RoleName: 'R' }))).toEqual({
      AttachedPolicies: [
        { PolicyName: 'P', PolicyArn: Policy!.Arn },
        { PolicyName: 'AWSLambdaBasicExecutionRole', PolicyArn: basic },
      ],
      IsTruncated: false,
    });
    expect((await iam.getPolicy({ PolicyArn: Policy!.Arn })).Policy).toMatchObject({
      AttachmentCount: 1,
      Tags: [],
    });
    await expect(iam.deleteRole({ RoleName: 'R' })).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await expect(iam.deletePolicy({ PolicyArn: Policy!.Arn })).rejects.toThrow(
      'Cannot delete a policy attached to entities.',
    );
    await iam.putRolePolicy({ RoleName: 'R', PolicyName: 'in', PolicyDocument: DOCUMENT });
    expect(await answer(iam.getRolePolicy({ RoleName: 'R', PolicyName: 'in' }))).toEqual({
      RoleName: 'R',
      PolicyName: 'in',
      PolicyDocument: encodeURIComponent(DOCUMENT).replace('*', '%2A'),
    });
    await iam.detachRolePolicy({ RoleName: 'R', PolicyArn: Policy!.Arn });
    await iam.detachRolePolicy({ RoleName: 'R', PolicyArn: basic });
    await expect(iam.deleteRole({ RoleName: 'R' })).rejects.toThrow('must delete policies first');
    await iam.deleteRolePolicy({ RoleName: 'R', PolicyName: 'in' });
    await iam.deleteRole({ RoleName: 'R' });
    await iam.deletePolicy({ PolicyArn: Policy!.Arn });
  });
});
