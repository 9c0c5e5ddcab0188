import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD_TOKEN, failure, LogsServer, NO_GROUP, NO_STREAM, texts } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

describe('FilterLogEvents', () => {
  let logGroupName: string;
  let start: number;

  beforeAll(async () => {
    logGroupName = await server.group();
    start = server.clock.now();
    for (const logStreamName of ['app-1', 'app-2', 'web']) {
      await server.stream(logGroupName, logStreamName);
    }
    for (let n = 0; n < 6; n++) {
      const logStreamName = ['app-1', 'app-2', 'web'][n % 3]!;
      const level = n % 2 === 0 ? 'INFO' : 'ERROR';
      const logEvents = [{ timestamp: start + n, message: `${level} ${n}` }];
      await server.client.putLogEvents({ logGroupName, logStreamName, logEvents });
    }
  });

  const filter = (input: object) => server.client.filterLogEvents({ logGroupName, ...input });

  test('mixes streams in the order of time', async () => {
    const { events, searchedLogStreams, nextToken } = await filter({});
    expect(texts(events)).toEqual(['INFO 0', 'ERROR 1', 'INFO 2', 'ERROR 3', 'INFO 4', 'ERROR 5']);
    expect(events![1]).toEqual({
      logStreamName: 'app-2',
      timestamp: start + 1,
      message: 'ERROR 1',
      ingestionTime: start,
      eventId: expect.stringMatching(/^3\d{55}$/),
    });
    expect(searchedLogStreams).toEqual([]);
    expect(nextToken).toBeUndefined();
    const ids = events!.map(({ eventId }) => eventId!);
    expect([...ids].sort()).toEqual(ids);
  });

  test('by pattern, streams, prefix and time, with its end', async () => {
    expect(texts((await filter({ filterPattern: 'ERROR' })).events)).toEqual([
      'ERROR 1',
      'ERROR 3',
      'ERROR 5',
    ]);
    expect(texts((await filter({ logStreamNames: ['web'] })).events)).toEqual(['INFO 2', 'ERROR 5']);
    expect(texts((await filter({ logStreamNamePrefix: 'app-' })).events)).toHaveLength(4);
    const { events } = await filter({ startTime: start + 1, endTime: start + 3 });
    expect(texts(events)).toEqual(['ERROR 1', 'INFO 2', 'ERROR 3']);
  });

  test('page by page, forward and backward', async () => {
    for (const startFromHead of [true, false]) {
      const seen: string[] = [];
      let nextToken: string | undefined;
      do {
        const startTime = start;
        const page = await filter({ filterPattern: 'ERROR', limit: 2, nextToken, startFromHead, startTime });
        seen.push(...texts(page.events));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      const all = ['ERROR 1', 'ERROR 3', 'ERROR 5'];
      expect(seen).toEqual(startFromHead ? all : all.reverse());
    }
  });

  test('refuses what AWS refuses', async () => {
    await expect(filter({ logStreamNames: ['none'] })).rejects.toMatchObject(NO_STREAM);
    await expect(filter({ logStreamNames: ['web'], logStreamNamePrefix: 'w' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(filter({ filterPattern: '{ $.a' })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Invalid filter pattern'),
    );
    await expect(filter({ nextToken: 'made-up' })).rejects.toMatchObject(BAD_TOKEN);
    await expect(filter({ logGroupName: 'none' })).rejects.toMatchObject(NO_GROUP);
  });
});
