import type {
  DeleteDeliverySourceCommandInput,
  DeleteDeliverySourceCommandOutput,
  DescribeDeliverySourcesCommandInput,
  DescribeDeliverySourcesCommandOutput,
  GetDeliverySourceCommandInput,
  GetDeliverySourceCommandOutput,
  PutDeliverySourceCommandInput,
  PutDeliverySourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { resourceArn } from '../arns.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { deliveries, deliverySources } from '../stored.ts';
import { withTags } from '../tags.ts';

const UNKNOWN = 'Requested Delivery Source does not exist in this account.';

/** Services that vend no logs this way. */
const NO_SOURCES = ['s3', 'lambda', 'logs', 'firehose', 'kinesis', 'sqs', 'sns', 'dynamodb', 'iam'];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html */
export function putDeliverySource(
  logs: Logs,
): Operation<PutDeliverySourceCommandInput, PutDeliverySourceCommandOutput> {
  return ({ name, resourceArn: resource, logType, tags, deliverySourceConfiguration }, call) => {
    const service = resource!.split(':')[2];
    if (!resource!.startsWith('arn:') || !service) throw invalid(`Invalid resource ARN: ${resource}`);
    if (NO_SOURCES.includes(service)) throw notFound('Cannot access provided service.');
    const before = deliverySources(logs).get(call, '', name!);
    if (before && before.resourceArns![0] !== resource && deliveriesOf(logs, call, name!).length > 0) {
      throw conflict('A Delivery Source that has deliveries can not be given another resource.');
    }
    const arn = resourceArn(call, 'delivery-source', name!);
    const deliverySource = {
      name,
      arn,
      resourceArns: [resource!],
      service,
      logType,
      deliverySourceConfiguration,
    };
    logs.database.transaction(() => {
      deliverySources(logs).put(call, '', name!, deliverySource);
      logs.tags.put(call, arn, tags ?? {});
    });
    return { deliverySource: { ...deliverySource, tags } };
  };
}

function deliveriesOf(logs: Logs, scope: { account: string; region: string }, source: string) {
  return deliveries(logs)
    .all(scope)
    .filter(({ deliverySourceName }) => deliverySourceName === source);
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDeliverySource.html */
export function getDeliverySource(
  logs: Logs,
): Operation<GetDeliverySourceCommandInput, GetDeliverySourceCommandOutput> {
  return ({ name }, call) => {
    const deliverySource = deliverySources(logs).get(call, '', name!);
    if (!deliverySource) throw notFound(UNKNOWN);
    return { deliverySource: withTags(logs, call, deliverySource) };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliverySources.html */
export function describeDeliverySources(
  logs: Logs,
): Operation<DescribeDeliverySourcesCommandInput, DescribeDeliverySourcesCommandOutput> {
  return (input, call) => {
    const found = deliverySources(logs)
      .ofParent(call, '')
      .filter(({ resourceArns }) => !input.resourceArns || input.resourceArns.includes(resourceArns![0]!));
    const page = pageOf('DescribeDeliverySources', found, ({ name }) => name!, input);
    return {
      deliverySources: page.items.map((item) => withTags(logs, call, item)),
      nextToken: page.nextToken,
    };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliverySource.html */
export function deleteDeliverySource(
  logs: Logs,
): Operation<DeleteDeliverySourceCommandInput, DeleteDeliverySourceCommandOutput> {
  return ({ name }, call) => {
    if (!deliverySources(logs).get(call, '', name!)) throw notFound(UNKNOWN);
    if (deliveriesOf(logs, call, name!).length > 0) {
      throw conflict('The Delivery Source has deliveries, which have to be deleted first.');
    }
    deliverySources(logs).delete(call, '', name!);
    logs.tags.deleteAll(call, resourceArn(call, 'delivery-source', name!));
    return {};
  };
}
