import type { Call } from '../../aws/call.ts';
import type { Permission } from '../../aws/service.ts';

type Input = Readonly<Record<string, unknown>>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html */
export function logsPermission(operation: string, input: Input, call: Call): Permission[] {
  return [{ action: `logs:${operation}`, resource: resourceOf(input, call) }];
}

/** Groups are named as if they were their streams, all of them where none is named. */
function resourceOf(input: Input, { partition, region, account }: Call): string {
  const text = (name: string) => (typeof input[name] === 'string' ? input[name] : undefined);
  const arn = text('resourceArn');
  if (arn !== undefined) return arn;
  const identifier = text('logGroupName') ?? text('logGroupIdentifier') ?? '';
  const group = /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)/.exec(identifier)?.[1] ?? identifier;
  const stream = text('logStreamName') ?? '';
  return `arn:${partition}:logs:${region}:${account}:log-group:${group}:log-stream:${stream}`;
}
