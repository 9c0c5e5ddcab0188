import type {
  DeleteDeliveryDestinationCommandInput,
  DeleteDeliveryDestinationCommandOutput,
  DeleteDeliveryDestinationPolicyCommandInput,
  DeleteDeliveryDestinationPolicyCommandOutput,
  DeliveryDestinationType,
  DescribeDeliveryDestinationsCommandInput,
  DescribeDeliveryDestinationsCommandOutput,
  GetDeliveryDestinationCommandInput,
  GetDeliveryDestinationCommandOutput,
  GetDeliveryDestinationPolicyCommandInput,
  GetDeliveryDestinationPolicyCommandOutput,
  PutDeliveryDestinationCommandInput,
  PutDeliveryDestinationCommandOutput,
  PutDeliveryDestinationPolicyCommandInput,
  PutDeliveryDestinationPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { resourceArn } from '../arns.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { deliveries, deliveryDestinations, deliveryPolicies } from '../stored.ts';
import { withTags } from '../tags.ts';

const UNKNOWN = 'Requested Delivery Destination does not exist in this account.';
const TYPES: Readonly<Record<string, DeliveryDestinationType>> = { s3: 'S3', logs: 'CWL', firehose: 'FH' };

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestination.html */
export function putDeliveryDestination(
  logs: Logs,
): Operation<PutDeliveryDestinationCommandInput, PutDeliveryDestinationCommandOutput> {
  return (input, call) => {
    const { name, outputFormat, deliveryDestinationConfiguration, roleArn, tags = {} } = input;
    const target = deliveryDestinationConfiguration?.destinationResourceArn;
    const type = target === undefined ? input.deliveryDestinationType : TYPES[target.split(':')[2] ?? ''];
    if (!type)
      throw invalid(`Invalid delivery destination: ${target ?? 'there is no destinationResourceArn'}`);
    if (type === 'CWL' && outputFormat === 'parquet') throw invalid('Invalid output format value provided.');
    const region = target?.split(':')[3];
    if (region && region !== call.region) {
      throw invalid('Region from identity does not match the Destination Resource ARN.');
    }
    const before = deliveryDestinations(logs).get(call, '', name!);
    if (before?.outputFormat !== undefined && outputFormat && before.outputFormat !== outputFormat) {
      throw invalid('The output format of a Delivery Destination can not be changed.');
    }
    const arn = resourceArn(call, 'delivery-destination', name!);
    const deliveryDestination = {
      name,
      arn,
      deliveryDestinationType: type,
      outputFormat: outputFormat ?? before?.outputFormat,
      deliveryDestinationConfiguration,
      roleArn,
    };
    logs.database.transaction(() => {
      deliveryDestinations(logs).put(call, '', name!, deliveryDestination);
      logs.tags.put(call, arn, tags);
    });
    return { deliveryDestination };
  };
}

function destinationNamed(logs: Logs, call: Call, name: string) {
  const destination = deliveryDestinations(logs).get(call, '', name);
  if (!destination) throw notFound(UNKNOWN);
  return destination;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDeliveryDestination.html */
export function getDeliveryDestination(
  logs: Logs,
): Operation<GetDeliveryDestinationCommandInput, GetDeliveryDestinationCommandOutput> {
  return ({ name }, call) => ({
    deliveryDestination: withTags(logs, call, destinationNamed(logs, call, name!)),
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeDeliveryDestinations.html */
export function describeDeliveryDestinations(
  logs: Logs,
): Operation<DescribeDeliveryDestinationsCommandInput, DescribeDeliveryDestinationsCommandOutput> {
  return (input, call) => {
    const found = deliveryDestinations(logs)
      .ofParent(call, '')
      .filter(({ name }) => !input.names || input.names.includes(name!));
    const page = pageOf('DescribeDeliveryDestinations', found, ({ name }) => name!, input);
    return {
      deliveryDestinations: page.items.map((item) => withTags(logs, call, item)),
      nextToken: page.nextToken,
    };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliveryDestination.html */
export function deleteDeliveryDestination(
  logs: Logs,
): Operation<DeleteDeliveryDestinationCommandInput, DeleteDeliveryDestinationCommandOutput> {
  return ({ name }, call) => {
    const { arn } = destinationNamed(logs, call, name!);
    if (
      deliveries(logs)
        .all(call)
        .some(({ deliveryDestinationArn }) => deliveryDestinationArn === arn)
    ) {
      throw conflict('The Delivery Destination has deliveries, which have to be deleted first.');
    }
    deliveryDestinations(logs).delete(call, '', name!);
    deliveryPolicies(logs).delete(call, '', name!);
    logs.tags.deleteAll(call, arn!);
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliveryDestinationPolicy.html */
export function putDeliveryDestinationPolicy(
  logs: Logs,
): Operation<PutDeliveryDestinationPolicyCommandInput, PutDeliveryDestinationPolicyCommandOutput> {
  return ({ deliveryDestinationName: name, deliveryDestinationPolicy }, call) => {
    destinationNamed(logs, call, name!);
    deliveryPolicies(logs).put(call, '', name!, { deliveryDestinationPolicy });
    return { policy: { deliveryDestinationPolicy } };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDeliveryDestinationPolicy.html */
export function getDeliveryDestinationPolicy(
  logs: Logs,
): Operation<GetDeliveryDestinationPolicyCommandInput, GetDeliveryDestinationPolicyCommandOutput> {
  return ({ deliveryDestinationName: name }, call) => {
    destinationNamed(logs, call, name!);
    return { policy: deliveryPolicies(logs).get(call, '', name!) ?? {} };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDeliveryDestinationPolicy.html */
export function deleteDeliveryDestinationPolicy(
  logs: Logs,
): Operation<DeleteDeliveryDestinationPolicyCommandInput, DeleteDeliveryDestinationPolicyCommandOutput> {
  return ({ deliveryDestinationName: name }, call) => {
    destinationNamed(logs, call, name!);
    deliveryPolicies(logs).delete(call, '', name!);
    return {};
  };
}
