import { readConstraints } from '../../aws/constraints.ts';
import type { AnyOperation, Service } from '../../aws/service.ts';
import constraints from './constraints.json' with { type: 'json' };
import { checkNameLengths } from './errors.ts';
import { LIMITS } from './limits.ts';
import type { Logs } from './logs.ts';
import {
  createLogAnomalyDetector,
  deleteLogAnomalyDetector,
  getLogAnomalyDetector,
  listAnomalies,
  listLogAnomalyDetectors,
  updateAnomaly,
  updateLogAnomalyDetector,
} from './operations/anomaly-detectors.ts';
import { createLogGroup } from './operations/create-log-group.ts';
import { createLogStream } from './operations/create-log-stream.ts';
import { deleteLogGroup } from './operations/delete-log-group.ts';
import { deleteLogStream } from './operations/delete-log-stream.ts';
import {
  createDelivery,
  deleteDelivery,
  describeDeliveries,
  getDelivery,
  updateDeliveryConfiguration,
} from './operations/deliveries.ts';
import {
  deleteDeliveryDestination,
  deleteDeliveryDestinationPolicy,
  describeDeliveryDestinations,
  getDeliveryDestination,
  getDeliveryDestinationPolicy,
  putDeliveryDestination,
  putDeliveryDestinationPolicy,
} from './operations/delivery-destinations.ts';
import {
  deleteDeliverySource,
  describeDeliverySources,
  getDeliverySource,
  putDeliverySource,
} from './operations/delivery-sources.ts';
import { describeLogGroups } from './operations/describe-log-groups.ts';
import { describeLogStreams } from './operations/describe-log-streams.ts';
import {
  deleteDestination,
  describeDestinations,
  putDestination,
  putDestinationPolicy,
} from './operations/destinations.ts';
import { cancelExportTask, createExportTask, describeExportTasks } from './operations/export-tasks.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';
import {
  associateKmsKey,
  disassociateKmsKey,
  putBearerTokenAuthentication,
  putLogGroupDeletionProtection,
} from './operations/group-settings.ts';
import {
  deleteIntegration,
  getIntegration,
  listIntegrations,
  putIntegration,
} from './operations/integrations.ts';
import { listAggregateLogGroupSummaries, listLogGroups } from './operations/list-log-groups.ts';
import {
  createLookupTable,
  deleteLookupTable,
  describeLookupTables,
  getLookupTable,
  updateLookupTable,
} from './operations/lookup-tables.ts';
import {
  deleteMetricFilter,
  describeMetricFilters,
  putMetricFilter,
  testMetricFilter,
} from './operations/metric-filters.ts';
import { neverThereOperations } from './operations/never-there.ts';
import {
  deleteAccountPolicy,
  deleteDataProtectionPolicy,
  deleteIndexPolicy,
  describeAccountPolicies,
  describeFieldIndexes,
  describeIndexPolicies,
  getDataProtectionPolicy,
  putAccountPolicy,
  putDataProtectionPolicy,
  putIndexPolicy,
} from './operations/policies.ts';
import { putLogEvents } from './operations/put-log-events.ts';
import { describeQueries, getQueryResults, listLogGroupsForQuery, stopQuery } from './operations/queries.ts';
import {
  deleteQueryDefinition,
  describeQueryDefinitions,
  putQueryDefinition,
} from './operations/query-definitions.ts';
import { getLogGroupFields, getLogRecord } from './operations/records.ts';
import {
  deleteResourcePolicy,
  describeResourcePolicies,
  putResourcePolicy,
} from './operations/resource-policies.ts';
import { deleteRetentionPolicy, putRetentionPolicy } from './operations/retention.ts';
import {
  createScheduledQuery,
  deleteScheduledQuery,
  getScheduledQuery,
  getScheduledQueryHistory,
  listScheduledQueries,
  updateScheduledQuery,
} from './operations/scheduled-queries.ts';
import { startLiveTail } from './operations/start-live-tail.ts';
import { startQuery } from './operations/start-query.ts';
import { getStorageTierPolicy, putStorageTierPolicy } from './operations/storage-tier.ts';
import {
  deleteSubscriptionFilter,
  describeSubscriptionFilters,
  putSubscriptionFilter,
} from './operations/subscription-filters.ts';
import {
  listTagsForResource,
  listTagsLogGroup,
  tagLogGroup,
  tagResource,
  untagLogGroup,
  untagResource,
} from './operations/tags.ts';
import {
  deleteTransformer,
  getTransformer,
  putTransformer,
  testTransformer,
} from './operations/transformers.ts';
import { logsPermission } from './permission.ts';
import { logsModel } from './schemas.ts';

/** CloudWatch Logs: groups, streams and events, and what reads them. */
export function createLogs(logs: Logs): Service {
  return {
    model: logsModel(),
    permission: logsPermission,
    constraints: readConstraints(constraints),
    precheck: checkNameLengths,
    limits: LIMITS,
    operations: afterFlush(logs, {
      ...neverThereOperations(logs),
      AssociateKmsKey: associateKmsKey(logs),
      CancelExportTask: cancelExportTask(logs),
      CreateDelivery: createDelivery(logs),
      CreateExportTask: createExportTask(logs),
      CreateLogAnomalyDetector: createLogAnomalyDetector(logs),
      CreateLogGroup: createLogGroup(logs),
      CreateLogStream: createLogStream(logs),
      CreateLookupTable: createLookupTable(logs),
      CreateScheduledQuery: createScheduledQuery(logs),
      DeleteAccountPolicy: deleteAccountPolicy(logs),
      DeleteDataProtectionPolicy: deleteDataProtectionPolicy(logs),
      DeleteDelivery: deleteDelivery(logs),
      DeleteDeliveryDestination: deleteDeliveryDestination(logs),
      DeleteDeliveryDestinationPolicy: deleteDeliveryDestinationPolicy(logs),
      DeleteDeliverySource: deleteDeliverySource(logs),
      DeleteDestination: deleteDestination(logs),
      DeleteIndexPolicy: deleteIndexPolicy(logs),
      DeleteIntegration: deleteIntegration(logs),
      DeleteLogAnomalyDetector: deleteLogAnomalyDetector(logs),
      DeleteLogGroup: deleteLogGroup(logs),
      DeleteLogStream: deleteLogStream(logs),
      DeleteLookupTable: deleteLookupTable(logs),
      DeleteMetricFilter: deleteMetricFilter(logs),
      DeleteQueryDefinition: deleteQueryDefinition(logs),
      DeleteResourcePolicy: deleteResourcePolicy(logs),
      DeleteRetentionPolicy: deleteRetentionPolicy(logs),
      DeleteScheduledQuery: deleteScheduledQuery(logs),
      DeleteSubscriptionFilter: deleteSubscriptionFilter(logs),
      DeleteTransformer: deleteTransformer(logs),
      DescribeAccountPolicies: describeAccountPolicies(logs),
      DescribeDeliveries: describeDeliveries(logs),
      DescribeDeliveryDestinations: describeDeliveryDestinations(logs),
      DescribeDeliverySources: describeDeliverySources(logs),
      DescribeDestinations: describeDestinations(logs),
      DescribeExportTasks: describeExportTasks(logs),
      DescribeFieldIndexes: describeFieldIndexes(logs),
      DescribeIndexPolicies: describeIndexPolicies(logs),
      DescribeLogGroups: describeLogGroups(logs),
      DescribeLogStreams: describeLogStreams(logs),
      DescribeLookupTables: describeLookupTables(logs),
      DescribeMetricFilters: describeMetricFilters(logs),
      DescribeQueries: describeQueries(logs),
      DescribeQueryDefinitions: describeQueryDefinitions(logs),
      DescribeResourcePolicies: describeResourcePolicies(logs),
      DescribeSubscriptionFilters: describeSubscriptionFilters(logs),
      DisassociateKmsKey: disassociateKmsKey(logs),
      FilterLogEvents: filterLogEvents(logs),
      GetDataProtectionPolicy: getDataProtectionPolicy(logs),
      GetDelivery: getDelivery(logs),
      GetDeliveryDestination: getDeliveryDestination(logs),
      GetDeliveryDestinationPolicy: getDeliveryDestinationPolicy(logs),
      GetDeliverySource: getDeliverySource(logs),
      GetIntegration: getIntegration(logs),
      GetLogAnomalyDetector: getLogAnomalyDetector(logs),
      GetLogEvents: getLogEvents(logs),
      GetLogGroupFields: getLogGroupFields(logs),
      GetLogRecord: getLogRecord(logs),
      GetLookupTable: getLookupTable(logs),
      GetQueryResults: getQueryResults(logs),
      GetScheduledQuery: getScheduledQuery(logs),
      GetScheduledQueryHistory: getScheduledQueryHistory(logs),
      GetStorageTierPolicy: getStorageTierPolicy(logs),
      GetTransformer: getTransformer(logs),
      ListAggregateLogGroupSummaries: listAggregateLogGroupSummaries(),
      ListAnomalies: listAnomalies(logs),
      ListIntegrations: listIntegrations(logs),
      ListLogAnomalyDetectors: listLogAnomalyDetectors(logs),
      ListLogGroups: listLogGroups(logs),
      ListLogGroupsForQuery: listLogGroupsForQuery(logs),
      ListScheduledQueries: listScheduledQueries(logs),
      ListTagsForResource: listTagsForResource(logs),
      ListTagsLogGroup: listTagsLogGroup(logs),
      PutAccountPolicy: putAccountPolicy(logs),
      PutBearerTokenAuthentication: putBearerTokenAuthentication(logs),
      PutDataProtectionPolicy: putDataProtectionPolicy(logs),
      PutDeliveryDestination: putDeliveryDestination(logs),
      PutDeliveryDestinationPolicy: putDeliveryDestinationPolicy(logs),
      PutDeliverySource: putDeliverySource(logs),
      PutDestination: putDestination(logs),
      PutDestinationPolicy: putDestinationPolicy(logs),
      PutIndexPolicy: putIndexPolicy(logs),
      PutIntegration: putIntegration(logs),
      PutLogEvents: putLogEvents(logs),
      PutLogGroupDeletionProtection: putLogGroupDeletionProtection(logs),
      PutMetricFilter: putMetricFilter(logs),
      PutQueryDefinition: putQueryDefinition(logs),
      PutResourcePolicy: putResourcePolicy(logs),
      PutRetentionPolicy: putRetentionPolicy(logs),
      PutStorageTierPolicy: putStorageTierPolicy(logs),
      PutSubscriptionFilter: putSubscriptionFilter(logs),
      PutTransformer: putTransformer(logs),
      StartLiveTail: startLiveTail(logs),
      StartQuery: startQuery(logs),
      StopQuery: stopQuery(logs),
      TagLogGroup: tagLogGroup(logs),
      TagResource: tagResource(logs),
      TestMetricFilter: testMetricFilter(),
      TestTransformer: testTransformer(),
      UntagLogGroup: untagLogGroup(logs),
      UntagResource: untagResource(logs),
      UpdateAnomaly: updateAnomaly(logs),
      UpdateDeliveryConfiguration: updateDeliveryConfiguration(logs),
      UpdateLookupTable: updateLookupTable(logs),
      UpdateScheduledQuery: updateScheduledQuery(logs),
      UpdateLogAnomalyDetector: updateLogAnomalyDetector(logs),
    }),
  };
}

/** Whoever asks sees all that was written before, although what functions write is gathered for a moment. */
function afterFlush(
  logs: Logs,
  operations: Readonly<Record<string, AnyOperation>>,
): Readonly<Record<string, AnyOperation>> {
  const flushing =
    (run: AnyOperation): AnyOperation =>
    (input, call) => {
      logs.flush();
      return run(input, call);
    };
  return Object.fromEntries(Object.entries(operations).map(([name, run]) => [name, flushing(run)]));
}
