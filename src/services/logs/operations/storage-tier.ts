import type {
  GetStorageTierPolicyCommandInput,
  GetStorageTierPolicyCommandOutput,
  PutStorageTierPolicyCommandInput,
  PutStorageTierPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { storageTier } from '../stored.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutStorageTierPolicy.html */
export function putStorageTierPolicy(
  logs: Logs,
): Operation<PutStorageTierPolicyCommandInput, PutStorageTierPolicyCommandOutput> {
  return (input, call) => {
    const policy = { storageTier: input.storageTier!, lastUpdatedTime: call.clock.now() };
    storageTier(logs).put(call, '', '', policy);
    return policy;
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetStorageTierPolicy.html */
export function getStorageTierPolicy(
  logs: Logs,
): Operation<GetStorageTierPolicyCommandInput, GetStorageTierPolicyCommandOutput> {
  return (_, call) => {
    const policy = storageTier(logs).get(call, '', '');
    if (!policy) throw notFound('The account has no storage tier policy.');
    return policy;
  };
}
