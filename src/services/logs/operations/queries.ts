import type {
  DescribeQueriesCommandInput,
  DescribeQueriesCommandOutput,
  GetQueryResultsCommandInput,
  GetQueryResultsCommandOutput,
  ListLogGroupsForQueryCommandInput,
  ListLogGroupsForQueryCommandOutput,
  StopQueryCommandInput,
  StopQueryCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { invalidParameter, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { pageOf, readToken, writeToken } from '../pages.ts';
import type { StoredQuery } from '../queries.ts';
import { queryKey } from '../stored.ts';

const USUAL_QUERIES = 1_000;

function queryOf(logs: Logs, call: Call, id: string): StoredQuery {
  const query = logs.queries.get(call, id);
  if (!query) throw notFound('The specified query does not exist.');
  return query;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html */
export function getQueryResults(
  logs: Logs,
): Operation<GetQueryResultsCommandInput, GetQueryResultsCommandOutput> {
  return ({ queryId, nextToken, maxItems }, call) => {
    const query = queryOf(logs, call, queryId!);
    const from = nextToken === undefined ? 0 : readToken<number>(query.id, nextToken);
    const to = maxItems === undefined ? query.results.length : from + maxItems;
    return {
      queryLanguage: 'CWLI',
      results: query.results.slice(from, to),
      statistics: {
        recordsMatched: query.statistics.recordsMatched,
        recordsScanned: query.statistics.recordsScanned,
        estimatedRecordsSkipped: 0,
        bytesScanned: query.statistics.bytesScanned,
        estimatedBytesSkipped: 0,
        logGroupsScanned: query.groups.length,
      },
      status: query.status,
      encryptionKey: queryKey(logs).get(call, '', ''),
      nextToken: to < query.results.length ? writeToken(query.id, to) : undefined,
    };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StopQuery.html */
export function stopQuery(logs: Logs): Operation<StopQueryCommandInput, StopQueryCommandOutput> {
  return ({ queryId }, call) => {
    if (!logs.queries.stop(queryOf(logs, call, queryId!))) {
      throw invalidParameter('The specified query is not running.');
    }
    return { success: true };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeQueries.html */
export function describeQueries(
  logs: Logs,
): Operation<DescribeQueriesCommandInput, DescribeQueriesCommandOutput> {
  return ({ logGroupName, status, queryLanguage, maxResults = USUAL_QUERIES, nextToken }, call) => {
    const from = nextToken === undefined ? 0 : readToken<number>('DescribeQueries', nextToken);
    const found = logs.queries
      .all(call)
      .filter(
        (query) =>
          (logGroupName === undefined || query.groups.includes(logGroupName)) &&
          (status === undefined || query.status === status) &&
          (queryLanguage ?? 'CWLI') === 'CWLI',
      );
    const to = from + maxResults;
    return {
      queries: found.slice(from, to).map((query) => ({
        queryLanguage: 'CWLI',
        queryId: query.id,
        queryString: query.source,
        status: query.status,
        createTime: query.created,
        logGroupName: query.groups[0],
        queryDuration: query.ended === undefined ? undefined : query.ended - query.created,
        bytesScanned: query.statistics.bytesScanned,
        userIdentity: query.caller,
      })),
      nextToken: to < found.length ? writeToken('DescribeQueries', to) : undefined,
    };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroupsForQuery.html */
export function listLogGroupsForQuery(
  logs: Logs,
): Operation<ListLogGroupsForQueryCommandInput, ListLogGroupsForQueryCommandOutput> {
  return ({ queryId, maxResults, nextToken }, call) => {
    const { groups } = queryOf(logs, call, queryId!);
    const arns = groups.map((name) => groupArn(call, name));
    const page = pageOf(`groups of ${queryId}`, arns, (arn) => arn, { limit: maxResults, nextToken });
    return { logGroupIdentifiers: page.items, nextToken: page.nextToken };
  };
}
