import type { PolicyType } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogsServer } from './support.ts';

let server: LogsServer;
const PREFIX = 'arn:aws:logs:eu-west-1:000000000000';
const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';
const PROTECTION = protection({});

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

const UNKNOWN = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } };

test('resource policies', async () => {
  const policy = { policyName: 'route53', policyDocument: DOCUMENT };
  const { resourcePolicy } = await server.client.putResourcePolicy(policy);
  const expected = { ...policy, lastUpdatedTime: server.clock.now(), policyScope: 'ACCOUNT' };
  expect(resourcePolicy).toEqual(expected);
  expect((await server.client.describeResourcePolicies({})).resourcePolicies).toEqual([expected]);
  await server.client.deleteResourcePolicy({ policyName: 'route53' });
  await expect(server.client.deleteResourcePolicy({ policyName: 'route53' })).rejects.toMatchObject({
    ...UNKNOWN,
    message: 'Policy with name [route53] does not exist.',
  });
  for (let n = 0; n < 10; n++) await server.client.putResourcePolicy({ ...policy, policyName: `p${n}` });
  await expect(server.client.putResourcePolicy(policy)).rejects.toMatchObject({
    name: 'LimitExceededException',
    message: 'Resource limit exceeded.',
  });
});

test('resource policies of a group change only from the revision that is named', async () => {
  const resourceArn = `${PREFIX}:log-group:${await server.group()}`;
  const { revisionId } = await server.client.putResourcePolicy({ resourceArn, policyDocument: DOCUMENT });
  const wrong = { resourceArn, policyDocument: DOCUMENT, expectedRevisionId: 'other' };
  await expect(server.client.putResourcePolicy(wrong)).rejects.toMatchObject({
    name: 'OperationAbortedException',
  });
  expect((await server.client.describeResourcePolicies({ resourceArn })).resourcePolicies).toMatchObject([
    { resourceArn, revisionId, policyScope: 'RESOURCE' },
  ]);
  await server.client.deleteResourcePolicy({ resourceArn, expectedRevisionId: revisionId });
});

test('policies of groups and accounts', async () => {
  const logGroupIdentifier = await server.group();
  await server.client.putDataProtectionPolicy({ logGroupIdentifier, policyDocument: PROTECTION });
  const status = async () =>
    (await server.client.describeLogGroups({ logGroupNamePrefix: logGroupIdentifier })).logGroups![0]!
      .dataProtectionStatus;
  expect(await status()).toBe('ACTIVATED');
  await server.client.deleteDataProtectionPolicy({ logGroupIdentifier });
  expect(await status()).toBe('DELETED');

  const policyDocument = '{"Fields":["RequestId"]}';
  const { indexPolicy } = await server.client.putIndexPolicy({ logGroupIdentifier, policyDocument });
  const input = { logGroupIdentifiers: [logGroupIdentifier] };
  expect((await server.client.describeIndexPolicies(input)).indexPolicies).toEqual([indexPolicy]);
  expect((await server.client.describeFieldIndexes(input)).fieldIndexes).toMatchObject([
    { fieldIndexName: 'RequestId' },
  ]);
  const indexed = await server.client.listLogGroups({ fieldIndexNames: ['RequestId'] });
  expect(indexed.logGroups).toMatchObject([{ logGroupName: logGroupIdentifier }]);
  await server.client.deleteIndexPolicy({ logGroupIdentifier });

  const account = {
    policyName: 'p',
    policyType: 'DATA_PROTECTION_POLICY',
    policyDocument: PROTECTION,
  } as const;
  const { accountPolicy } = await server.client.putAccountPolicy(account);
  expect(accountPolicy).toEqual({
    ...account,
    scope: 'ALL',
    lastUpdatedTime: server.clock.now(),
    accountId: '000000000000',
  });
  expect((await server.client.describeAccountPolicies(account)).accountPolicies).toEqual([accountPolicy]);
  await server.client.deleteAccountPolicy(account);
  await expect(server.client.deleteAccountPolicy(account)).rejects.toMatchObject(UNKNOWN);
  await expect(
    server.client.putAccountPolicy({ ...account, policyDocument: 'no JSON' }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

/** A policy that AWS takes, or what it has to say about one that it doesn't. */
function protection(change: {
  Version?: string;
  DataIdentifier?: string[];
  MaskConfig?: object;
  more?: object[];
}): string {
  const email = ['arn:aws:dataprotection::aws:data-identifier/EmailAddress'];
  const { Version = '2021-06-01', DataIdentifier = email, MaskConfig = {}, more = [] } = change;
  return JSON.stringify({
    Name: 'protection',
    Version,
    Statement: [
      { Sid: 'audit', DataIdentifier: email, Operation: { Audit: { FindingsDestination: {} } } },
      { Sid: 'mask', DataIdentifier, Operation: { Deidentify: { MaskConfig } } },
      ...more,
    ],
  });
}

test('policies are read before they are stored', async () => {
  const logGroupIdentifier = await server.group();
  const refused = (what: Promise<unknown>, message: string) =>
    expect(what).rejects.toMatchObject({ name: 'InvalidParameterException', message });
  const protect = (change: Parameters<typeof protection>[0], message: string) =>
    refused(
      server.client.putDataProtectionPolicy({ logGroupIdentifier, policyDocument: protection(change) }),
      message,
    );
  await protect({ Version: '2012-10-17' }, 'Policy Version must be 2021-06-01');
  await protect(
    { more: [{}] },
    'Policy can only have two statements. One for Audit Operation and one for Deidentify Operation',
  );
  await protect(
    { DataIdentifier: [] },
    'Audit Statement and Deidentify Statement must have the same Data Identifiers',
  );
  await protect({ MaskConfig: { Char: '#' } }, 'Char is not a valid field');

  const account = (policyType: PolicyType, policyDocument: string, selectionCriteria?: string) =>
    server.client.putAccountPolicy({ policyName: 'p', policyType, policyDocument, selectionCriteria });
  const subscription = JSON.stringify({ DestinationArn: `${PREFIX}:destination:d` });
  await refused(account('SUBSCRIPTION_FILTER_POLICY', 'no JSON'), 'Malformed Subscription filter policy');
  await refused(
    account('SUBSCRIPTION_FILTER_POLICY', '{"DestinationArn":"x","FilterPattern":1}'),
    'Malformed Subscription filter policy',
  );
  await refused(account('SUBSCRIPTION_FILTER_POLICY', '{}'), 'MissingDestinationArnfield in policy document');
  await refused(
    account('SUBSCRIPTION_FILTER_POLICY', subscription, 'LogGroupName IN ["a"]'),
    'The provided SelectionCriteria string is invalid.',
  );
  await refused(
    account('DATA_PROTECTION_POLICY', PROTECTION, 'LogGroupName NOT IN ["a"]'),
    'SelectionCriteria is not yet supported for the DATA_PROTECTION_POLICY policy type.',
  );
  await refused(account('TRANSFORMER_POLICY', '{}'), 'Invalid json transformer config provided');
  await refused(
    account('FIELD_INDEX_POLICY', '{"Fields":[]}', 'LogGroupName NOT IN ["a"]'),
    'Invalid selection criteria provided.',
  );
  const stored = await account('SUBSCRIPTION_FILTER_POLICY', subscription, 'LogGroupName NOT IN ["a"]');
  expect(stored.accountPolicy).toMatchObject({ selectionCriteria: 'LogGroupName NOT IN ["a"]' });

  const Fields = Array.from({ length: 21 }, (_, index) => `f${index}`);
  await refused(
    server.client.putIndexPolicy({ logGroupIdentifier, policyDocument: JSON.stringify({ Fields }) }),
    'Policy document contains more than 20 fields.',
  );
  await refused(
    server.client.putResourcePolicy({ policyName: 'p', policyDocument: '{"Statement":[]}' }),
    'Error occurred while parsing accessPolicy. Please check if the accessPolicy has been constructed correctly using IAM grammar.',
  );
  const logGroupNames = Array.from({ length: 51 }, (_, index) => `g${index}`);
  await refused(
    server.client.putQueryDefinition({ name: 'q', queryString: 'limit 1', logGroupNames }),
    'Too many log groups specified',
  );
});
