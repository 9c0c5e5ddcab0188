import {
  AccessDeniedException,
  type DeleteSubscriptionFilterCommandInput,
  type DeleteSubscriptionFilterCommandOutput,
  type DescribeSubscriptionFiltersCommandInput,
  type DescribeSubscriptionFiltersCommandOutput,
  type PutSubscriptionFilterCommandInput,
  type PutSubscriptionFilterCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { groupArn } from '../arns.ts';
import { invalidParameter, limitExceeded, notFound } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import { checkStandardClass, groupNamed, type Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { destinations, subscriptionFilters } from '../stored.ts';

const MOST_OF_GROUP = 2;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html */
export function putSubscriptionFilter(
  logs: Logs,
): Operation<PutSubscriptionFilterCommandInput, PutSubscriptionFilterCommandOutput> {
  return async (input, call) => {
    const { filterName, filterPattern, destinationArn, roleArn, distribution = 'ByLogStream' } = input;
    checkDestinationArn(call, destinationArn!, roleArn);
    const group = groupNamed(logs, call, input.logGroupName!);
    checkStandardClass(group);
    const logGroupName = group.name;
    readFilterPattern(filterPattern!);
    await checkDestination(logs, call, logGroupName, destinationArn!);
    const filters = subscriptionFilters(logs);
    const before = filters.get(call, logGroupName, filterName!);
    if (!before && filters.countOf(call, logGroupName) >= MOST_OF_GROUP) throw limitExceeded();
    filters.put(call, logGroupName, filterName!, {
      filterName,
      logGroupName,
      filterPattern,
      destinationArn,
      roleArn,
      distribution,
      applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
      creationTime: before?.creationTime ?? call.clock.now(),
      fieldSelectionCriteria: input.fieldSelectionCriteria,
      emitSystemFields: input.emitSystemFields,
    });
    logs.subscriptions.changed();
    return {};
  };
}

/** What is looked at before the group is. */
function checkDestinationArn(call: Call, destination: string, roleArn: string | undefined): void {
  const [prefix, , vendor = '', , account] = destination.split(':');
  if (prefix !== 'arn' || vendor === '') throw invalidParameter('Invalid destinationArn.');
  if (!['lambda', 'logs', 'kinesis', 'firehose'].includes(vendor)) {
    throw invalidParameter(
      `PutSubscriptionFilter operation cannot work with destinationArn for vendor ${vendor}`,
    );
  }
  if (vendor === 'lambda' && account !== call.account) {
    throw new AccessDeniedException({
      message:
        'Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.',
      $metadata: {},
    });
  }
  if (vendor === 'lambda' && roleArn !== undefined) {
    throw invalidParameter('destinationArn for vendor lambda cannot be used with roleArn');
  }
  if ((vendor === 'kinesis' || vendor === 'firehose') && roleArn === undefined) {
    throw invalidParameter(`destinationArn for vendor ${vendor} cannot be used without roleArn`);
  }
}

/** Whether logs may invoke a function for groups such as `name:*`. @throws InvalidParameterException */
export async function checkFunction(
  logs: Logs,
  call: Call,
  functionArn: string,
  groups: string,
): Promise<void> {
  const source = { arn: groupArn(call, groups), account: call.account };
  if (await logs.subscriptions.mayInvoke(functionArn, source)) return;
  throw invalidParameter(
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
  );
}

/** AWS tries a destination before it takes it. Streams are taken as they are: there is nothing behind them here. */
async function checkDestination(
  logs: Logs,
  call: Call,
  logGroupName: string,
  destination: string,
): Promise<void> {
  const vendor = destination.split(':')[2];
  if (vendor === 'lambda') {
    await checkFunction(logs, call, destination, `${logGroupName}:*`);
  } else if (vendor === 'logs') {
    if (!destinations(logs).get(call, '', destination.split(':destination:')[1] ?? '')) {
      throw notFound('The specified destination does not exist.');
    }
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteSubscriptionFilter.html */
export function deleteSubscriptionFilter(
  logs: Logs,
): Operation<DeleteSubscriptionFilterCommandInput, DeleteSubscriptionFilterCommandOutput> {
  return ({ logGroupName, filterName }, call) => {
    const { name } = groupNamed(logs, call, logGroupName!);
    if (!subscriptionFilters(logs).delete(call, name, filterName!)) {
      throw notFound('The specified subscription filter does not exist.');
    }
    logs.subscriptions.changed();
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeSubscriptionFilters.html */
export function describeSubscriptionFilters(
  logs: Logs,
): Operation<DescribeSubscriptionFiltersCommandInput, DescribeSubscriptionFiltersCommandOutput> {
  return (input, call) => {
    const group = groupNamed(logs, call, input.logGroupName!);
    checkStandardClass(group);
    const found = subscriptionFilters(logs)
      .ofParent(call, group.name)
      .filter(({ filterName }) => filterName!.startsWith(input.filterNamePrefix ?? ''));
    const page = pageOf('DescribeSubscriptionFilters', found, ({ filterName }) => filterName!, input);
    return { subscriptionFilters: page.items, nextToken: page.nextToken };
  };
}
