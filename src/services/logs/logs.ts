import type { Call } from '../../aws/call.ts';
import { parseGroupArn } from './arns.ts';
import type { LogsEngine } from './engine.ts';
import { invalid, invalidParameter, NO_GROUP, NO_STREAM, notFound } from './errors.ts';
import type { LogGroupRow } from './store/groups.ts';
import type { LogStreamRow } from './store/streams.ts';

/** What the operations of this service share. */
export type Logs = LogsEngine;

export interface GroupReference {
  logGroupName?: string | undefined;
  logGroupIdentifier?: string | undefined;
}

/** @throws ResourceNotFoundException */
export function groupNamed({ groups }: Logs, call: Call, name: string): LogGroupRow {
  const group = groups.get(call, name);
  if (!group) throw notFound(NO_GROUP);
  return group;
}

/** A group by its name or its ARN. @throws ResourceNotFoundException; those of other accounts and regions are not there */
export function groupIdentified(logs: Logs, call: Call, identifier: string): LogGroupRow {
  return groupNamed(logs, call, groupNameOf(call, identifier));
}

/** Many settings are not to be had for groups of the cheaper classes. @throws ValidationException */
export function checkStandardClass(group: LogGroupRow): void {
  if (group.class !== 'STANDARD')
    throw invalid('This operation is only supported on the Standard log class.');
}

/** The name that an identifier stands for. */
export function groupNameOf(call: Call, identifier: string): string {
  if (!identifier.startsWith('arn:')) return identifier;
  const arn = parseGroupArn(identifier);
  if (!arn) throw invalidParameter(`Invalid log group identifier: ${identifier}`);
  if (arn.account !== call.account || arn.region !== call.region) throw notFound(NO_GROUP);
  return arn.name;
}

/** For inputs that take the one member or the other. */
export function groupReferred(logs: Logs, call: Call, reference: GroupReference): LogGroupRow {
  const { logGroupName: name, logGroupIdentifier: identifier } = reference;
  if (name !== undefined && identifier !== undefined) {
    throw invalid('LogGroup name and LogGroup ARN are mutually exclusive parameters.');
  }
  if (identifier !== undefined) return groupIdentified(logs, call, identifier);
  if (name === undefined) throw invalidParameter('Log group name or log group identifier must be specified.');
  return groupNamed(logs, call, name);
}

/** @throws ResourceNotFoundException */
export function streamNamed({ streams }: Logs, group: LogGroupRow, name: string): LogStreamRow {
  const stream = streams.get(group.id, name);
  if (!stream) throw notFound(NO_STREAM);
  return stream;
}
