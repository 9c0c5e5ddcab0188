import type { CreateEventSourceMappingRequest } from '@aws-sdk/client-lambda';
import { invalidParameter } from './errors.ts';
import { type EventSourceKind, isQueue } from './event-source-kinds.ts';

type Pollers = Pick<CreateEventSourceMappingRequest, 'ProvisionedPollerConfig' | 'ScalingConfig'>;

const FEWEST_OF_QUEUES = 2;
const MOST_OF_QUEUES = 10_000;

/**
 * How many pollers are kept ready.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
 *
 * @throws InvalidParameterValueException
 */
export function checkPollers(
  kind: EventSourceKind,
  { ProvisionedPollerConfig: pollers, ScalingConfig }: Pollers,
): void {
  if (!pollers) return;
  const { MinimumPollers: least, MaximumPollers: most } = pollers;
  if (!isQueue(kind)) {
    if (least !== undefined && most !== undefined && least > most) {
      throw invalidParameter('MinimumPollers must be less than or equal to MaximumPollers.');
    }
    return;
  }
  if (pollers.PollerGroupName !== undefined) throw invalidParameter('Invalid parameter: pollerGroupName');
  if (ScalingConfig?.MaximumConcurrency !== undefined) {
    throw invalidParameter(
      'Provisioned mode for SQS ESM does not support maximum concurrency feature. Use MaximumPollers as the control mechanism and remove maximum concurrency.',
    );
  }
  const from = least ?? FEWEST_OF_QUEUES;
  if (from < FEWEST_OF_QUEUES || (most ?? from) < from || (most ?? from) > MOST_OF_QUEUES) {
    throw invalidParameter(
      'MinimumPollers should be between [2, 200] and MaximumPollers should be between [MinimumPollers, 10000]',
    );
  }
}

/** What a queue may use of a function is bounded by what is reserved for it. @throws InvalidParameterValueException */
export function checkConcurrency({ ScalingConfig }: Pollers, reserved: number | undefined): void {
  const wanted = ScalingConfig?.MaximumConcurrency;
  if (wanted === undefined || reserved === undefined || wanted <= reserved) return;
  throw invalidParameter(
    `MaximumConcurrency: ${wanted} is greater than Function Reserved Concurrency: ${reserved}`,
  );
}
