import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsServer, startAws } from '../../aws/support.ts';
import { answer, iamClient } from './support.ts';

let server: AwsServer;

beforeAll(async () => {
  server = await startAws();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

test('an account is in no organization', async () => {
  const iam = iamClient(server);
  const refused = { name: 'OrganizationNotFoundException', $metadata: { httpStatusCode: 400 } };
  await expect(iam.listOrganizationsFeatures({})).rejects.toMatchObject(refused);
  await expect(iam.enableOrganizationsRootSessions({})).rejects.toMatchObject(refused);
  await expect(iam.disableOrganizationsRootSessions({})).rejects.toMatchObject(refused);
  await expect(iam.enableOrganizationsRootCredentialsManagement({})).rejects.toMatchObject(refused);
  await expect(iam.disableOrganizationsRootCredentialsManagement({})).rejects.toMatchObject(refused);
});

test('nobody asks for rights by delegation, and services have no templates of roles', async () => {
  const iam = iamClient(server);
  const missing = { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } };
  expect(await answer(iam.listDelegationRequests({}))).toEqual({
    DelegationRequests: [],
    isTruncated: false,
  });
  const request = { DelegationRequestId: '12345678-1234-1234-1234-123456789012' };
  const template = { TemplateArn: 'arn:aws:iam::aws:role-template/none/v1' };
  for (const refused of [
    iam.getDelegationRequest(request),
    iam.acceptDelegationRequest(request),
    iam.associateDelegationRequest(request),
    iam.rejectDelegationRequest(request),
    iam.sendDelegationToken(request),
    iam.updateDelegationRequest(request),
    iam.getRoleTemplateVersion(template),
    iam.acquireRole(template),
    iam.getHumanReadableSummary({ EntityArn: 'arn:aws:iam::000000000000:delegation-request/none' }),
    iam.getOrganizationsAccessReport({ JobId: request.DelegationRequestId }),
  ]) {
    await expect(refused).rejects.toMatchObject(missing);
  }
});
