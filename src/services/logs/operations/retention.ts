import type {
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput,
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { brokenConstraint } from '../errors.ts';
import { groupNamed, type Logs } from '../logs.ts';

/** Days. */
const ALLOWED = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export function putRetentionPolicy(
  logs: Logs,
): Operation<PutRetentionPolicyCommandInput, PutRetentionPolicyCommandOutput> {
  return ({ logGroupName, retentionInDays: days }, call) => {
    if (!ALLOWED.includes(days!)) {
      throw brokenConstraint(
        days,
        'retentionInDays',
        `Member must satisfy enum value set: [${ALLOWED.join(', ')}]`,
      );
    }
    const { id } = groupNamed(logs, call, logGroupName!);
    logs.groups.set(id, 'retention', days!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html */
export function deleteRetentionPolicy(
  logs: Logs,
): Operation<DeleteRetentionPolicyCommandInput, DeleteRetentionPolicyCommandOutput> {
  return ({ logGroupName }, call) => {
    const { id } = groupNamed(logs, call, logGroupName!);
    logs.groups.set(id, 'retention', null);
    return {};
  };
}
