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
  /** Whether it is read from a position. */
  positioned: boolean;
  batchSize: { usual: number; most: number };
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
  positioned: false,
  batchSize: { usual: 10, most: 10_000 },
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
  positioned: true,
  batchSize: { usual: 100, most: 10_000 },
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
  positioned: true,
  batchSize: { usual: 100, most: 10_000 },
  defaults: { LastProcessingResult: 'No records processed', DestinationConfig: { OnFailure: {} } },
  reason: 'USER_INITIATED',
};

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html */
const RULES: Readonly<Record<EventSourceKind, KindRules>> = {
  sqs: QUEUE,
  'sqs-fifo': {
    ...QUEUE,
    members: QUEUE.members.filter((member) => member !== 'MaximumBatchingWindowInSeconds'),
    batchSize: { usual: 10, most: 10 },
  },
  kinesis: STREAM,
  dynamodb: STREAM,
  msk: { ...KAFKA, members: [...KAFKA.members, 'AmazonManagedKafkaEventSourceConfig'] },
  kafka: {
    ...KAFKA,
    members: [...KAFKA.members, 'SelfManagedEventSource', 'SelfManagedKafkaEventSourceConfig'],
  },
  mq: {
    members: ['MaximumBatchingWindowInSeconds', 'Queues', 'SourceAccessConfigurations'],
    positioned: false,
    batchSize: { usual: 100, most: 10_000 },
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
    positioned: true,
    batchSize: { usual: 100, most: 10_000 },
    defaults: { LastProcessingResult: 'No records processed' },
    reason: 'USER_INITIATED',
  },
};

/** Those that only some kinds know. */
const SPECIAL = new Set(Object.values(RULES).flatMap(({ members }) => members));

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
  if (arn === undefined && own) return 'kafka';
  const kind = arn === undefined ? undefined : KINDS.find(([pattern]) => pattern.test(arn))?.[1];
  if (!kind) throw invalidParameter('Unrecognized event source.');
  return kind;
}

export function rulesOf(kind: EventSourceKind): KindRules {
  return RULES[kind];
}

/** Refuses what a kind of source does not know. @throws InvalidParameterValueException */
export function checkMembers(
  kind: EventSourceKind,
  input: Readonly<Partial<CreateEventSourceMappingRequest>>,
): void {
  const { members } = RULES[kind];
  for (const member of SPECIAL) {
    if (input[member] === undefined || members.includes(member)) continue;
    throw invalidParameter(`Unsupported ${member} parameter for given event source mapping type.`);
  }
}
