import type { AccountPolicy, SubscriptionFilter } from '@aws-sdk/client-cloudwatch-logs';
import type { LogsEngine } from './engine.ts';
import type { LogGroupRow } from './store/groups.ts';
import { accountPolicies } from './stored.ts';

const TYPE = 'SUBSCRIPTION_FILTER_POLICY';

/** What such a policy says of where events go. */
export interface SubscriptionPolicy {
  DestinationArn: string;
  FilterPattern?: string;
}

export function readSubscriptionPolicy({ policyDocument }: Pick<AccountPolicy, 'policyDocument'>) {
  return JSON.parse(policyDocument!) as SubscriptionPolicy;
}

/**
 * The subscription filters that policies of an account add to a group. The group of a function that they lead to has none of
 * them, as its own lines would be sent to it without end: AWS leaves that to the policy's selection criteria.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters-AccountLevel.html
 */
export function accountFilters(logs: LogsEngine, group: LogGroupRow): SubscriptionFilter[] {
  return accountPolicies(logs)
    .ofParent(group, TYPE)
    .filter(({ selectionCriteria }) => !leftOut(selectionCriteria).includes(group.name))
    .map((policy) => ({ policy, content: readSubscriptionPolicy(policy) }))
    .filter(({ content }) => group.name !== `/aws/lambda/${content.DestinationArn.split(':')[6]}`)
    .map(({ policy, content }) => ({
      filterName: policy.policyName,
      filterPattern: content.FilterPattern ?? '',
      destinationArn: content.DestinationArn,
    }));
}

/** `LogGroupName NOT IN ["a", "b"]`: what stands in the brackets. */
function leftOut(criteria = ''): string[] {
  return [...criteria.matchAll(/["']([^"']+)["']/g)].map(([, name]) => name!);
}
