import type { IndexPolicy, MetricFilter, SubscriptionFilter } from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../storage/scope.ts';
import type { Logs } from './logs.ts';
import type { DocumentTable } from './store/documents.ts';

/** What belongs to a group besides its streams, and goes with it. */
const OF_GROUPS = ['metric-filter', 'subscription-filter', 'data-protection', 'index-policy', 'transformer'];

export function metricFilters(logs: Logs): DocumentTable<MetricFilter> {
  return logs.documents<MetricFilter>('metric-filter');
}

export function subscriptionFilters(logs: Logs): DocumentTable<SubscriptionFilter> {
  return logs.documents<SubscriptionFilter>('subscription-filter');
}

export function indexPolicies(logs: Logs): DocumentTable<IndexPolicy> {
  return logs.documents<IndexPolicy>('index-policy');
}

/** Within a transaction of the caller's. */
export function forgetGroup(logs: Logs, scope: Scope, name: string): void {
  for (const kind of OF_GROUPS) logs.documents(kind).deleteAllOf(scope, name);
}
