import type {
  AccountPolicy,
  DeleteAccountPolicyCommandInput,
  DeleteAccountPolicyCommandOutput,
  DeleteDataProtectionPolicyCommandInput,
  DeleteDataProtectionPolicyCommandOutput,
  DeleteIndexPolicyCommandInput,
  DeleteIndexPolicyCommandOutput,
  DescribeAccountPoliciesCommandInput,
  DescribeAccountPoliciesCommandOutput,
  DescribeFieldIndexesCommandInput,
  DescribeFieldIndexesCommandOutput,
  DescribeIndexPoliciesCommandInput,
  DescribeIndexPoliciesCommandOutput,
  GetDataProtectionPolicyCommandInput,
  GetDataProtectionPolicyCommandOutput,
  PutAccountPolicyCommandInput,
  PutAccountPolicyCommandOutput,
  PutDataProtectionPolicyCommandInput,
  PutDataProtectionPolicyCommandOutput,
  PutIndexPolicyCommandInput,
  PutIndexPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { readSubscriptionPolicy } from '../account-filters.ts';
import { groupArn } from '../arns.ts';
import { notFound } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import { groupIdentified, type Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { checkAccountPolicy, checkDataProtectionPolicy, checkIndexPolicy } from '../policy-documents.ts';
import { accountPolicies, dataProtection, indexedFields, indexPolicies } from '../stored.ts';
import { checkFunction } from './subscription-filters.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html */
export function putDataProtectionPolicy(
  logs: Logs,
): Operation<PutDataProtectionPolicyCommandInput, PutDataProtectionPolicyCommandOutput> {
  return ({ logGroupIdentifier, policyDocument }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    checkDataProtectionPolicy(policyDocument);
    const lastUpdatedTime = call.clock.now();
    dataProtection(logs).put(call, name, '', {
      status: 'ACTIVATED',
      policyDocument: policyDocument!,
      lastUpdatedTime,
    });
    return { logGroupIdentifier, policyDocument, lastUpdatedTime };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDataProtectionPolicy.html */
export function getDataProtectionPolicy(
  logs: Logs,
): Operation<GetDataProtectionPolicyCommandInput, GetDataProtectionPolicyCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    const { policyDocument, lastUpdatedTime } = dataProtection(logs).get(call, name, '') ?? {};
    return { logGroupIdentifier, policyDocument, lastUpdatedTime };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDataProtectionPolicy.html */
export function deleteDataProtectionPolicy(
  logs: Logs,
): Operation<DeleteDataProtectionPolicyCommandInput, DeleteDataProtectionPolicyCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    if (dataProtection(logs).get(call, name, '')?.status !== 'ACTIVATED') {
      throw notFound('The specified data protection policy does not exist.');
    }
    dataProtection(logs).put(call, name, '', { status: 'DELETED' });
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutIndexPolicy.html */
export function putIndexPolicy(
  logs: Logs,
): Operation<PutIndexPolicyCommandInput, PutIndexPolicyCommandOutput> {
  return ({ logGroupIdentifier, policyDocument }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    checkIndexPolicy(policyDocument);
    const indexPolicy = {
      logGroupIdentifier: groupArn(call, name),
      lastUpdateTime: call.clock.now(),
      policyDocument,
      source: 'LOG_GROUP',
    } as const;
    indexPolicies(logs).put(call, name, '', indexPolicy);
    return { indexPolicy };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeIndexPolicies.html */
export function describeIndexPolicies(
  logs: Logs,
): Operation<DescribeIndexPoliciesCommandInput, DescribeIndexPoliciesCommandOutput> {
  return ({ logGroupIdentifiers }, call) => {
    const names = logGroupIdentifiers!.map((identifier) => groupIdentified(logs, call, identifier).name);
    return { indexPolicies: names.flatMap((name) => indexPolicies(logs).get(call, name, '') ?? []) };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeFieldIndexes.html */
export function describeFieldIndexes(
  logs: Logs,
): Operation<DescribeFieldIndexesCommandInput, DescribeFieldIndexesCommandOutput> {
  return ({ logGroupIdentifiers }, call) => {
    const names = logGroupIdentifiers!.map((identifier) => groupIdentified(logs, call, identifier).name);
    const fieldIndexes = names.flatMap((name) =>
      indexedFields(logs, call, name).map((fieldIndexName) => ({
        logGroupIdentifier: groupArn(call, name),
        fieldIndexName,
        type: 'FIELD_INDEX' as const,
      })),
    );
    return { fieldIndexes };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteIndexPolicy.html */
export function deleteIndexPolicy(
  logs: Logs,
): Operation<DeleteIndexPolicyCommandInput, DeleteIndexPolicyCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    if (!indexPolicies(logs).delete(call, name, ''))
      throw notFound('The specified index policy does not exist.');
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html */
export function putAccountPolicy(
  logs: Logs,
): Operation<PutAccountPolicyCommandInput, PutAccountPolicyCommandOutput> {
  return async (input, call) => {
    checkAccountPolicy(input);
    const { policyName, policyDocument, policyType, scope = 'ALL', selectionCriteria } = input;
    if (policyType === 'SUBSCRIPTION_FILTER_POLICY') await checkSubscription(logs, call, policyDocument!);
    const accountPolicy: AccountPolicy = {
      policyName,
      policyDocument,
      lastUpdatedTime: call.clock.now(),
      policyType,
      scope,
      selectionCriteria,
      accountId: call.account,
    };
    accountPolicies(logs).put(call, policyType!, policyName!, accountPolicy);
    logs.subscriptions.changed();
    return { accountPolicy };
  };
}

/** Functions are tried, as those of a group's own filters are. */
async function checkSubscription(logs: Logs, call: Call, policyDocument: string): Promise<void> {
  const { DestinationArn, FilterPattern } = readSubscriptionPolicy({ policyDocument });
  if (FilterPattern !== undefined) readFilterPattern(FilterPattern);
  if (DestinationArn.split(':')[2] === 'lambda') await checkFunction(logs, call, DestinationArn, '*');
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeAccountPolicies.html */
export function describeAccountPolicies(
  logs: Logs,
): Operation<DescribeAccountPoliciesCommandInput, DescribeAccountPoliciesCommandOutput> {
  return ({ policyType, policyName, nextToken }, call) => {
    const found = accountPolicies(logs)
      .ofParent(call, policyType!)
      .filter((policy) => policyName === undefined || policy.policyName === policyName);
    if (policyName !== undefined && found.length === 0) {
      throw notFound('The specified account policy does not exist.');
    }
    const page = pageOf('DescribeAccountPolicies', found, (it) => it.policyName!, { nextToken });
    return { accountPolicies: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteAccountPolicy.html */
export function deleteAccountPolicy(
  logs: Logs,
): Operation<DeleteAccountPolicyCommandInput, DeleteAccountPolicyCommandOutput> {
  return ({ policyName, policyType }, call) => {
    if (!accountPolicies(logs).delete(call, policyType!, policyName!)) {
      throw notFound('The specified account policy does not exist.');
    }
    logs.subscriptions.changed();
    return {};
  };
}
