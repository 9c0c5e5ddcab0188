import type {
  AssociateKmsKeyCommandInput,
  AssociateKmsKeyCommandOutput,
  DisassociateKmsKeyCommandInput,
  DisassociateKmsKeyCommandOutput,
  PutBearerTokenAuthenticationCommandInput,
  PutBearerTokenAuthenticationCommandOutput,
  PutLogGroupDeletionProtectionCommandInput,
  PutLogGroupDeletionProtectionCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter } from '../errors.ts';
import { groupIdentified, groupNamed, type Logs } from '../logs.ts';
import { queryKey } from '../stored.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html */
export function putLogGroupDeletionProtection(
  logs: Logs,
): Operation<PutLogGroupDeletionProtectionCommandInput, PutLogGroupDeletionProtectionCommandOutput> {
  return ({ logGroupIdentifier, deletionProtectionEnabled }, call) => {
    const { id } = groupIdentified(logs, call, logGroupIdentifier!);
    logs.groups.set(id, 'protected', Number(deletionProtectionEnabled));
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutBearerTokenAuthentication.html */
export function putBearerTokenAuthentication(
  logs: Logs,
): Operation<PutBearerTokenAuthenticationCommandInput, PutBearerTokenAuthenticationCommandOutput> {
  return ({ logGroupIdentifier, bearerTokenAuthenticationEnabled }, call) => {
    const { id } = groupIdentified(logs, call, logGroupIdentifier!);
    logs.groups.set(id, 'bearer', Number(bearerTokenAuthenticationEnabled));
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html */
export function associateKmsKey(
  logs: Logs,
): Operation<AssociateKmsKeyCommandInput, AssociateKmsKeyCommandOutput> {
  return (input, call) => {
    setKey(logs, call, input, input.kmsKeyId!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DisassociateKmsKey.html */
export function disassociateKmsKey(
  logs: Logs,
): Operation<DisassociateKmsKeyCommandInput, DisassociateKmsKeyCommandOutput> {
  return (input, call) => {
    setKey(logs, call, input, undefined);
    return {};
  };
}

interface KeyTarget {
  logGroupName?: string | undefined;
  resourceIdentifier?: string | undefined;
}

/** The key of a group, or of all results of queries. */
function setKey(logs: Logs, call: Call, target: KeyTarget, key: string | undefined): void {
  const { logGroupName, resourceIdentifier } = target;
  if ((logGroupName === undefined) === (resourceIdentifier === undefined)) {
    throw invalidParameter('Exactly one of logGroupName or resourceIdentifier must be specified.');
  }
  if (resourceIdentifier?.includes(':query-result:')) {
    if (key === undefined) queryKey(logs).delete(call, '', '');
    else queryKey(logs).put(call, '', '', key);
    return;
  }
  const group =
    logGroupName === undefined
      ? groupIdentified(logs, call, resourceIdentifier!)
      : groupNamed(logs, call, logGroupName);
  logs.groups.set(group.id, 'kms_key', key ?? null);
}
