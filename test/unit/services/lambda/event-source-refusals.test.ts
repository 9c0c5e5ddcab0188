import type { CreateEventSourceMappingRequest } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
  await it.create('f');
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

type Input = Partial<CreateEventSourceMappingRequest>;

const create = (input: Input) => it.lambda.createEventSourceMapping({ FunctionName: 'f', ...input });

const arn = (service: string, rest: string, region = 'us-east-1') =>
  `arn:aws:${service}:${region}:000000000000:${rest}`;
const QUEUE: Input = { EventSourceArn: arn('sqs', 'q') };
const FIFO: Input = { EventSourceArn: arn('sqs', 'q.fifo') };
const STREAM: Input = { EventSourceArn: arn('kinesis', 'stream/s'), StartingPosition: 'LATEST' };
const TABLE: Input = {
  EventSourceArn: arn('dynamodb', 'table/t/stream/2026-01-01T00:00:00.000'),
  StartingPosition: 'LATEST',
};
const SECRET = { Type: 'BASIC_AUTH', URI: arn('secretsmanager', 'secret:s') } as const;
const MSK: Input = {
  EventSourceArn: arn('kafka', 'cluster/c/uuid-1'),
  StartingPosition: 'LATEST',
  Topics: ['topic'],
};
const KAFKA: Input = {
  SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['k:9092'] } },
  StartingPosition: 'LATEST',
  Topics: ['topic'],
  SourceAccessConfigurations: [SECRET],
};
const BROKER: Input = {
  EventSourceArn: arn('mq', 'broker:b:b-1'),
  Queues: ['q'],
  SourceAccessConfigurations: [SECRET],
};
const DOCUMENTS: Input = {
  EventSourceArn: arn('rds', 'cluster:docs'),
  StartingPosition: 'LATEST',
  SourceAccessConfigurations: [SECRET],
  DocumentDBEventSourceConfig: { DatabaseName: 'db' },
};

const without = <K extends keyof CreateEventSourceMappingRequest>(input: Input, member: K): Input => {
  const { [member]: _, ...rest } = input;
  return rest;
};
const filters = (...patterns: string[]): Input => ({
  FilterCriteria: { Filters: patterns.map((Pattern) => ({ Pattern })) },
});
const onFailure = (Destination: string): Input => ({ DestinationConfig: { OnFailure: { Destination } } });

const NO_POSITION =
  "1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.";
const NO_ACCESS = "Required 'sourceAccessConfigurations' parameter is missing.";
const STRANGE_ACCESS = 'Unsupported source access configurations type for given event source mapping type.';
const unsupported = (name: string) => `Unsupported ${name} parameter for given event source mapping type.`;

describe('an event source mapping is refused as AWS refuses it:', () => {
  test.each<[string, Input, string]>([
    ['no source', {}, 'Unrecognized event source.'],
    [
      'a source of another kind',
      { EventSourceArn: 'arn:aws:s3:::bucket' },
      'Unrecognized event source. Unsupported source arn : arn:aws:s3:::bucket',
    ],
    [
      'a source of another region',
      { EventSourceArn: arn('sqs', 'q', 'eu-west-1') },
      'Event source region must match Lambda region us-east-1',
    ],
    [
      'a broker of another account',
      { ...BROKER, EventSourceArn: 'arn:aws:mq:us-east-1:111111111111:broker:b:b-1' },
      'Role and event source must be in the same account as the cloud function',
    ],
    ['a function that is not there', { ...QUEUE, FunctionName: 'nowhere' }, 'Function does not exist'],
    ['a version that is not there', { ...QUEUE, FunctionName: 'f:7' }, 'Function does not exist'],
    ['a stream without a position', without(STREAM, 'StartingPosition'), NO_POSITION],
    ['a table without a position', without(TABLE, 'StartingPosition'), NO_POSITION],
    [
      'a time with another position',
      { ...STREAM, StartingPositionTimestamp: new Date(0) },
      'Timestamp only valid with StartingPosition AT_TIMESTAMP',
    ],
    [
      'a time before all times',
      { ...STREAM, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(-1000) },
      'Received Exception while reading from provided stream. class java.lang.Long can not be converted to a Timestamp',
    ],
    [
      'a table from a time',
      { ...TABLE, StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(0) },
      `Unsupported starting position for arn type: ${TABLE.EventSourceArn}`,
    ],
    [
      'a queue with a position',
      { ...QUEUE, StartingPosition: 'LATEST' },
      'StartingPosition is not valid for SQS event sources.',
    ],
    [
      'a queue with a time',
      { ...QUEUE, StartingPositionTimestamp: new Date(0) },
      'Timestamp is not valid for SQS event sources.',
    ],
    [
      'a broker with a position',
      { ...BROKER, StartingPosition: 'LATEST' },
      unsupported("'startingPosition'"),
    ],
    [
      'a broker with a time',
      { ...BROKER, StartingPositionTimestamp: new Date(0) },
      unsupported("'startingPositionTimestamp'"),
    ],
    [
      'a broker with partial answers',
      { ...BROKER, FunctionResponseTypes: ['ReportBatchItemFailures'] },
      unsupported("'functionResponseTypes'"),
    ],
    ['Kafka without access', without(KAFKA, 'SourceAccessConfigurations'), NO_ACCESS],
    ['a broker without access', without(BROKER, 'SourceAccessConfigurations'), NO_ACCESS],
    ['Kafka without topics', without(MSK, 'Topics'), "Required 'topics' parameter is missing."],
    [
      'a broker with access of Kafka',
      { ...BROKER, SourceAccessConfigurations: [{ ...SECRET, Type: 'SASL_SCRAM_512_AUTH' }] },
      STRANGE_ACCESS,
    ],
    [
      'documents without access',
      without(DOCUMENTS, 'SourceAccessConfigurations'),
      'Invalid parameters: sourceAccessConfigurations, sourceAccessConfigurations',
    ],
    [
      'documents without a database',
      { ...DOCUMENTS, DocumentDBEventSourceConfig: { CollectionName: 'c' } },
      'Invalid parameters: databaseName',
    ],
    ['documents with filters', { ...DOCUMENTS, ...filters('{}') }, 'Invalid parameters: filterCriteria'],
    [
      'a large batch without a window',
      { ...QUEUE, BatchSize: 11 },
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
    ],
    [
      'a FIFO queue with a window',
      { ...FIFO, BatchSize: 11, MaximumBatchingWindowInSeconds: 1 },
      'Batching window is not supported for FIFO queues',
    ],
    [
      'records that are too young',
      { ...STREAM, MaximumRecordAgeInSeconds: 59 },
      'MaximumRecordAgeInSeconds must be either -1 (forever) or between 60 and 604800 (inclusive)',
    ],
    ['a filter that is no list', { ...QUEUE, ...filters('{"a":1}') }, 'Invalid filter pattern definition.'],
    ['a filter that is no JSON', { ...QUEUE, ...filters('{') }, 'Invalid filter pattern definition.'],
    [
      'too many filters',
      { ...QUEUE, ...filters('{}', '{}', '{}', '{}', '{}', '{}') },
      'Too many filter patterns, maximum allowed 5 patterns, provided 6 patterns.',
    ],
    ['a factor of a queue', { ...QUEUE, ParallelizationFactor: 2 }, unsupported('ParallelizationFactor')],
    [
      'a destination of a queue',
      { ...QUEUE, ...onFailure(arn('sqs', 'd')) },
      unsupported('DestinationConfig'),
    ],
    [
      'a destination for what succeeded',
      { ...STREAM, DestinationConfig: { OnSuccess: { Destination: arn('sqs', 'd') } } },
      unsupported('DestinationConfig'),
    ],
    [
      'a function as a destination',
      { ...STREAM, ...onFailure(arn('lambda', 'function:g')) },
      "The service specified by the TargetArn isn't supported as a destination.",
    ],
    [
      'a FIFO queue as a destination',
      { ...TABLE, ...onFailure(arn('sqs', 'd.fifo')) },
      "FIFO-type Amazon SQS queues aren't supported as a destination.",
    ],
    [
      'metrics of Kafka for a queue',
      { ...QUEUE, MetricsConfig: { Metrics: ['EventCount', 'KafkaMetrics'] } },
      'Invalid EventSourceMapping metrics. Expected values: [EventCount]',
    ],
    [
      'scaling of a stream',
      { ...STREAM, ScalingConfig: { MaximumConcurrency: 2 } },
      unsupported('ScalingConfig'),
    ],
    [
      'pollers of a stream',
      { ...STREAM, ProvisionedPollerConfig: { MinimumPollers: 2 } },
      unsupported('ProvisionedPollerConfig'),
    ],
    [
      'fewer pollers than pollers',
      { ...MSK, ProvisionedPollerConfig: { MinimumPollers: 9, MaximumPollers: 3 } },
      'MinimumPollers must be less than or equal to MaximumPollers.',
    ],
    [
      'too few pollers of a queue',
      { ...QUEUE, ProvisionedPollerConfig: { MinimumPollers: 1 } },
      'MinimumPollers should be between [2, 200] and MaximumPollers should be between [MinimumPollers, 10000]',
    ],
    [
      'two bounds of a queue',
      { ...QUEUE, ProvisionedPollerConfig: { MinimumPollers: 2 }, ScalingConfig: { MaximumConcurrency: 2 } },
      'Provisioned mode for SQS ESM does not support maximum concurrency feature. Use MaximumPollers as the control mechanism and remove maximum concurrency.',
    ],
  ])('%s', async (_name, input, message) => {
    await expect(create(input)).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message,
      Type: 'User',
    });
  });

  test.each<[string, Input, string]>([
    [
      'a batch size out of range',
      { ...TABLE, BatchSize: 10_001 },
      "1 validation error detected: Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ],
    [
      'a position that there is not',
      { ...STREAM, StartingPosition: 'NOW' as 'LATEST' },
      "1 validation error detected: Value 'NOW' at 'startingPosition' failed to satisfy constraint: Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
    ],
  ])('%s', async (_name, input, message) => {
    await expect(create(input)).rejects.toMatchObject({ name: 'ValidationException', message });
  });

  test('more concurrency than the function has', async () => {
    await it.create('reserved');
    await it.lambda.putFunctionConcurrency({ FunctionName: 'reserved', ReservedConcurrentExecutions: 5 });
    const named = { ...QUEUE, FunctionName: 'reserved' };
    const message = 'MaximumConcurrency: 100 is greater than Function Reserved Concurrency: 5';
    await expect(create({ ...named, ScalingConfig: { MaximumConcurrency: 100 } })).rejects.toThrow(message);
    const { UUID } = await create({ ...named, ScalingConfig: { MaximumConcurrency: 5 } });
    await it.clock.advance(10);
    await expect(
      it.lambda.updateEventSourceMapping({ UUID: UUID!, ScalingConfig: { MaximumConcurrency: 100 } }),
    ).rejects.toThrow(message);
  });
});
