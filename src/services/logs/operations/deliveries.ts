import { randomBytes } from 'node:crypto';
import type {
  CreateDeliveryCommandInput,
  CreateDeliveryCommandOutput,
  DeleteDeliveryCommandInput,
  DeleteDeliveryCommandOutput,
  Delivery,
  DescribeDeliveriesCommandInput,
  DescribeDeliveriesCommandOutput,
  GetDeliveryCommandInput,
  GetDeliveryCommandOutput,
  UpdateDeliveryConfigurationCommandInput,
  UpdateDeliveryConfigurationCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { base32 } from '../../../aws/access-key.ts';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { resourceArn } from '../arns.ts';
import { conflict, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { deliveries, deliveryDestinations, deliverySources } from '../stored.ts';
import { withTags } from '../tags.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateDelivery.html */
export function createDelivery(
  logs: Logs,
): Operation<CreateDeliveryCommandInput, CreateDeliveryCommandOutput> {
  return (input, call) => {
    const { deliverySourceName, deliveryDestinationArn, tags } = input;
    if (!deliverySources(logs).get(call, '', deliverySourceName!)) {
      throw notFound('Requested Delivery Source does not exist in this account.');
    }
    const destination = deliveryDestinations(logs)
      .ofParent(call, '')
      .find(({ arn }) => arn === deliveryDestinationArn);
    if (!destination) throw notFound('Requested Delivery Destination does not exist in this account.');
    const type = destination.deliveryDestinationType;
    const same = deliveries(logs)
      .all(call)
      .some((it) => it.deliverySourceName === deliverySourceName && it.deliveryDestinationType === type);
    if (same) throw conflict('Delivery already exists');
    const id = base32(randomBytes(10));
    const arn = resourceArn(call, 'delivery', id);
    const delivery: Delivery = {
      id,
      arn,
      deliverySourceName,
      deliveryDestinationArn,
      deliveryDestinationType: type,
      recordFields: input.recordFields,
      fieldDelimiter: input.fieldDelimiter,
      s3DeliveryConfiguration: input.s3DeliveryConfiguration,
    };
    logs.database.transaction(() => {
      deliveries(logs).put(call, '', id, delivery);
      logs.tags.put(call, arn, tags ?? {});
    });
    return { delivery: { ...delivery, tags } };
  };
}

function deliveryOf(logs: Logs, call: Call, id: string): Delivery {
  const delivery = deliveries(logs).get(call, '', id);
  if (!delivery) throw notFound('Requested Delivery does not exist in this account.');
  return delivery;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDelivery.html */
export function getDelivery(logs: Logs): Operation<GetDeliveryCommandInput, GetDeliveryCommandOutput> {
  return ({ id }, call) => ({ delivery: withTags(logs, call, deliveryOf(logs, call, id!)) });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliveries.html */
export function describeDeliveries(
  logs: Logs,
): Operation<DescribeDeliveriesCommandInput, DescribeDeliveriesCommandOutput> {
  return (input, call) => {
    const found = deliveries(logs)
      .ofParent(call, '')
      .filter(
        ({ deliverySourceName }) =>
          !input.deliverySourceNames || input.deliverySourceNames.includes(deliverySourceName!),
      );
    const page = pageOf('DescribeDeliveries', found, ({ id }) => id!, input);
    return { deliveries: page.items.map((item) => withTags(logs, call, item)), nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateDeliveryConfiguration.html */
export function updateDeliveryConfiguration(
  logs: Logs,
): Operation<UpdateDeliveryConfigurationCommandInput, UpdateDeliveryConfigurationCommandOutput> {
  return ({ id, recordFields, fieldDelimiter, s3DeliveryConfiguration }, call) => {
    const before = deliveryOf(logs, call, id!);
    deliveries(logs).put(call, '', id!, {
      ...before,
      ...(recordFields && { recordFields }),
      ...(fieldDelimiter !== undefined && { fieldDelimiter }),
      ...(s3DeliveryConfiguration && { s3DeliveryConfiguration }),
    });
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDelivery.html */
export function deleteDelivery(
  logs: Logs,
): Operation<DeleteDeliveryCommandInput, DeleteDeliveryCommandOutput> {
  return ({ id }, call) => {
    const { arn } = deliveryOf(logs, call, id!);
    deliveries(logs).delete(call, '', id!);
    logs.tags.deleteAll(call, arn!);
    return {};
  };
}
