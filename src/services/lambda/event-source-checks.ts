import type {
  CreateEventSourceMappingRequest,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import { invalidParameter, validation } from './errors.ts';
import { checkMembers, type EventSourceKind, rulesOf } from './event-source-kinds.ts';

/** What CreateEventSourceMapping and UpdateEventSourceMapping have in common. */
type Settings = CreateEventSourceMappingRequest | Omit<UpdateEventSourceMappingRequest, 'UUID'>;

const BATCH_WITHOUT_WINDOW = 10;
const MOST_FILTERS = 10;

/** @throws InvalidParameterValueException, WireError */
export function checkNewMapping(kind: EventSourceKind, input: CreateEventSourceMappingRequest): void {
  checkPosition(kind, input);
  checkSettings(kind, input);
  if ((kind === 'msk' || kind === 'kafka') && input.Topics === undefined) {
    throw invalidParameter('Topics are required for Kafka event sources.');
  }
  if (kind === 'mq' && input.Queues === undefined) {
    throw invalidParameter('Queues are required for Amazon MQ event sources.');
  }
  if (kind === 'documentdb' && input.DocumentDBEventSourceConfig?.DatabaseName === undefined) {
    throw invalidParameter('DatabaseName is required for DocumentDB event sources.');
  }
}

/** @throws InvalidParameterValueException */
export function checkSettings(kind: EventSourceKind, input: Settings): void {
  checkMembers(kind, input);
  checkBatch(kind, input);
  checkFilters(input);
  if (input.DestinationConfig?.OnSuccess?.Destination !== undefined) {
    throw invalidParameter('Unsupported DestinationConfig parameter for given event source mapping type.');
  }
}

function checkPosition(kind: EventSourceKind, input: CreateEventSourceMappingRequest): void {
  const { StartingPosition: position, StartingPositionTimestamp: time } = input;
  if (!rulesOf(kind).positioned) {
    if (position === undefined) return;
    throw invalidParameter(
      `StartingPosition is not valid for ${kind === 'mq' ? 'Amazon MQ' : 'SQS'} event sources.`,
    );
  }
  if (position === undefined) {
    throw invalidParameter(
      "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.",
    );
  }
  if (position !== 'AT_TIMESTAMP') {
    if (time === undefined) return;
    throw invalidParameter('StartingPositionTimestamp is only valid for the AT_TIMESTAMP starting position.');
  }
  if (kind === 'dynamodb') {
    throw invalidParameter(`Unsupported starting position for arn type: ${input.EventSourceArn}`);
  }
  if (time === undefined) {
    throw validation(
      "Value null at 'startingPositionTimestamp' failed to satisfy constraint: Member must not be null",
    );
  }
}

function checkBatch(
  kind: EventSourceKind,
  { BatchSize: size, MaximumBatchingWindowInSeconds: window = 0 }: Settings,
): void {
  if (size === undefined) return;
  const { most } = rulesOf(kind).batchSize;
  if (size > most) {
    throw invalidParameter(`Maximum batch size for the given event source mapping type is ${most}.`);
  }
  if (kind === 'sqs' && size > BATCH_WITHOUT_WINDOW && window === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
function checkFilters({ FilterCriteria }: Settings): void {
  const filters = FilterCriteria?.Filters ?? [];
  if (filters.length > MOST_FILTERS) {
    throw invalidParameter(`Exceeded maximum number of allowed filters: ${MOST_FILTERS}`);
  }
  for (const { Pattern } of filters) {
    if (Pattern === undefined || !isPattern(Pattern)) {
      throw invalidParameter('Invalid filter pattern definition.');
    }
  }
}

/** An object whose leaves are lists of what may be there. */
function isPattern(text: string): boolean {
  try {
    return isRule(JSON.parse(text) as unknown);
  } catch {
    return false;
  }
}

function isRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(([key, inner]: [string, unknown]) => {
    if (key === '$or') return Array.isArray(inner) && inner.every(isRule);
    return Array.isArray(inner) ? inner.length > 0 : isRule(inner);
  });
}
