import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsServer, startAws } from '../../aws/support.ts';
import { iamClient } from './support.ts';

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
