import type {
  DeleteTransformerCommandInput,
  DeleteTransformerCommandOutput,
  GetTransformerCommandInput,
  GetTransformerCommandOutput,
  PutTransformerCommandInput,
  PutTransformerCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { notFound } from '../errors.ts';
import { checkStandardClass, groupIdentified, type Logs } from '../logs.ts';
import { transformers } from '../stored.ts';

const UNKNOWN = 'The specified transformer does not exist.';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutTransformer.html */
export function putTransformer(
  logs: Logs,
): Operation<PutTransformerCommandInput, PutTransformerCommandOutput> {
  return ({ logGroupIdentifier, transformerConfig }, call) => {
    const group = groupIdentified(logs, call, logGroupIdentifier!);
    checkStandardClass(group);
    const { name } = group;
    const now = call.clock.now();
    const before = transformers(logs).get(call, name, '');
    transformers(logs).put(call, name, '', {
      logGroupIdentifier: groupArn(call, name),
      creationTime: before?.creationTime ?? now,
      lastModifiedTime: now,
      transformerConfig: transformerConfig!,
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetTransformer.html */
export function getTransformer(
  logs: Logs,
): Operation<GetTransformerCommandInput, GetTransformerCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    const transformer = transformers(logs).get(call, name, '');
    if (!transformer) throw notFound(UNKNOWN);
    return transformer;
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteTransformer.html */
export function deleteTransformer(
  logs: Logs,
): Operation<DeleteTransformerCommandInput, DeleteTransformerCommandOutput> {
  return ({ logGroupIdentifier }, call) => {
    const { name } = groupIdentified(logs, call, logGroupIdentifier!);
    if (!transformers(logs).delete(call, name, '')) throw notFound(UNKNOWN);
    return {};
  };
}
