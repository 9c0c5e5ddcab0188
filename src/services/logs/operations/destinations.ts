import type {
  DeleteDestinationCommandInput,
  DeleteDestinationCommandOutput,
  DescribeDestinationsCommandInput,
  DescribeDestinationsCommandOutput,
  PutDestinationCommandInput,
  PutDestinationCommandOutput,
  PutDestinationPolicyCommandInput,
  PutDestinationPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { resourceArn } from '../arns.ts';
import { notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { checkAccessPolicy } from '../policy-documents.ts';
import { destinations } from '../stored.ts';

const UNKNOWN = 'The specified destination does not exist.';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestination.html */
export function putDestination(
  logs: Logs,
): Operation<PutDestinationCommandInput, PutDestinationCommandOutput> {
  return ({ destinationName, targetArn, roleArn, tags = {} }, call) => {
    const before = destinations(logs).get(call, '', destinationName!);
    const arn = resourceArn(call, 'destination', destinationName!);
    const destination = {
      destinationName,
      targetArn,
      roleArn,
      accessPolicy: before?.accessPolicy,
      arn,
      creationTime: before?.creationTime ?? call.clock.now(),
    };
    logs.database.transaction(() => {
      destinations(logs).put(call, '', destinationName!, destination);
      logs.tags.put(call, arn, tags);
    });
    return { destination };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDestinationPolicy.html */
export function putDestinationPolicy(
  logs: Logs,
): Operation<PutDestinationPolicyCommandInput, PutDestinationPolicyCommandOutput> {
  return ({ destinationName, accessPolicy }, call) => {
    const destination = destinations(logs).get(call, '', destinationName!);
    if (!destination) throw notFound(UNKNOWN);
    checkAccessPolicy(accessPolicy);
    destinations(logs).put(call, '', destinationName!, { ...destination, accessPolicy });
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDestinations.html */
export function describeDestinations(
  logs: Logs,
): Operation<DescribeDestinationsCommandInput, DescribeDestinationsCommandOutput> {
  return (input, call) => {
    const found = destinations(logs)
      .ofParent(call, '')
      .filter(({ destinationName }) => destinationName!.startsWith(input.DestinationNamePrefix ?? ''));
    const page = pageOf('DescribeDestinations', found, ({ destinationName }) => destinationName!, input);
    return { destinations: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDestination.html */
export function deleteDestination(
  logs: Logs,
): Operation<DeleteDestinationCommandInput, DeleteDestinationCommandOutput> {
  return ({ destinationName }, call) => {
    if (!destinations(logs).delete(call, '', destinationName!)) throw notFound(UNKNOWN);
    logs.tags.deleteAll(call, resourceArn(call, 'destination', destinationName!));
    return {};
  };
}
