import type { Call } from '../../aws/call.ts';

type Place = Pick<Call, 'partition' | 'region' | 'account'>;

/** The form without `:*` at its end, which today's members called `logGroupArn` and tags have. */
export function groupArn(place: Place, name: string): string {
  return resourceArn(place, 'log-group', name);
}

export function streamArn(place: Place, group: string, stream: string): string {
  return `${groupArn(place, group)}:log-stream:${stream}`;
}

/** `arn:aws:logs:us-east-1:000000000000:destination:name` and the like. */
export function resourceArn({ partition, region, account }: Place, type: string, name: string): string {
  return `arn:${partition}:logs:${region}:${account}:${type}:${name}`;
}

const GROUP_ARN = /^arn:aws[\w-]*:logs:([\w-]+):(\d{12}):log-group:([^:]+)(?::\*)?$/;

/** What an ARN of a log group says; undefined where it is none. */
export function parseGroupArn(arn: string): { region: string; account: string; name: string } | undefined {
  const match = GROUP_ARN.exec(arn);
  return match ? { region: match[1]!, account: match[2]!, name: match[3]! } : undefined;
}
