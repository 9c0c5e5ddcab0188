import type {
  CreateScheduledQueryCommandInput,
  CreateScheduledQueryCommandOutput,
  DeleteScheduledQueryCommandInput,
  DeleteScheduledQueryCommandOutput,
  GetScheduledQueryCommandInput,
  GetScheduledQueryCommandOutput,
  GetScheduledQueryHistoryCommandInput,
  GetScheduledQueryHistoryCommandOutput,
  ListScheduledQueriesCommandInput,
  ListScheduledQueriesCommandOutput,
  UpdateScheduledQueryCommandInput,
  UpdateScheduledQueryCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { resourceArn } from '../arns.ts';
import { conflict, invalid, notFound, quotaExceeded } from '../errors.ts';
import { QueryError } from '../insights/lexer.ts';
import { RunningQuery } from '../insights/query.ts';
import type { Logs } from '../logs.ts';
import { tableReader } from '../lookup-tables.ts';
import { pageOf } from '../pages.ts';
import { readSchedule } from '../schedule.ts';
import type { ScheduledQuery } from '../scheduled-queries.ts';
import { scheduledQueries, scheduledRuns } from '../stored.ts';
import { checkTags } from '../tags.ts';

const MOST_QUERIES = 1_000;

type Settings = Pick<
  UpdateScheduledQueryCommandInput,
  | 'queryLanguage'
  | 'queryString'
  | 'scheduleExpression'
  | 'timezone'
  | 'scheduleStartTime'
  | 'scheduleEndTime'
>;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateScheduledQuery.html */
export function createScheduledQuery(
  logs: Logs,
): Operation<CreateScheduledQueryCommandInput, CreateScheduledQueryCommandOutput> {
  return ({ tags = {}, ...input }, call) => {
    const queries = scheduledQueries(logs);
    const name = input.name!;
    checkSettings(logs, input, call);
    checkTags(tags);
    if (queries.get(call, '', name))
      throw conflict(`A scheduled query with the name ${name} already exists.`);
    if (queries.countOf(call, '') >= MOST_QUERIES) {
      throw quotaExceeded(`An account can have ${MOST_QUERIES} scheduled queries.`);
    }
    const now = call.clock.now();
    const scheduledQueryArn = resourceArn(call, 'scheduled-query', name);
    const query: ScheduledQuery = {
      ...input,
      scheduledQueryArn,
      state: input.state ?? 'ENABLED',
      timezone: input.timezone ?? 'UTC',
      scheduleType: 'CUSTOMER_MANAGED',
      creationTime: now,
      lastUpdatedTime: now,
    };
    logs.database.transaction(() => {
      queries.put(call, '', name, query);
      logs.tags.put(call, scheduledQueryArn, tags);
    });
    return { scheduledQueryArn, state: query.state };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateScheduledQuery.html */
export function updateScheduledQuery(
  logs: Logs,
): Operation<UpdateScheduledQueryCommandInput, UpdateScheduledQueryCommandOutput> {
  return ({ identifier, ...input }, call) => {
    const before = queryAt(logs, call, identifier!);
    checkSettings(logs, input, call);
    const given = Object.entries(input).filter(([, value]) => value !== undefined);
    const query = { ...before, ...Object.fromEntries(given), lastUpdatedTime: call.clock.now() };
    scheduledQueries(logs).put(call, '', before.name!, query);
    return query;
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetScheduledQuery.html */
export function getScheduledQuery(
  logs: Logs,
): Operation<GetScheduledQueryCommandInput, GetScheduledQueryCommandOutput> {
  return ({ identifier }, call) => queryAt(logs, call, identifier!);
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListScheduledQueries.html */
export function listScheduledQueries(
  logs: Logs,
): Operation<ListScheduledQueriesCommandInput, ListScheduledQueriesCommandOutput> {
  return ({ state, scheduleType = 'CUSTOMER_MANAGED', maxResults: limit, nextToken }, call) => {
    const found = scheduledQueries(logs)
      .ofParent(call, '')
      .filter(
        (query) => (state === undefined || query.state === state) && query.scheduleType === scheduleType,
      );
    const page = pageOf('ListScheduledQueries', found, ({ name }) => name!, { limit, nextToken });
    return { scheduledQueries: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetScheduledQueryHistory.html */
export function getScheduledQueryHistory(
  logs: Logs,
): Operation<GetScheduledQueryHistoryCommandInput, GetScheduledQueryHistoryCommandOutput> {
  return (input, call) => {
    const { startTime, endTime, executionStatuses, maxResults: limit, nextToken } = input;
    const { name, scheduledQueryArn } = queryAt(logs, call, input.identifier!);
    if (startTime! > endTime!) throw invalid('startTime must not be after endTime.');
    const found = scheduledRuns(logs)
      .ofParent(call, name!)
      .filter(({ triggeredTimestamp: time }) => time! >= startTime! && time! <= endTime!)
      .filter(
        ({ executionStatus: status }) =>
          executionStatuses === undefined || executionStatuses.includes(status!),
      );
    const page = pageOf(
      'GetScheduledQueryHistory',
      found,
      ({ triggeredTimestamp }) => String(triggeredTimestamp).padStart(12, '0'),
      { limit, nextToken },
    );
    return { name, scheduledQueryArn, triggerHistory: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteScheduledQuery.html */
export function deleteScheduledQuery(
  logs: Logs,
): Operation<DeleteScheduledQueryCommandInput, DeleteScheduledQueryCommandOutput> {
  return ({ identifier }, call) => {
    const { name, scheduledQueryArn } = queryAt(logs, call, identifier!);
    logs.database.transaction(() => {
      scheduledQueries(logs).delete(call, '', name!);
      scheduledRuns(logs).deleteAllOf(call, name!);
      logs.tags.deleteAll(call, scheduledQueryArn!);
    });
    return {};
  };
}

/** By its name or its ARN. @throws ResourceNotFoundException */
function queryAt(logs: Logs, call: Call, identifier: string): ScheduledQuery {
  const prefix = resourceArn(call, 'scheduled-query', '');
  const name = identifier.startsWith(prefix) ? identifier.slice(prefix.length) : identifier;
  const query = scheduledQueries(logs).get(call, '', name);
  if (!query) throw notFound('The specified scheduled query does not exist.');
  return query;
}

/** @throws ValidationException */
function checkSettings(logs: Logs, settings: Settings, call: Call): void {
  const { queryLanguage, queryString, scheduleExpression, timezone, scheduleStartTime, scheduleEndTime } =
    settings;
  if (queryLanguage !== 'CWLI') {
    throw invalid(`lambdock runs queries in CWLI, the language of Logs Insights, not in ${queryLanguage}`);
  }
  if (
    scheduleStartTime !== undefined &&
    scheduleEndTime !== undefined &&
    scheduleStartTime >= scheduleEndTime
  ) {
    throw invalid('scheduleEndTime must be after scheduleStartTime.');
  }
  try {
    new RunningQuery(queryString!, { now: call.clock.now(), readTable: tableReader(logs, call) });
    if (!readSchedule(scheduleExpression!, timezone)) {
      throw invalid(`Invalid schedule expression: ${scheduleExpression}`);
    }
  } catch (error) {
    if (error instanceof QueryError) throw invalid(`Invalid query: ${error.message}`);
    if (error instanceof RangeError) throw invalid(`Invalid timezone: ${timezone}`);
    throw error;
  }
}
