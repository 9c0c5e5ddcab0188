import type {
  ListAggregateLogGroupSummariesCommandInput,
  ListAggregateLogGroupSummariesCommandOutput,
  ListLogGroupsCommandInput,
  ListLogGroupsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { invalidParameter } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { readToken, writeToken } from '../pages.ts';
import type { LogGroupRow } from '../store/groups.ts';
import { indexedFields } from '../stored.ts';
import { matchingGroups } from './describe-log-groups.ts';

const LIST = 'ListLogGroups';
const USUAL_LIMIT = 50;
const MOST_PATTERNS = 5;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html */
export function listLogGroups(logs: Logs): Operation<ListLogGroupsCommandInput, ListLogGroupsCommandOutput> {
  return (input, call) => {
    const { nextToken, limit = USUAL_LIMIT } = input;
    const after = nextToken === undefined ? '' : readToken<string>(LIST, nextToken);
    const { groups, more } = matchingGroups(logs, call, {
      after,
      limit,
      wanted: filterOf(logs, call, input),
    });
    return {
      logGroups: groups.map(({ name, class: logGroupClass }) => ({
        logGroupName: name,
        logGroupArn: groupArn(call, name),
        logGroupClass: logGroupClass as 'STANDARD',
      })),
      nextToken: more ? writeToken(LIST, groups.at(-1)!.name) : undefined,
    };
  };
}

/**
 * Groups are counted by the source of what they hold, and none here has one.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListAggregateLogGroupSummaries.html
 */
export function listAggregateLogGroupSummaries(): Operation<
  ListAggregateLogGroupSummariesCommandInput,
  ListAggregateLogGroupSummariesCommandOutput
> {
  return ({ logGroupNamePattern, nextToken }) => {
    nameFilter(logGroupNamePattern);
    if (nextToken !== undefined) readToken<string>('ListAggregateLogGroupSummaries', nextToken);
    return { aggregateLogGroupSummaries: [] };
  };
}

function filterOf(logs: Logs, call: Call, input: ListLogGroupsCommandInput): (group: LogGroupRow) => boolean {
  const named = nameFilter(input.logGroupNamePattern);
  const { logGroupClass, fieldIndexNames, logGroupTags, dataSources } = input;
  return ({ name, class: itsClass }) => {
    // No group here has a data source.
    if (!named(name) || (logGroupClass && itsClass !== logGroupClass) || dataSources?.length) return false;
    if (fieldIndexNames) {
      const indexed = indexedFields(logs, call, name);
      if (!fieldIndexNames.every((field) => indexed.includes(field))) return false;
    }
    if (!logGroupTags) return true;
    const tags = logs.tags.of(call, groupArn(call, name));
    return logGroupTags.every(({ key, values }) => {
      const value = tags[key!];
      return value !== undefined && (!values?.length || values.includes(value));
    });
  };
}

/** `^/aws/lambda|discovery`: prefixes and parts of names. */
function nameFilter(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined) return () => true;
  const parts = pattern.split('|');
  if (parts.length > MOST_PATTERNS || parts.some((part) => !/^\^?[.\-_/#A-Za-z0-9]{2,24}$/.test(part))) {
    throw invalidParameter(`Invalid logGroupNamePattern: ${pattern}`);
  }
  return (name) =>
    parts.some((part) => (part.startsWith('^') ? name.startsWith(part.slice(1)) : name.includes(part)));
}
