import type {
  CreateLogGroupCommandInput,
  CreateLogGroupCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { alreadyExists, invalidParameter } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { checkTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function createLogGroup(
  logs: Logs,
): Operation<CreateLogGroupCommandInput, CreateLogGroupCommandOutput> {
  return (input, call) => {
    const {
      logGroupName,
      tags = {},
      logGroupClass = 'STANDARD',
      kmsKeyId,
      deletionProtectionEnabled,
    } = input;
    const name = logGroupName!;
    if (/^aws\//i.test(name)) throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.');
    checkTags(tags);
    logs.database.transaction(() => {
      const group = logs.groups.insert(call, {
        name,
        created: call.clock.now(),
        class: logGroupClass,
        kmsKey: kmsKeyId,
        protected: deletionProtectionEnabled,
      });
      if (!group) throw alreadyExists('The specified log group already exists');
      // Delivery groups keep a day, whatever is asked.
      if (logGroupClass === 'DELIVERY') logs.groups.set(group.id, 'retention', 1);
      logs.tags.put(call, groupArn(call, name), tags);
    });
    return {};
  };
}
