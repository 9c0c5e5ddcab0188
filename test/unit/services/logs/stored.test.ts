import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogsServer } from './support.ts';

let server: LogsServer;
const PREFIX = 'arn:aws:logs:eu-west-1:000000000000';
const DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

const UNKNOWN = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } };

test('destinations', async () => {
  const input = {
    destinationName: 'central',
    targetArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/s',
    roleArn: 'arn:aws:iam::000000000000:role/r',
  };
  const { destination } = await server.client.putDestination({ ...input, tags: { a: 'b' } });
  const arn = `${PREFIX}:destination:central`;
  const expected = { ...input, arn, creationTime: server.clock.now() };
  expect(destination).toEqual(expected);
  await server.client.putDestinationPolicy({ destinationName: 'central', accessPolicy: DOCUMENT });
  expect((await server.client.describeDestinations({ DestinationNamePrefix: 'cen' })).destinations).toEqual([
    { ...expected, accessPolicy: DOCUMENT },
  ]);
  expect((await server.client.listTagsForResource({ resourceArn: arn })).tags).toEqual({ a: 'b' });
  await server.client.deleteDestination({ destinationName: 'central' });
  await expect(server.client.deleteDestination({ destinationName: 'central' })).rejects.toMatchObject(
    UNKNOWN,
  );
});

test('deliveries from a source to a destination', async () => {
  const resourceArn = 'arn:aws:bedrock:eu-west-1:000000000000:knowledge-base/x';
  const logType = 'APPLICATION_LOGS';
  const source = await server.client.putDeliverySource({
    name: 'source',
    resourceArn,
    logType,
    tags: { a: 'b' },
  });
  expect(source.deliverySource).toEqual({
    name: 'source',
    arn: `${PREFIX}:delivery-source:source`,
    resourceArns: [resourceArn],
    service: 'bedrock',
    logType,
    tags: { a: 'b' },
  });
  await expect(
    server.client.putDeliverySource({ name: 'bucket', resourceArn: 'arn:aws:s3:::bucket', logType }),
  ).rejects.toMatchObject({ ...UNKNOWN, message: 'Cannot access provided service.' });
  const deliveryDestinationConfiguration = { destinationResourceArn: 'arn:aws:s3:::bucket' };
  const { deliveryDestination } = await server.client.putDeliveryDestination({
    name: 'target',
    outputFormat: 'json',
    deliveryDestinationConfiguration,
    tags: { c: 'd' },
  });
  expect(deliveryDestination).toEqual({
    name: 'target',
    arn: `${PREFIX}:delivery-destination:target`,
    deliveryDestinationType: 'S3',
    outputFormat: 'json',
    deliveryDestinationConfiguration,
  });
  const input = { deliverySourceName: 'source', deliveryDestinationArn: deliveryDestination!.arn! };
  const { delivery } = await server.client.createDelivery(input);
  expect(delivery).toEqual({
    id: expect.stringMatching(/^\w{16}$/),
    arn: `${PREFIX}:delivery:${delivery!.id}`,
    ...input,
    deliveryDestinationType: 'S3',
  });
  await expect(server.client.createDelivery(input)).rejects.toMatchObject({ name: 'ConflictException' });
  await expect(server.client.deleteDeliverySource({ name: 'source' })).rejects.toMatchObject({
    name: 'ConflictException',
  });
  await server.client.updateDeliveryConfiguration({ id: delivery!.id, recordFields: ['f'] });
  expect((await server.client.describeDeliveries({})).deliveries).toEqual([
    { ...delivery, recordFields: ['f'] },
  ]);
  expect((await server.client.getDeliverySource({ name: 'source' })).deliverySource!.tags).toEqual({
    a: 'b',
  });
  await server.client.deleteDelivery({ id: delivery!.id });
  await server.client.deleteDeliverySource({ name: 'source' });
  await server.client.deleteDeliveryDestination({ name: 'target' });
  await expect(server.client.getDelivery({ id: delivery!.id })).rejects.toMatchObject({
    ...UNKNOWN,
    message: 'Requested Delivery does not exist in this account.',
  });
});

test('what the cheaper classes of groups are refused', async () => {
  const logGroupName = await server.group({ logGroupClass: 'INFREQUENT_ACCESS' });
  const filter = { logGroupName, filterName: 'f', filterPattern: '' };
  // The class is looked at before the destination is, which isn't there.
  const destinationArn = `${PREFIX}:destination:none`;
  const metricTransformations = [{ metricName: 'm', metricNamespace: 'n', metricValue: '1' }];
  const logGroupArnList = [`${PREFIX}:log-group:${logGroupName}`];
  const refused = [
    server.client.putMetricFilter({ ...filter, metricTransformations }),
    server.client.putSubscriptionFilter({ ...filter, destinationArn }),
    server.client.describeSubscriptionFilters({ logGroupName }),
    server.client.putTransformer({
      logGroupIdentifier: logGroupName,
      transformerConfig: [{ parseJSON: {} }],
    }),
    server.client.createLogAnomalyDetector({ logGroupArnList }),
  ];
  for (const what of refused) {
    await expect(what).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'This operation is only supported on the Standard log class.',
    });
  }
});

test('anomaly detectors', async () => {
  const logGroupArnList = [`${PREFIX}:log-group:${await server.group()}`];
  const { anomalyDetectorArn } = await server.client.createLogAnomalyDetector({
    logGroupArnList,
    detectorName: 'd',
  });
  expect(anomalyDetectorArn).toMatch(/^arn:aws:logs:eu-west-1:000000000000:anomaly-detector:[\w-]{36}$/);
  await server.client.updateLogAnomalyDetector({ anomalyDetectorArn, enabled: false });
  const { anomalyDetectors } = await server.client.listLogAnomalyDetectors({});
  expect(anomalyDetectors).toMatchObject([
    {
      anomalyDetectorArn,
      detectorName: 'd',
      anomalyDetectorStatus: 'PAUSED',
      evaluationFrequency: 'FIFTEEN_MIN',
    },
  ]);
  expect((await server.client.listAnomalies({ anomalyDetectorArn })).anomalies).toEqual([]);
  const anomalyId = randomUUID();
  for (const [input, name] of [
    [{ anomalyDetectorArn, anomalyId }, 'ResourceNotFoundException'],
    [{ anomalyDetectorArn, anomalyId, patternId: 'a'.repeat(32) }, 'InvalidParameterException'],
    [{ anomalyDetectorArn }, 'InvalidParameterException'],
    [{ anomalyDetectorArn: `${anomalyDetectorArn}0`, anomalyId }, 'ResourceNotFoundException'],
  ] as const) {
    await expect(server.client.updateAnomaly(input)).rejects.toMatchObject({ name });
  }
  await server.client.deleteLogAnomalyDetector({ anomalyDetectorArn });
  await expect(server.client.getLogAnomalyDetector({ anomalyDetectorArn })).rejects.toMatchObject(UNKNOWN);
});

test('export tasks say that they can not', async () => {
  const logGroupName = await server.group();
  const input = { logGroupName, from: 0, to: 1, destination: 'bucket' };
  const { taskId } = await server.client.createExportTask(input);
  await expect(server.client.createExportTask(input)).rejects.toMatchObject({
    name: 'LimitExceededException',
  });
  await server.clock.advance(5_000);
  const { exportTasks } = await server.client.describeExportTasks({ taskId });
  expect(exportTasks).toMatchObject([
    { taskId, logGroupName, status: { code: 'FAILED' }, destinationPrefix: 'exportedlogs' },
  ]);
  const second = await server.client.createExportTask(input);
  await server.client.cancelExportTask({ taskId: second.taskId });
  const cancelled = await server.client.describeExportTasks({ statusCode: 'CANCELLED' });
  expect(cancelled.exportTasks).toHaveLength(1);
  await expect(server.client.cancelExportTask({ taskId })).rejects.toMatchObject({
    name: 'InvalidOperationException',
  });
});

test('transformers', async () => {
  const logGroupIdentifier = await server.group();
  const transformerConfig = [{ parseJSON: {} }];
  await server.client.putTransformer({ logGroupIdentifier, transformerConfig });
  expect(await server.client.getTransformer({ logGroupIdentifier })).toMatchObject({
    logGroupIdentifier: `${PREFIX}:log-group:${logGroupIdentifier}`,
    transformerConfig,
  });
  await server.client.deleteTransformer({ logGroupIdentifier });
  await expect(server.client.getTransformer({ logGroupIdentifier })).rejects.toMatchObject(UNKNOWN);
});

test('groups are counted by sources, of which there are none', async () => {
  const groupBy = 'DATA_SOURCE_NAME_AND_TYPE';
  const { aggregateLogGroupSummaries } = await server.client.listAggregateLogGroupSummaries({ groupBy });
  expect(aggregateLogGroupSummaries).toEqual([]);
  await expect(
    server.client.listAggregateLogGroupSummaries({ groupBy, nextToken: 'bogus' }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException' });
});
