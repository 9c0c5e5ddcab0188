import type {
  DeleteLogStreamCommandInput,
  DeleteLogStreamCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalid } from '../errors.ts';
import { groupNamed, type Logs, streamNamed } from '../logs.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export function deleteLogStream(
  logs: Logs,
): Operation<DeleteLogStreamCommandInput, DeleteLogStreamCommandOutput> {
  return ({ logGroupName, logStreamName }, call) => {
    const group = groupNamed(logs, call, logGroupName!);
    const stream = streamNamed(logs, group, logStreamName!);
    if (group.protected) {
      throw invalid(
        'The log stream cannot be deleted because deletion protection is enabled on its log group.',
      );
    }
    logs.removeStream(call, group, stream);
    return {};
  };
}
