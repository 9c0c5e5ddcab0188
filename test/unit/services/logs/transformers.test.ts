import { gunzipSync } from 'node:zlib';
import type { Processor } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LambdaTarget } from '../../../../src/services/logs/subscriptions.ts';
import { LogsServer } from './support.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:f';

let server: LogsServer;
let delivered: string[][];

beforeAll(async () => {
  const lambda: LambdaTarget = {
    mayInvoke: () => true,
    async invokeAsync(_, __, payload) {
      const { awslogs } = JSON.parse(Buffer.from(payload).toString()) as { awslogs: { data: string } };
      const data = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString()) as {
        logEvents: { message: string }[];
      };
      delivered.push(data.logEvents.map(({ message }) => message));
    },
  };
  delivered = [];
  server = await LogsServer.start(lambda);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

test('transformers are read before they are stored', async () => {
  const logGroupIdentifier = await server.group();
  const put = (...transformerConfig: Processor[]) =>
    server.client.putTransformer({ logGroupIdentifier, transformerConfig });
  await expect(put({ trimString: { withKeys: ['a'] } })).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringMatching(/^Transformer config should begin with parser\. Allowed parsers are /),
  });
  const refused: Processor[][] = [
    [{ parseJSON: {}, csv: {} }],
    [{ parseJSON: {} }, { parseVPC: {} }],
    [{ grok: { match: '%{DATA:a}' } }, { grok: { match: '%{DATA:a}' } }],
    Array.from({ length: 6 }, () => ({ parseJSON: {} })),
    [{ parseJSON: {} }, { substituteString: { entries: [{ source: 'a', from: '(', to: 'x' }] } }],
  ];
  for (const config of refused) {
    await expect(put(...config)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  }
  await put({ parseJSON: {} }, { trimString: { withKeys: ['a'] } });
  expect(await server.client.getTransformer({ logGroupIdentifier })).toMatchObject({
    transformerConfig: [{ parseJSON: {} }, { trimString: { withKeys: ['a'] } }],
  });
});

describe('the transformed version of events', () => {
  const config: Processor[] = [{ csv: { columns: ['level', 'code'] } }];

  test('goes to subscriptions that ask for it', async () => {
    const place = await server.stream();
    const { logGroupName } = place;
    await server.client.putTransformer({ logGroupIdentifier: logGroupName, transformerConfig: config });
    const filter = { logGroupName, destinationArn: FUNCTION, applyOnTransformedLogs: true };
    const filterPattern = '{ $.level = "ERROR" }';
    await server.client.putSubscriptionFilter({ ...filter, filterName: 'f', filterPattern });
    delivered = [];
    await server.put(place, 'INFO,1', 'ERROR,2');
    await server.engine.settle();
    expect(delivered).toEqual([['{"level":"ERROR","code":"2"}']]);

    await server.client.deleteTransformer({ logGroupIdentifier: logGroupName });
    delivered = [];
    await server.put(place, 'ERROR,3', '{"level":"ERROR"}');
    await server.engine.settle();
    expect(delivered).toEqual([['{"level":"ERROR"}']]);
  });

  test('is what queries find fields in, of events that came since', async () => {
    const place = await server.stream();
    const { logGroupName } = place;
    await server.put(place, 'OLD,1');
    server.clock.advance(10);
    await server.client.putTransformer({ logGroupIdentifier: logGroupName, transformerConfig: config });
    await server.put(place, 'NEW,2');
    const seconds = Math.floor(server.clock.now() / 1000);
    const { queryId } = await server.client.startQuery({
      logGroupName,
      startTime: seconds - 60,
      endTime: seconds + 60,
      queryString: 'fields level, @message | sort @message',
    });
    await server.engine.settle();
    const { results } = await server.client.getQueryResults({ queryId });
    const shown = results!.map((row) =>
      row.filter(({ field }) => field !== '@ptr').map(({ value }) => value),
    );
    expect(shown).toEqual([['NEW', 'NEW,2'], ['OLD,1']]);
    const pointer = results![0]!.find(({ field }) => field === '@ptr')!.value;
    const { logRecord } = await server.client.getLogRecord({ logRecordPointer: pointer });
    expect(logRecord).toMatchObject({ level: 'NEW', '@message': 'NEW,2' });
    const { events } = await server.client.getLogEvents({ ...place, startFromHead: true });
    expect(events!.map(({ message }) => message)).toEqual(['OLD,1', 'NEW,2']);
  });
});

test('regular expressions that take for ever are broken off, once', async () => {
  const entries = [{ source: 'a', from: '(a+)+$', to: 'x' }];
  const transformerConfig: Processor[] = [{ parseJSON: {} }, { substituteString: { entries } }];
  const message = JSON.stringify({ a: `${'a'.repeat(60)}!` });
  await expect(
    server.client.testTransformer({ transformerConfig, logEventMessages: [message] }),
  ).rejects.toMatchObject({ name: 'InvalidParameterException', message: 'The transformer takes too long.' });

  const place = await server.stream();
  const { logGroupName } = place;
  await server.client.putTransformer({ logGroupIdentifier: logGroupName, transformerConfig });
  const filter = { logGroupName, destinationArn: FUNCTION, applyOnTransformedLogs: true };
  await server.client.putSubscriptionFilter({ ...filter, filterName: 'f', filterPattern: '' });
  delivered = [];
  await server.put(place, message, message, message);
  await server.engine.settle();
  expect(delivered).toEqual([[message, message, message]]);
  expect(server.errors.map(String)).toEqual([
    `Error: The transformer of ${logGroupName} took too long, and is not used any more`,
  ]);
});
