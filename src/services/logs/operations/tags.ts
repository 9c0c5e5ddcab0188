import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  ListTagsLogGroupCommandInput,
  ListTagsLogGroupCommandOutput,
  TagLogGroupCommandInput,
  TagLogGroupCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagLogGroupCommandInput,
  UntagLogGroupCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { groupArn, parseGroupArn } from '../arns.ts';
import { notFound } from '../errors.ts';
import { groupNamed, type Logs } from '../logs.ts';
import { resourceExists } from '../stored.ts';
import { checkTagCount, checkTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export function tagResource(logs: Logs): Operation<TagResourceCommandInput, TagResourceCommandOutput> {
  return ({ resourceArn, tags }, call) => {
    addTags(logs, call, taggable(logs, call, resourceArn!), tags!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html */
export function untagResource(logs: Logs): Operation<UntagResourceCommandInput, UntagResourceCommandOutput> {
  return ({ resourceArn, tagKeys }, call) => {
    logs.tags.delete(call, taggable(logs, call, resourceArn!), tagKeys!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html */
export function listTagsForResource(
  logs: Logs,
): Operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput> {
  return ({ resourceArn }, call) => ({ tags: logs.tags.of(call, taggable(logs, call, resourceArn!)) });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export function tagLogGroup(logs: Logs): Operation<TagLogGroupCommandInput, TagLogGroupCommandOutput> {
  return ({ logGroupName, tags }, call) => {
    const { name } = groupNamed(logs, call, logGroupName!);
    addTags(logs, call, groupArn(call, name), tags!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagLogGroup.html */
export function untagLogGroup(logs: Logs): Operation<UntagLogGroupCommandInput, UntagLogGroupCommandOutput> {
  return ({ logGroupName, tags }, call) => {
    const { name } = groupNamed(logs, call, logGroupName!);
    logs.tags.delete(call, groupArn(call, name), tags!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsLogGroup.html */
export function listTagsLogGroup(
  logs: Logs,
): Operation<ListTagsLogGroupCommandInput, ListTagsLogGroupCommandOutput> {
  return ({ logGroupName }, call) => {
    const { name } = groupNamed(logs, call, logGroupName!);
    return { tags: logs.tags.of(call, groupArn(call, name)) };
  };
}

function addTags(logs: Logs, call: Call, arn: string, tags: Record<string, string>): void {
  checkTags(tags);
  checkTagCount({ ...logs.tags.of(call, arn), ...tags }, arn);
  logs.database.transaction(() => logs.tags.put(call, arn, tags));
}

/** The ARN that tags are kept under. @throws ResourceNotFoundException */
function taggable(logs: Logs, call: Call, arn: string): string {
  const group = parseGroupArn(arn);
  const there = group
    ? group.account === call.account && group.region === call.region && logs.groups.get(call, group.name)
    : resourceExists(logs, call, arn);
  if (!there) throw notFound('The specified resource does not exist.');
  return group ? groupArn(call, group.name) : arn;
}
