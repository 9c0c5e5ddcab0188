import type {
  CreateEventSourceMappingRequest,
  EventSourceMappingConfiguration,
} from '@aws-sdk/client-lambda';
import { invalidParameter } from './errors.ts';

export type EventSourceKind =
  | 'sqs'
  | 'sqs-fifo'
  | 'kinesis'
  | 'dynamodb'
  | 'msk'
  | 'kafka'
  | 'mq'
  | 'documentdb';

type Members = readonly (keyof CreateEventSourceMappingRequest)[];

interface KindRules {
  /** Members that this kind knows, beside those that all kinds do. */
  members: Members;
  /** Members without which there is no mapping, in the order in which AWS misses them. */
  required: Members;
  usualBatch: number;
  /** What is answered where a request does not say. */
  defaults: Partial<EventSourceMappingConfiguration>;
  reason: 'USER_INITIATED' | 'User action';
}

const QUEUE: KindRules = {
  members: [
    'MaximumBatchingWindowInSeconds',
    'FunctionResponseTypes',
    'ScalingConfig',
    'MetricsConfig',
    'ProvisionedPollerConfig',
  ],
  required: [],
  usualBatch: 10,
  defaults: { MaximumBatchingWindowInSeconds: 0, FunctionResponseTypes: [] },
  reason: 'USER_INITIATED',
};

const STREAM: KindRules = {
  members: [
    'MaximumBatchingWindowInSeconds',
    'FunctionResponseTypes',
    'ParallelizationFactor',
    'StartingPosition',
    'StartingPositionTimestamp',
    'DestinationConfig',
    'MaximumRecordAgeInSeconds',
    'BisectBatchOnFunctionError',
    'MaximumRetryAttempts',
    'TumblingWindowInSeconds',
    'MetricsConfig',
  ],
  required: ['StartingPosition'],
  usualBatch: 100,
  defaults: {
    MaximumBatchingWindowInSeconds: 0,
    ParallelizationFactor: 1,
    DestinationConfig: { OnFailure: {} },
    LastProcessingResult: 'No records processed',
    MaximumRecordAgeInSeconds: -1,
    MaximumRetryAttempts: -1,
    BisectBatchOnFunctionError: false,
    TumblingWindowInSeconds: 0,
    FunctionResponseTypes: [],
  },
  reason: 'User action',
};

const KAFKA: KindRules = {
  members: [
    'MaximumBatchingWindowInSeconds',
    'StartingPosition',
    'StartingPositionTimestamp',
    'DestinationConfig',
    'Topics',
    'SourceAccessConfigurations',
    'ProvisionedPollerConfig',
    'FunctionResponseTypes',
    'MaximumRecordAgeInSeconds',
    'BisectBatchOnFunctionError',
    'MaximumRetryAttempts',
    'MetricsConfig',
    'LoggingConfig',
  ],
  required: ['Topics', 'StartingPosition'],
  usualBatch: 100,
  defaults: { LastProcessingResult: 'No records processed' },
  reason: 'USER_INITIATED',
};

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
const RULES: Readonly<Record<EventSourceKind, KindRules>> = {
  sqs: QUEUE,
  'sqs-fifo': QUEUE,
  kinesis: STREAM,
  dynamodb: STREAM,
  msk: { ...KAFKA, members: [...KAFKA.members, 'AmazonManagedKafkaEventSourceConfig'] },
  kafka: {
    ...KAFKA,
    members: [...KAFKA.members, 'SelfManagedEventSource', 'SelfManagedKafkaEventSourceConfig'],
    required: ['SourceAccessConfigurations', ...KAFKA.required],
  },
  mq: {
    members: ['MaximumBatchingWindowInSeconds', 'Queues', 'SourceAccessConfigurations'],
    required: ['SourceAccessConfigurations', 'Queues'],
    usualBatch: 100,
    defaults: { LastProcessingResult: 'No records processed' },
    reason: 'USER_INITIATED',
  },
  documentdb: {
    members: [
      'MaximumBatchingWindowInSeconds',
      'StartingPosition',
      'StartingPositionTimestamp',
      'SourceAccessConfigurations',
      'DocumentDBEventSourceConfig',
    ],
    required: ['StartingPosition'],
    usualBatch: 100,
    defaults: { MaximumBatchingWindowInSeconds: 0, LastProcessingResult: 'No records processed' },
    reason: 'User action',
  },
};

/** Those that only some kinds know. */
const SPECIAL = new Set(Object.values(RULES).flatMap(({ members }) => members));

/** What Kafka's and MQ's own checks name, in another spelling than the check that all kinds share. */
const NAMED_AS_ON_THE_WIRE: ReadonlySet<string> = new Set([
  'StartingPosition',
  'StartingPositionTimestamp',
  'FunctionResponseTypes',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
]);

const KINDS: readonly (readonly [pattern: RegExp, kind: EventSourceKind])[] = [
  [/^arn:[^:]+:sqs:[^:]+:\d{12}:[^:]+\.fifo$/, 'sqs-fifo'],
  [/^arn:[^:]+:sqs:[^:]+:\d{12}:[^:]+$/, 'sqs'],
  [/^arn:[^:]+:kinesis:[^:]+:\d{12}:stream\/.+$/, 'kinesis'],
  [/^arn:[^:]+:dynamodb:[^:]+:\d{12}:table\/[^/]+\/stream\/.+$/, 'dynamodb'],
  [/^arn:[^:]+:kafka:[^:]+:\d{12}:(cluster|vpc-connection)\/.+$/, 'msk'],
  [/^arn:[^:]+:mq:[^:]+:\d{12}:broker:.+$/, 'mq'],
  [/^arn:[^:]+:rds:[^:]+:\d{12}:cluster:.+$/, 'documentdb'],
];

/** What a mapping reads from. @throws InvalidParameterValueException */
export function kindOf({
  EventSourceArn: arn,
  SelfManagedEventSource: own,
}: Pick<CreateEventSourceMappingRequest, 'EventSourceArn' | 'SelfManagedEventSource'>): EventSourceKind {
  if (arn === undefined) {
    if (own) return 'kafka';
    throw invalidParameter('Unrecognized event source.');
  }
  const kind = KINDS.find(([pattern]) => pattern.test(arn))?.[1];
  if (!kind) throw invalidParameter(`Unrecognized event source. Unsupported source arn : ${arn}`);
  return kind;
}

export function rulesOf(kind: EventSourceKind): KindRules {
  return RULES[kind];
}

export function isKafka(kind: EventSourceKind): boolean {
  return kind === 'msk' || kind === 'kafka';
}

export function isQueue(kind: EventSourceKind): boolean {
  return kind === 'sqs' || kind === 'sqs-fifo';
}

/** Refuses what a kind of source does not know. @throws InvalidParameterValueException */
export function checkMembers(
  kind: EventSourceKind,
  input: Readonly<Partial<CreateEventSourceMappingRequest>>,
): void {
  const { members } = RULES[kind];
  for (const member of SPECIAL) {
    if (input[member] === undefined || members.includes(member)) continue;
    if (isQueue(kind) && member === 'StartingPosition') {
      throw invalidParameter('StartingPosition is not valid for SQS event sources.');
    }
    if (isQueue(kind) && member === 'StartingPositionTimestamp') {
      throw invalidParameter('Timestamp is not valid for SQS event sources.');
    }
    const brokers = isKafka(kind) || kind === 'mq';
    const name = brokers && NAMED_AS_ON_THE_WIRE.has(member) ? `'${wireName(member)}'` : member;
    throw invalidParameter(`Unsupported ${name} parameter for given event source mapping type.`);
  }
}

/** Refuses a new mapping without what its kind has to have. @throws InvalidParameterValueException */
export function checkRequired(
  kind: EventSourceKind,
  input: Readonly<Partial<CreateEventSourceMappingRequest>>,
): void {
  for (const member of RULES[kind].required) {
    if (input[member] !== undefined) continue;
    if (kind === 'documentdb') throw invalidParameter(`Invalid parameters: ${wireName(member)}`);
    if (kind === 'kinesis' || kind === 'dynamodb') {
      throw invalidParameter(
        `1 validation error detected: Value null at '${wireName(member)}' failed to satisfy constraint: Member must not be null.`,
      );
    }
    throw invalidParameter(`Required '${wireName(member)}' parameter is missing.`);
  }
}

function wireName(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}
