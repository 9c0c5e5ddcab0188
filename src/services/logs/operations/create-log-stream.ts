import type {
  CreateLogStreamCommandInput,
  CreateLogStreamCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists } from '../errors.ts';
import { groupNamed, type Logs } from '../logs.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export function createLogStream(
  logs: Logs,
): Operation<CreateLogStreamCommandInput, CreateLogStreamCommandOutput> {
  return ({ logGroupName, logStreamName }, call) => {
    const group = groupNamed(logs, call, logGroupName!);
    const stream = logs.streams.insert(group.id, call, logStreamName!, call.clock.now());
    if (!stream) throw alreadyExists('The specified log stream already exists');
    return {};
  };
}
