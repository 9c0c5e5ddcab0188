import type {
  CreateEventSourceMappingRequest,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import { invalidParameter, validation } from './errors.ts';
import {
  checkMembers,
  checkRequired,
  type EventSourceKind,
  isKafka,
  isQueue,
  kindOf,
} from './event-source-kinds.ts';
import { checkPollers } from './event-source-pollers.ts';

/** What CreateEventSourceMapping and UpdateEventSourceMapping have in common. */
type Settings = CreateEventSourceMappingRequest | Omit<UpdateEventSourceMappingRequest, 'UUID'>;

/** Where the function is. */
interface Place {
  account: string;
  region: string;
}

const BATCH_WITHOUT_WINDOW = 10;
/** A quota that AWS raises to ten when it is asked to. */
const MOST_FILTERS = 5;
const FOREVER = -1;
const SHORTEST_RECORD_AGE = 60;

/** @throws InvalidParameterValueException, WireError */
export function checkNewMapping(input: CreateEventSourceMappingRequest, place: Place): EventSourceKind {
  const kind = kindOf(input);
  checkSource(kind, input, place);
  checkMembers(kind, input);
  checkRequired(kind, input);
  checkPosition(kind, input);
  checkSettings(kind, input);
  if (kind === 'documentdb') checkDatabase(input);
  return kind;
}

/** @throws InvalidParameterValueException */
export function checkSettings(kind: EventSourceKind, input: Settings): void {
  checkMembers(kind, input);
  checkBatch(kind, input);
  checkRecordAge(input);
  checkFilters(kind, input);
  checkDestination(input);
  checkAccess(kind, input);
  checkPollers(kind, input);
  checkMetrics(kind, input);
}

function checkSource(
  kind: EventSourceKind,
  { EventSourceArn }: CreateEventSourceMappingRequest,
  { account, region }: Place,
): void {
  if (EventSourceArn === undefined) return;
  const [, , , sourceRegion, sourceAccount] = EventSourceArn.split(':');
  if (sourceRegion !== region) {
    throw invalidParameter(`Event source region must match Lambda region ${region}`);
  }
  if (kind === 'mq' && sourceAccount !== account) {
    throw invalidParameter('Role and event source must be in the same account as the cloud function');
  }
}

function checkPosition(kind: EventSourceKind, input: CreateEventSourceMappingRequest): void {
  const { StartingPosition: position, StartingPositionTimestamp: time } = input;
  if (position === undefined) return;
  if (position !== 'AT_TIMESTAMP') {
    if (time === undefined) return;
    throw invalidParameter('Timestamp only valid with StartingPosition AT_TIMESTAMP');
  }
  if (kind === 'dynamodb') {
    throw invalidParameter(`Unsupported starting position for arn type: ${input.EventSourceArn}`);
  }
  if (time === undefined) {
    throw validation(
      "Value null at 'startingPositionTimestamp' failed to satisfy constraint: Member must not be null",
    );
  }
  if (time.getTime() < 0) {
    throw invalidParameter(
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
    );
  }
}

function checkBatch(
  kind: EventSourceKind,
  { BatchSize: size = 1, MaximumBatchingWindowInSeconds: window = 0 }: Settings,
): void {
  if (!isQueue(kind)) return;
  if (size > BATCH_WITHOUT_WINDOW && window === 0) {
    throw invalidParameter(
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    );
  }
  if (kind === 'sqs-fifo' && window > 0) {
    throw invalidParameter('Batching window is not supported for FIFO queues');
  }
}

function checkRecordAge({ MaximumRecordAgeInSeconds: age = FOREVER }: Settings): void {
  if (age === FOREVER || age >= SHORTEST_RECORD_AGE) return;
  throw invalidParameter(
    'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
  );
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html */
function checkFilters(kind: EventSourceKind, { FilterCriteria }: Settings): void {
  if (FilterCriteria && kind === 'documentdb') throw invalidParameter('Invalid parameters: filterCriteria');
  const filters = FilterCriteria?.Filters ?? [];
  if (filters.length > MOST_FILTERS) {
    throw invalidParameter(
      `Too many filter patterns, maximum allowed ${MOST_FILTERS} patterns, provided ${filters.length} patterns.`,
    );
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

const DESTINATIONS = /^(kafka:\/\/|arn:[^:]+:(sqs|sns|s3):)/;

function checkDestination({ DestinationConfig }: Settings): void {
  if (DestinationConfig?.OnSuccess?.Destination !== undefined) {
    throw invalidParameter('Unsupported DestinationConfig parameter for given event source mapping type.');
  }
  const target = DestinationConfig?.OnFailure?.Destination;
  if (!target) return;
  if (!DESTINATIONS.test(target)) {
    throw invalidParameter("The service specified by the TargetArn isn't supported as a destination.");
  }
  const [, service] = /^arn:[^:]+:(sqs|sns):.*\.fifo$/.exec(target) ?? [];
  if (service === undefined) return;
  const what = service === 'sqs' ? 'SQS queues' : 'SNS topics';
  throw invalidParameter(`FIFO-type Amazon ${what} aren't supported as a destination.`);
}

const MQ_ACCESS: ReadonlySet<string> = new Set(['BASIC_AUTH', 'VIRTUAL_HOST']);

function checkAccess(kind: EventSourceKind, { SourceAccessConfigurations = [] }: Settings): void {
  const types = SourceAccessConfigurations.map(({ Type }) => Type ?? '');
  const strange =
    (kind === 'mq' && types.some((type) => !MQ_ACCESS.has(type))) ||
    (isKafka(kind) && types.includes('VIRTUAL_HOST'));
  if (strange) {
    throw invalidParameter(
      'Unsupported source access configurations type for given event source mapping type.',
    );
  }
}

function checkMetrics(kind: EventSourceKind, { MetricsConfig }: Settings): void {
  if (isKafka(kind) || (MetricsConfig?.Metrics ?? []).every((metric) => metric === 'EventCount')) return;
  throw invalidParameter('Invalid EventSourceMapping metrics. Expected values: [EventCount]');
}

function checkDatabase({
  SourceAccessConfigurations = [],
  DocumentDBEventSourceConfig: database,
}: CreateEventSourceMappingRequest): void {
  const problems: string[] = [];
  if (!SourceAccessConfigurations.some(({ Type }) => Type === 'BASIC_AUTH')) {
    // Once for the list, and once for what has to be in it.
    problems.push('sourceAccessConfigurations', 'sourceAccessConfigurations');
  }
  if (database?.DatabaseName === undefined) problems.push('databaseName');
  if (problems.length > 0) throw invalidParameter(`Invalid parameters: ${problems.join(', ')}`);
}
