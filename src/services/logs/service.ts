import { readConstraints } from '../../aws/constraints.ts';
import type { Service } from '../../aws/service.ts';
import constraints from './constraints.json' with { type: 'json' };
import type { Logs } from './logs.ts';
import { createLogGroup } from './operations/create-log-group.ts';
import { createLogStream } from './operations/create-log-stream.ts';
import { deleteLogGroup } from './operations/delete-log-group.ts';
import { deleteLogStream } from './operations/delete-log-stream.ts';
import { describeLogGroups } from './operations/describe-log-groups.ts';
import { describeLogStreams } from './operations/describe-log-streams.ts';
import {
  deleteDestination,
  describeDestinations,
  putDestination,
  putDestinationPolicy,
} from './operations/destinations.ts';
import { filterLogEvents } from './operations/filter-log-events.ts';
import { getLogEvents } from './operations/get-log-events.ts';
import {
  associateKmsKey,
  disassociateKmsKey,
  putBearerTokenAuthentication,
  putLogGroupDeletionProtection,
} from './operations/group-settings.ts';
import { listLogGroups } from './operations/list-log-groups.ts';
import {
  deleteMetricFilter,
  describeMetricFilters,
  putMetricFilter,
  testMetricFilter,
} from './operations/metric-filters.ts';
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
import { startLiveTail } from './operations/start-live-tail.ts';
import { startQuery } from './operations/start-query.ts';
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
import { logsModel } from './schemas.ts';

/** CloudWatch Logs: groups, streams and events, and what reads them. */
export function createLogs(logs: Logs): Service {
  return {
    model: logsModel(),
    constraints: readConstraints(constraints),
    operations: {
      AssociateKmsKey: associateKmsKey(logs),
      CreateLogGroup: createLogGroup(logs),
      CreateLogStream: createLogStream(logs),
      DeleteAccountPolicy: deleteAccountPolicy(logs),
      DeleteDataProtectionPolicy: deleteDataProtectionPolicy(logs),
      DeleteDestination: deleteDestination(logs),
      DeleteIndexPolicy: deleteIndexPolicy(logs),
      DeleteLogGroup: deleteLogGroup(logs),
      DeleteLogStream: deleteLogStream(logs),
      DeleteMetricFilter: deleteMetricFilter(logs),
      DeleteQueryDefinition: deleteQueryDefinition(logs),
      DeleteResourcePolicy: deleteResourcePolicy(logs),
      DeleteRetentionPolicy: deleteRetentionPolicy(logs),
      DeleteSubscriptionFilter: deleteSubscriptionFilter(logs),
      DescribeAccountPolicies: describeAccountPolicies(logs),
      DescribeDestinations: describeDestinations(logs),
      DescribeFieldIndexes: describeFieldIndexes(logs),
      DescribeIndexPolicies: describeIndexPolicies(logs),
      DescribeLogGroups: describeLogGroups(logs),
      DescribeLogStreams: describeLogStreams(logs),
      DescribeMetricFilters: describeMetricFilters(logs),
      DescribeQueries: describeQueries(logs),
      DescribeQueryDefinitions: describeQueryDefinitions(logs),
      DescribeResourcePolicies: describeResourcePolicies(logs),
      DescribeSubscriptionFilters: describeSubscriptionFilters(logs),
      DisassociateKmsKey: disassociateKmsKey(logs),
      FilterLogEvents: filterLogEvents(logs),
      GetDataProtectionPolicy: getDataProtectionPolicy(logs),
      GetLogEvents: getLogEvents(logs),
      GetLogGroupFields: getLogGroupFields(logs),
      GetLogRecord: getLogRecord(logs),
      GetQueryResults: getQueryResults(logs),
      ListLogGroups: listLogGroups(logs),
      ListLogGroupsForQuery: listLogGroupsForQuery(logs),
      ListTagsForResource: listTagsForResource(logs),
      ListTagsLogGroup: listTagsLogGroup(logs),
      PutAccountPolicy: putAccountPolicy(logs),
      PutBearerTokenAuthentication: putBearerTokenAuthentication(logs),
      PutDataProtectionPolicy: putDataProtectionPolicy(logs),
      PutDestination: putDestination(logs),
      PutDestinationPolicy: putDestinationPolicy(logs),
      PutIndexPolicy: putIndexPolicy(logs),
      PutLogEvents: putLogEvents(logs),
      PutLogGroupDeletionProtection: putLogGroupDeletionProtection(logs),
      PutMetricFilter: putMetricFilter(logs),
      PutQueryDefinition: putQueryDefinition(logs),
      PutResourcePolicy: putResourcePolicy(logs),
      PutRetentionPolicy: putRetentionPolicy(logs),
      PutSubscriptionFilter: putSubscriptionFilter(logs),
      StartLiveTail: startLiveTail(logs),
      StartQuery: startQuery(logs),
      StopQuery: stopQuery(logs),
      TagLogGroup: tagLogGroup(logs),
      TagResource: tagResource(logs),
      TestMetricFilter: testMetricFilter(),
      UntagLogGroup: untagLogGroup(logs),
      UntagResource: untagResource(logs),
    },
  };
}
