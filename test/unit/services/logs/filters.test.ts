import { gunzipSync } from 'node:zlib';
import type { StartLiveTailResponseStream } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, LogsServer } from './support.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:logger';

interface Delivery {
  functionArn: string;
  data: {
    messageType: string;
    owner: string;
    logGroup: string;
    logStream: string;
    subscriptionFilters: string[];
    logEvents: { id: string; timestamp: number; message: string }[];
  };
}

let server: LogsServer;
const deliveries: Delivery[] = [];

beforeAll(async () => {
  server = await LogsServer.start({
    mayInvoke: (functionArn, source) =>
      functionArn === FUNCTION && source.account === '000000000000' && source.arn.endsWith(':*'),
    invokeAsync: async (functionArn, _source, payload) => {
      const { awslogs } = JSON.parse(Buffer.from(payload).toString()) as { awslogs: { data: string } };
      const text = gunzipSync(Buffer.from(awslogs.data, 'base64')).toString();
      deliveries.push({ functionArn, data: JSON.parse(text) as Delivery['data'] });
    },
  });
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  deliveries.length = 0;
});

function failure(name: string, message: string) {
  return { name, message, $metadata: { httpStatusCode: 400 } };
}

describe('metric filters', () => {
  const metricTransformations = [{ metricName: 'Errors', metricNamespace: 'App', metricValue: '1' }];

  test('are kept as AWS gives them back', async () => {
    const logGroupName = await server.group();
    const filter = { logGroupName, filterName: 'errors', filterPattern: 'ERROR' };
    await server.client.putMetricFilter({ ...filter, metricTransformations });
    const expected = {
      ...filter,
      metricTransformations,
      creationTime: server.clock.now(),
      applyOnTransformedLogs: false,
    };
    expect((await server.client.describeMetricFilters({ logGroupName })).metricFilters).toEqual([expected]);
    const byMetric = { metricName: 'Errors', metricNamespace: 'App' };
    expect((await server.client.describeMetricFilters(byMetric)).metricFilters).toEqual([expected]);
    expect(
      (await server.client.describeMetricFilters({ ...byMetric, metricName: 'x' })).metricFilters,
    ).toEqual([]);
    const { logGroups } = await server.client.describeLogGroups({ logGroupNamePrefix: logGroupName });
    expect(logGroups![0]!.metricFilterCount).toBe(1);
    await server.client.deleteMetricFilter({ logGroupName, filterName: 'errors' });
    await expect(
      server.client.deleteMetricFilter({ logGroupName, filterName: 'errors' }),
    ).rejects.toMatchObject(
      failure('ResourceNotFoundException', 'The specified metric filter does not exist.'),
    );
  });

  test('are refused with what can not be', async () => {
    const logGroupName = await server.group();
    const put = (more: object) =>
      server.client.putMetricFilter({
        logGroupName,
        filterName: 'f',
        filterPattern: '',
        metricTransformations,
        ...more,
      });
    await expect(put({ filterPattern: '[a' })).rejects.toMatchObject(
      failure('InvalidParameterException', "If a filter pattern starts with '[' it must end with ']'"),
    );
    const oneOf = (more: object) =>
      put({ metricTransformations: [{ ...metricTransformations[0]!, ...more }] });
    await expect(oneOf({ metricNamespace: 'AWS/Lambda' })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Metric namespaces starting with AWS/ are reserved for AWS.'),
    );
    await expect(oneOf({ dimensions: { a: 'b' } })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'Invalid metric transformation: dimension value must be valid selector',
      ),
    );
    await expect(oneOf({ dimensions: { a: '$a' } })).rejects.toMatchObject(
      failure('InvalidParameterException', 'The specified filter pattern does not support dimensions'),
    );
    await expect(put({ fieldSelectionCriteria: 'x = 1' })).rejects.toMatchObject(
      failure('InvalidParameterException', 'The provided field selection criteria is invalid'),
    );
    const both = { ...metricTransformations[0]!, defaultValue: 0, dimensions: { a: '$a' } };
    await expect(put({ metricTransformations: [both] })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
      ),
    );
    await expect(server.client.describeMetricFilters({ metricName: 'x' })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'If you include the metricName parameter in your request, you must also include the metricNamespace parameter.',
      ),
    );
  });

  test('are tried out', async () => {
    const { matches } = await server.client.testMetricFilter({
      filterPattern: '[..., status=4*, size]',
      logEventMessages: ['1.2.3.4 "GET /x" 404 15', '1.2.3.4 "GET /y" 200 7'],
    });
    expect(matches).toEqual([
      {
        eventNumber: 1,
        eventMessage: '1.2.3.4 "GET /x" 404 15',
        extractedValues: { $1: '1.2.3.4', $2: 'GET /x', $status: '404', $size: '15' },
      },
    ]);
  });
});

describe('subscription filters', () => {
  const subscribe = (
    logGroupName: string,
    filterName = 'all',
    filterPattern = '',
    destinationArn = FUNCTION,
  ) => server.client.putSubscriptionFilter({ logGroupName, filterName, filterPattern, destinationArn });

  test('are kept as AWS gives them back', async () => {
    const logGroupName = await server.group();
    await subscribe(logGroupName);
    const { subscriptionFilters } = await server.client.describeSubscriptionFilters({ logGroupName });
    expect(subscriptionFilters).toEqual([
      {
        filterName: 'all',
        logGroupName,
        filterPattern: '',
        destinationArn: FUNCTION,
        distribution: 'ByLogStream',
        applyOnTransformedLogs: false,
        creationTime: server.clock.now(),
      },
    ]);
    await server.client.deleteSubscriptionFilter({ logGroupName, filterName: 'all' });
    await expect(
      server.client.deleteSubscriptionFilter({ logGroupName, filterName: 'all' }),
    ).rejects.toMatchObject(
      failure('ResourceNotFoundException', 'The specified subscription filter does not exist.'),
    );
  });

  test('send what matches to the function, in the shape of AWS', async () => {
    const place = await server.stream();
    await subscribe(place.logGroupName, 'errors', 'ERROR');
    const now = server.clock.now();
    await server.put(place, 'INFO 1', 'ERROR 2', 'ERROR 3');
    await server.put(place, 'INFO 4');
    await server.engine.settle();
    expect(deliveries).toEqual([
      {
        functionArn: FUNCTION,
        data: {
          messageType: 'DATA_MESSAGE',
          owner: '000000000000',
          logGroup: place.logGroupName,
          logStream: 'stream',
          subscriptionFilters: ['errors'],
          logEvents: [
            { id: expect.stringMatching(/^\d{56}$/), timestamp: now + 1, message: 'ERROR 2' },
            { id: expect.stringMatching(/^\d{56}$/), timestamp: now + 2, message: 'ERROR 3' },
          ],
        },
      },
    ]);
    const { events } = await server.client.filterLogEvents({ ...place, filterPattern: 'ERROR' });
    expect(events!.map(({ eventId }) => eventId)).toEqual(deliveries[0]!.data.logEvents.map(({ id }) => id));
  });

  test('of the whole account send what all groups get, but for those left out', async () => {
    const policy = { policyName: 'all', policyType: 'SUBSCRIPTION_FILTER_POLICY' } as const;
    const left = await server.stream();
    const own = await server.stream(await server.group({ logGroupName: '/aws/lambda/logger' }));
    await server.put(left, 'ERROR before');
    const document = { DestinationArn: FUNCTION, FilterPattern: 'ERROR', Distribution: 'Random' };
    await server.client.putAccountPolicy({
      ...policy,
      policyDocument: JSON.stringify(document),
      selectionCriteria: `LogGroupName NOT IN ["${left.logGroupName}"]`,
    });
    const place = await server.stream();
    for (const one of [left, own, place]) await server.put(one, 'INFO 1', 'ERROR 2');
    await server.client.deleteAccountPolicy(policy);
    await server.put(place, 'ERROR 3');
    await server.engine.settle();
    expect(deliveries.map(({ data }) => data)).toMatchObject([
      {
        logGroup: place.logGroupName,
        subscriptionFilters: ['all'],
        logEvents: [{ message: 'ERROR 2' }],
      },
    ]);
    const DestinationArn = `${FUNCTION}-2`;
    await expect(
      server.client.putAccountPolicy({ ...policy, policyDocument: JSON.stringify({ DestinationArn }) }),
    ).rejects.toThrow('Could not execute the lambda function.');
  });

  test('send nothing any more once they are deleted, with or without their group', async () => {
    const place = await server.stream();
    await subscribe(place.logGroupName);
    await server.client.deleteLogGroup(place);
    await server.stream(await server.group({ logGroupName: place.logGroupName }));
    await server.put(place, 'x');
    await server.engine.settle();
    expect(deliveries).toEqual([]);
  });

  test('are two at most, and only of what AWS delivers to', async () => {
    const logGroupName = await server.group();
    await subscribe(logGroupName, 'one');
    await subscribe(logGroupName, 'two');
    await subscribe(logGroupName, 'two', 'changed');
    await expect(subscribe(logGroupName, 'three')).rejects.toMatchObject(
      failure('LimitExceededException', 'Resource limit exceeded.'),
    );
    await expect(subscribe(logGroupName, 'one', '', `${FUNCTION}-other`)).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
      ),
    );
    await expect(
      subscribe('/none', 'one', '', 'arn:aws:lambda:eu-west-1:111122223333:function:f'),
    ).rejects.toMatchObject(
      failure(
        'AccessDeniedException',
        'Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.',
      ),
    );
    await expect(
      subscribe('/none', 'one', '', 'arn:aws:kinesis:eu-west-1:111122223333:stream/s'),
    ).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'destinationArn for vendor kinesis cannot be used without roleArn',
      ),
    );
    await expect(
      subscribe(logGroupName, 'one', '', 'arn:aws:sns:eu-west-1:000000000000:topic'),
    ).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'PutSubscriptionFilter operation cannot work with destinationArn for vendor sns',
      ),
    );
  });
});

describe('Live Tail', () => {
  async function tail(input: object, count: number, between: (index: number) => Promise<void>) {
    const { responseStream } = await server.client.startLiveTail({ logGroupIdentifiers: [], ...input });
    const events: StartLiveTailResponseStream[] = [];
    for await (const event of responseStream!) {
      events.push(event);
      if (events.length === count) break;
      await between(events.length);
    }
    return events;
  }

  const arnOf = (name: string) => `arn:aws:logs:eu-west-1:000000000000:log-group:${name}`;

  test('tells once a second what came', async () => {
    const place = await server.stream();
    const identifier = arnOf(place.logGroupName);
    const input = { logGroupIdentifiers: [identifier], logEventFilterPattern: 'ERROR' };
    const now = server.clock.now();
    const [start, first, second] = await tail(input, 3, async (index) => {
      if (index === 1) await server.put(place, 'INFO', 'ERROR');
      await server.clock.advance(1_000);
    });
    expect(start).toEqual({
      sessionStart: {
        requestId: expect.any(String),
        sessionId: expect.any(String),
        logGroupIdentifiers: [identifier],
        logStreamNames: [],
        logStreamNamePrefixes: [],
        logEventFilterPattern: 'ERROR',
      },
    });
    expect(first).toEqual({
      sessionUpdate: {
        sessionMetadata: { sampled: false },
        sessionResults: [
          {
            logStreamName: 'stream',
            logGroupIdentifier: `000000000000:${place.logGroupName}`,
            message: 'ERROR',
            timestamp: now + 1,
            ingestionTime: now,
          },
        ],
      },
    });
    expect(second!.sessionUpdate!.sessionResults).toEqual([]);
  });

  test('ends after three hours', async () => {
    const logGroupIdentifiers = [arnOf(await server.group())];
    await expect(
      tail({ logGroupIdentifiers }, 20_000, async (index) => {
        if (index <= 2) await server.clock.advance(2 * HOUR);
      }),
    ).rejects.toMatchObject({ name: 'SessionTimeoutException' });
  });

  test('is refused without a group, or with names of groups', async () => {
    await expect(tail({ logGroupIdentifiers: [arnOf('none')] }, 1, async () => {})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(
      tail({ logGroupIdentifiers: [await server.group()] }, 1, async () => {}),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});
