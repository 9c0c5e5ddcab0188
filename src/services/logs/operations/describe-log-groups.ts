import type {
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  LogGroup,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { invalidParameter } from '../errors.ts';
import { groupNameOf, type Logs } from '../logs.ts';
import { readToken, writeToken } from '../pages.ts';
import type { LogGroupRow } from '../store/groups.ts';
import { dataProtection, metricFilters } from '../stored.ts';

const USUAL_LIMIT = 50;
const CHUNK = 500;
const LIST = 'DescribeLogGroups';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export function describeLogGroups(
  logs: Logs,
): Operation<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput> {
  return (input, call) => {
    const {
      logGroupNamePrefix,
      logGroupNamePattern,
      logGroupIdentifiers,
      nextToken,
      limit = USUAL_LIMIT,
    } = input;
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw invalidParameter(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    }
    if (logGroupIdentifiers) {
      const names = new Set(logGroupIdentifiers.map((identifier) => groupNameOf(call, identifier)));
      const found = [...names].sort().flatMap((name) => logs.groups.get(call, name) ?? []);
      return { logGroups: found.map((group) => describe(logs, call, group)) };
    }
    const after = nextToken === undefined ? '' : readToken<string>(LIST, nextToken);
    const { groups, more } = matchingGroups(logs, call, { after, limit, wanted: filterOf(input) });
    return {
      logGroups: groups.map((group) => {
        const described = describe(logs, call, group);
        return logGroupNamePattern === undefined ? described : asFound(described);
      }),
      nextToken: more ? writeToken(LIST, groups.at(-1)!.name) : undefined,
    };
  };
}

function filterOf(input: DescribeLogGroupsCommandInput): (group: LogGroupRow) => boolean {
  const { logGroupNamePrefix: prefix = '', logGroupNamePattern: pattern = '', logGroupClass } = input;
  const classes = logGroupClass && classesOf(logGroupClass);
  return ({ name, class: itsClass }) =>
    name.startsWith(prefix) && name.includes(pattern) && (!classes || classes.includes(itsClass));
}

/** A search by pattern goes through an index at AWS, which knows less. */
function asFound({ storedBytes, deletionProtectionEnabled, ...known }: LogGroup): LogGroup {
  return known;
}

/** These two are asked for together. */
function classesOf(asked: string): string[] {
  return asked === 'INFREQUENT_ACCESS' || asked === 'ESSENTIALS'
    ? ['INFREQUENT_ACCESS', 'ESSENTIALS']
    : [asked];
}

export interface GroupSearch {
  after: string;
  limit: number;
  wanted(group: LogGroupRow): boolean;
}

/** The first `limit` wanted groups behind a name, and whether there are more. */
export function matchingGroups(
  { groups: table }: Logs,
  call: Call,
  { after, limit, wanted }: GroupSearch,
): { groups: LogGroupRow[]; more: boolean } {
  const groups: LogGroupRow[] = [];
  for (let from = after; ; ) {
    const chunk = table.list(call, from, CHUNK);
    for (const group of chunk) {
      if (!wanted(group)) continue;
      if (groups.length === limit) return { groups, more: true };
      groups.push(group);
    }
    if (chunk.length < CHUNK) return { groups, more: false };
    from = chunk.at(-1)!.name;
  }
}

function describe(logs: Logs, call: Call, group: LogGroupRow): LogGroup {
  const arn = groupArn(call, group.name);
  return {
    logGroupName: group.name,
    creationTime: group.created,
    retentionInDays: group.retention ?? undefined,
    metricFilterCount: metricFilters(logs).countOf(call, group.name),
    arn: `${arn}:*`,
    storedBytes: group.stored_bytes,
    kmsKeyId: group.kms_key ?? undefined,
    dataProtectionStatus: dataProtection(logs).get(call, group.name, '')?.status,
    logGroupClass: group.class as LogGroup['logGroupClass'],
    logGroupArn: arn,
    deletionProtectionEnabled: group.protected === 1,
    bearerTokenAuthenticationEnabled: group.bearer === null ? undefined : group.bearer === 1,
  };
}
