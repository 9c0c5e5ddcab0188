import {
  MalformedQueryException,
  type StartQueryCommandInput,
  type StartQueryCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, limitExceeded, notFound } from '../errors.ts';
import { QueryError } from '../insights/lexer.ts';
import { groupNameOf, type Logs } from '../logs.ts';
import type { StoredQuery } from '../queries.ts';
import type { LogGroupRow } from '../store/groups.ts';

const HOUR = 3_600_000;
const MOST_GROUPS = 50;
/** What is less is in seconds, as the API says; consoles and people send milliseconds, too. */
const LEAST_MILLISECONDS = 100_000_000_000;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
export function startQuery(logs: Logs): Operation<StartQueryCommandInput, StartQueryCommandOutput> {
  return (input, call) => {
    const { queryLanguage = 'CWLI', queryString, limit, startTime, endTime } = input;
    if (queryLanguage !== 'CWLI') {
      throw invalidParameter(
        `lambdock runs queries in CWLI, the language of Logs Insights, not in ${queryLanguage}`,
      );
    }
    const groups = groupsOf(logs, call, input);
    const [start, end] = [toMilliseconds(startTime!, 0), toMilliseconds(endTime!, 999)];
    if (end < start) throw invalidParameter('End time should not be before start time');
    // AWS looks at this by the day or so: queries that begin with the group are let through.
    if (groups.every((group) => end + HOUR < group.created || end < logs.horizon(group))) {
      throw malformed(
        `Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([${startTime},${endTime}])`,
      );
    }
    if (!logs.queries.room) throw limitExceeded();
    const request = { text: queryString!, groups, start, end, limit, caller: call.caller.arn };
    return { queryId: startOrExplain(() => logs.queries.start(call, request)).id };
  };
}

function startOrExplain(start: () => StoredQuery): StoredQuery {
  try {
    return start();
  } catch (error) {
    if (error instanceof QueryError) throw malformed(error.message, error);
    throw error;
  }
}

function malformed(message: string, place?: QueryError): MalformedQueryException {
  return new MalformedQueryException({
    message,
    ...(place && {
      queryCompileError: {
        location: { startCharOffset: place.start, endCharOffset: place.end },
        message,
      },
    }),
    $metadata: {},
  });
}

function groupsOf(logs: Logs, call: Call, input: StartQueryCommandInput): LogGroupRow[] {
  const { logGroupName, logGroupNames, logGroupIdentifiers } = input;
  const given = [logGroupName && [logGroupName], logGroupNames, logGroupIdentifiers].filter(Array.isArray);
  if (given.length > 1) {
    throw invalidParameter(
      'Only one of logGroupName, logGroupNames or logGroupIdentifiers can be specified.',
    );
  }
  const names = new Set(given[0]?.map((identifier) => groupNameOf(call, identifier)));
  if (names.size === 0) throw invalidParameter('At least one log group has to be specified.');
  if (names.size > MOST_GROUPS) throw invalidParameter(`A query can have ${MOST_GROUPS} log groups at most.`);
  return [...names].map((name) => {
    const group = logs.groups.get(call, name);
    if (!group)
      throw notFound(asPassedOn(call, `Log group '${name}' does not exist for account ID '${call.account}'`));
    return group;
  });
}

/** Insights hands on what another of AWS's services told it, with the marks of that call. */
function asPassedOn({ requestId }: Call, message: string): string {
  return `${message} (Service: AWSLogs; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: ${requestId}; Proxy: null)`;
}

function toMilliseconds(time: number, rest: number): number {
  return time < LEAST_MILLISECONDS ? time * 1000 + rest : time;
}
