import type {
  DeleteLogGroupCommandInput,
  DeleteLogGroupCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { invalid } from '../errors.ts';
import { groupNamed, type Logs } from '../logs.ts';
import { forgetGroup } from '../stored.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export function deleteLogGroup(
  logs: Logs,
): Operation<DeleteLogGroupCommandInput, DeleteLogGroupCommandOutput> {
  return ({ logGroupName }, call) => {
    const group = groupNamed(logs, call, logGroupName!);
    if (group.protected) {
      throw invalid('The log group cannot be deleted because deletion protection is enabled.');
    }
    logs.removeGroup(call, group, () => {
      logs.tags.deleteAll(call, groupArn(call, group.name));
      forgetGroup(logs, call, group.name);
    });
    return {};
  };
}
