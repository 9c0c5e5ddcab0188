import type {
  AccountPolicy,
  AnomalyDetector,
  Delivery,
  DeliveryDestination,
  DeliverySource,
  Destination,
  ExportTask,
  IndexPolicy,
  MetricFilter,
  Policy,
  Processor,
  QueryDefinition,
  ResourcePolicy,
  StorageTier,
  SubscriptionFilter,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../storage/scope.ts';
import type { LogsEngine } from './engine.ts';
import type { LookupTable } from './lookup-tables.ts';
import type { ScheduledQuery, ScheduledRun } from './scheduled-queries.ts';
import type { DocumentTable } from './store/documents.ts';

/** What belongs to a group besides its streams, and goes with it. */
const OF_GROUPS = ['metric-filter', 'subscription-filter', 'data-protection', 'index-policy', 'transformer'];

export function metricFilters(logs: LogsEngine): DocumentTable<MetricFilter> {
  return logs.documents<MetricFilter>('metric-filter');
}

export function subscriptionFilters(logs: LogsEngine): DocumentTable<SubscriptionFilter> {
  return logs.documents<SubscriptionFilter>('subscription-filter');
}

export function indexPolicies(logs: LogsEngine): DocumentTable<IndexPolicy> {
  return logs.documents<IndexPolicy>('index-policy');
}

export function destinations(logs: LogsEngine): DocumentTable<Destination> {
  return logs.documents<Destination>('destination');
}

export function queryDefinitions(logs: LogsEngine): DocumentTable<QueryDefinition> {
  return logs.documents<QueryDefinition>('query-definition');
}

export function resourcePolicies(logs: LogsEngine): DocumentTable<ResourcePolicy> {
  return logs.documents<ResourcePolicy>('resource-policy');
}

/** By type and name. */
export function accountPolicies(logs: LogsEngine): DocumentTable<AccountPolicy> {
  return logs.documents<AccountPolicy>('account-policy');
}

export interface DataProtection {
  status: 'ACTIVATED' | 'DELETED';
  policyDocument?: string;
  lastUpdatedTime?: number;
}

export function dataProtection(logs: LogsEngine): DocumentTable<DataProtection> {
  return logs.documents<DataProtection>('data-protection');
}

export function deliverySources(logs: LogsEngine): DocumentTable<DeliverySource> {
  return logs.documents<DeliverySource>('delivery-source');
}

export function deliveryDestinations(logs: LogsEngine): DocumentTable<DeliveryDestination> {
  return logs.documents<DeliveryDestination>('delivery-destination');
}

export function deliveryPolicies(logs: LogsEngine): DocumentTable<Policy> {
  return logs.documents<Policy>('delivery-destination-policy');
}

export function deliveries(logs: LogsEngine): DocumentTable<Delivery> {
  return logs.documents<Delivery>('delivery');
}

export function anomalyDetectors(logs: LogsEngine): DocumentTable<AnomalyDetector> {
  return logs.documents<AnomalyDetector>('anomaly-detector');
}

export function exportTasks(logs: LogsEngine): DocumentTable<ExportTask> {
  return logs.documents<ExportTask>('export-task');
}

export interface Transformer {
  logGroupIdentifier: string;
  creationTime: number;
  lastModifiedTime: number;
  transformerConfig: Processor[];
}

export function transformers(logs: LogsEngine): DocumentTable<Transformer> {
  return logs.documents<Transformer>('transformer');
}

/** The ARN of the key that results of queries are said to be encrypted with. */
export function queryKey(logs: LogsEngine): DocumentTable<string> {
  return logs.documents<string>('query-key');
}

export function lookupTables(logs: LogsEngine): DocumentTable<LookupTable> {
  return logs.documents<LookupTable>('lookup-table');
}

export function scheduledQueries(logs: LogsEngine): DocumentTable<ScheduledQuery> {
  return logs.documents<ScheduledQuery>('scheduled-query');
}

/** By query and time. */
export function scheduledRuns(logs: LogsEngine): DocumentTable<ScheduledRun> {
  return logs.documents<ScheduledRun>('scheduled-query-run');
}

export interface Integration {
  integrationName: string;
  integrationType: 'OPENSEARCH';
  integrationStatus: 'ACTIVE';
}

export function integrations(logs: LogsEngine): DocumentTable<Integration> {
  return logs.documents<Integration>('integration');
}

export function storageTier(logs: LogsEngine): DocumentTable<StorageTierPolicy> {
  return logs.documents<StorageTierPolicy>('storage-tier');
}

export interface StorageTierPolicy {
  storageTier: StorageTier;
  lastUpdatedTime: number;
}

/** Within a transaction of the caller's. */
export function forgetGroup(logs: LogsEngine, scope: Scope, name: string): void {
  for (const kind of OF_GROUPS) logs.documents(kind).deleteAllOf(scope, name);
}

/** The fields that a group's index policy names. */
export function indexedFields(logs: LogsEngine, scope: Scope, group: string): string[] {
  const document = indexPolicies(logs).get(scope, group, '')?.policyDocument;
  if (document === undefined) return [];
  const { Fields = [], FieldsV2 = {} } = JSON.parse(document) as { Fields?: string[]; FieldsV2?: object };
  return [...Fields, ...Object.keys(FieldsV2)];
}

const KINDS = [
  'destination',
  'delivery',
  'delivery-source',
  'delivery-destination',
  'anomaly-detector',
  'lookup-table',
  'scheduled-query',
];

/** Whether an ARN of this account and region is of something that is stored. */
export function resourceExists(logs: LogsEngine, { account, region }: Scope, arn: string): boolean {
  const match = /^arn:aws[\w-]*:logs:([\w-]+):(\d{12}):([\w-]+):(.+)$/.exec(arn);
  if (!match || match[1] !== region || match[2] !== account || !KINDS.includes(match[3]!)) return false;
  return logs.documents(match[3]!).get({ account, region }, '', match[4]!) !== undefined;
}
