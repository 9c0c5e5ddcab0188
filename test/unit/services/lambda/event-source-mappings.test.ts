import type { CreateEventSourceMappingRequest } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UUID as ID, type LambdaServer, startLambda } from './support.ts';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda({ transition: 1000 });
  await it.create('f');
  await it.clock.advance(1000);
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

const ARN = 'arn:aws:lambda:us-east-1:000000000000';
const queue = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const stream = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;

function create(more: Partial<CreateEventSourceMappingRequest>) {
  return it.lambda.createEventSourceMapping({ FunctionName: 'f', ...more });
}

const SECRET = {
  Type: 'BASIC_AUTH',
  URI: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:s',
} as const;

const settle = () => it.clock.advance(1000);

describe('an event source mapping', () => {
  test('of a queue is answered with its defaults, and goes through its states', async () => {
    const { $metadata, ...created } = await create({ EventSourceArn: queue('plain') });
    expect($metadata.httpStatusCode).toBe(202);
    const UUID = created.UUID!;
    const shown = {
      UUID: ID,
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: queue('plain'),
      EventSourceMappingArn: `${ARN}:event-source-mapping:${UUID}`,
      FunctionArn: `${ARN}:function:f`,
      FunctionResponseTypes: [],
      LastModified: new Date(it.clock.now()),
      StateTransitionReason: 'USER_INITIATED',
    };
    expect(created).toEqual({ ...shown, State: 'Creating' });
    await expect(it.lambda.deleteEventSourceMapping({ UUID })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Cannot delete the event source mapping because it is in use.',
    });
    await settle();
    const { $metadata: _, ...enabled } = await it.lambda.getEventSourceMapping({ UUID });
    expect(enabled).toEqual({ ...shown, State: 'Enabled' });
    const disabling = await it.lambda.updateEventSourceMapping({ UUID, Enabled: false, BatchSize: 5 });
    expect(disabling).toMatchObject({ State: 'Disabling', BatchSize: 5 });
    await settle();
    expect(await it.lambda.getEventSourceMapping({ UUID })).toMatchObject({
      State: 'Disabled',
      BatchSize: 5,
    });
    expect(await it.lambda.deleteEventSourceMapping({ UUID })).toMatchObject({ State: 'Deleting' });
    expect(await it.lambda.getEventSourceMapping({ UUID })).toMatchObject({ State: 'Deleting' });
    await settle();
    await expect(it.lambda.getEventSourceMapping({ UUID })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
    });
  });

  test('of a stream has more of them', async () => {
    const StartingPositionTimestamp = new Date('2025-12-24T00:00:00Z');
    const { $metadata: _, ...created } = await create({
      EventSourceArn: stream('all'),
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp,
      Enabled: false,
    });
    expect(created).toEqual({
      UUID: ID,
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      EventSourceArn: stream('all'),
      EventSourceMappingArn: `${ARN}:event-source-mapping:${created.UUID}`,
      FunctionArn: `${ARN}:function:f`,
      LastModified: new Date(it.clock.now()),
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
      DestinationConfig: { OnFailure: {} },
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
    });
    await settle();
    expect(await it.lambda.getEventSourceMapping({ UUID: created.UUID! })).toMatchObject({
      State: 'Disabled',
      StartingPositionTimestamp,
    });
  });

  test('of Kafka is known to its servers by its own id', async () => {
    const SelfManagedEventSource = { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['broker:9092'] } };
    const { $metadata: _, ...created } = await create({
      SelfManagedEventSource,
      Topics: ['orders'],
      StartingPosition: 'TRIM_HORIZON',
      SourceAccessConfigurations: [SECRET],
    });
    expect(created).toEqual({
      UUID: ID,
      BatchSize: 100,
      StartingPosition: 'TRIM_HORIZON',
      SelfManagedEventSource,
      SelfManagedKafkaEventSourceConfig: { ConsumerGroupId: created.UUID },
      SourceAccessConfigurations: [SECRET],
      Topics: ['orders'],
      EventSourceMappingArn: `${ARN}:event-source-mapping:${created.UUID}`,
      FunctionArn: `${ARN}:function:f`,
      LastModified: new Date(it.clock.now()),
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
    });
    const msk = await create({
      EventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/c/uuid-1',
      Topics: ['orders'],
      StartingPosition: 'LATEST',
      AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' },
    });
    expect(msk).toMatchObject({ AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: 'mine' } });
  });

  test('may be of MQ and of DocumentDB', async () => {
    const mq = await create({
      EventSourceArn: 'arn:aws:mq:us-east-1:000000000000:broker:b:b-1',
      Queues: ['q'],
      SourceAccessConfigurations: [SECRET],
    });
    expect(mq).toMatchObject({ BatchSize: 100, Queues: ['q'] });
    const documents = await create({
      EventSourceArn: 'arn:aws:rds:us-east-1:000000000000:cluster:docs',
      StartingPosition: 'LATEST',
      SourceAccessConfigurations: [SECRET],
      DocumentDBEventSourceConfig: { DatabaseName: 'db' },
    });
    expect(documents).toMatchObject({
      DocumentDBEventSourceConfig: { DatabaseName: 'db', FullDocument: 'Default' },
      MaximumBatchingWindowInSeconds: 0,
      StateTransitionReason: 'User action',
    });
  });

  test('leads to a version or an alias, and can be led elsewhere', async () => {
    await it.lambda.createAlias({ FunctionName: 'f', Name: 'live', FunctionVersion: '$LATEST' });
    const { UUID, FunctionArn } = await create({ FunctionName: 'f:live', EventSourceArn: queue('led') });
    expect(FunctionArn).toBe(`${ARN}:function:f:live`);
    await settle();
    const updated = await it.lambda.updateEventSourceMapping({ UUID: UUID!, FunctionName: 'f' });
    expect(updated).toMatchObject({ FunctionArn: `${ARN}:function:f`, State: 'Updating' });
  });

  test('exists once for a source and a function', async () => {
    const { UUID } = await create({ EventSourceArn: queue('once') });
    await expect(create({ EventSourceArn: queue('once') })).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `An event source mapping with SQS arn (" ${queue('once')} ") and function (" f ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    });
    const position = { StartingPosition: 'LATEST' } as const;
    const other = await create({ EventSourceArn: stream('once'), ...position });
    await expect(create({ EventSourceArn: stream('once'), ...position })).rejects.toMatchObject({
      message: `The event source arn (" ${stream('once')} ") and function (" f ") provided mapping already exists. Please update or delete the existing mapping with UUID ${other.UUID}`,
    });
  });

  test('of Kafka exists once for a topic of any of its servers', async () => {
    const kafka = (...servers: string[]) =>
      create({
        SelfManagedEventSource: { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: servers } },
        Topics: ['once'],
        StartingPosition: 'LATEST',
        SourceAccessConfigurations: [SECRET],
      });
    const { UUID } = await kafka('k1:9092');
    await kafka('k3:9092');
    await expect(kafka('k1:9092', 'k2:9092')).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `An event source mapping with event source ("k1:9092,k2:9092"), function ("${ARN}:function:f"), topics ("once") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    });
  });

  test('is listed by source and by function, page by page', async () => {
    await it.create('listed');
    await settle();
    for (const name of ['l1', 'l2', 'l3'])
      await create({ FunctionName: 'listed', EventSourceArn: queue(name) });
    const FunctionName = 'listed';
    const first = await it.lambda.listEventSourceMappings({ FunctionName, MaxItems: 2 });
    const second = await it.lambda.listEventSourceMappings({ FunctionName, Marker: first.NextMarker! });
    expect(second).not.toHaveProperty('NextMarker');
    const all = [...first.EventSourceMappings!, ...second.EventSourceMappings!];
    expect(all.map(({ EventSourceArn }) => EventSourceArn).sort()).toEqual(['l1', 'l2', 'l3'].map(queue));
    const { EventSourceMappings } = await it.lambda.listEventSourceMappings({ EventSourceArn: queue('l2') });
    expect(EventSourceMappings).toHaveLength(1);
    await expect(it.lambda.listEventSourceMappings({ FunctionName: 'nowhere' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Function not found: ${ARN}:function:nowhere`,
    });
  });
});
