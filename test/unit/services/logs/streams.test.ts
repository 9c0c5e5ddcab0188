import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, failure, HOUR, LogsServer, NO_GROUP, NO_STREAM, texts } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

describe('streams', () => {
  test('tell of their events once they have some', async () => {
    const place = await server.stream();
    const described = async () =>
      (await server.client.describeLogStreams({ logGroupName: place.logGroupName })).logStreams!;
    const arn = `arn:aws:logs:eu-west-1:000000000000:log-group:${place.logGroupName}:log-stream:stream`;
    const creationTime = server.clock.now();
    expect(await described()).toEqual([{ logStreamName: 'stream', creationTime, arn, storedBytes: 0 }]);
    await server.put(place, 'one', 'two');
    expect(await described()).toEqual([
      {
        logStreamName: 'stream',
        creationTime,
        arn,
        storedBytes: 0,
        firstEventTimestamp: creationTime,
        lastEventTimestamp: creationTime + 1,
        lastIngestionTime: creationTime,
        uploadSequenceToken: expect.stringMatching(/^49\d{54}$/),
      },
    ]);
  });

  test('are ordered by name or by last event, in both directions, page by page', async () => {
    const logGroupName = await server.group();
    for (const name of ['b', 'a', 'c', 'none']) await server.stream(logGroupName, name);
    for (const logStreamName of ['c', 'a', 'b']) {
      await server.put({ logGroupName, logStreamName }, 'x');
      await server.clock.advance(10);
    }
    const names = async (input: object): Promise<string[]> => {
      const all: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await server.client.describeLogStreams({ logGroupName, ...input, limit: 3, nextToken });
        all.push(...page.logStreams!.map(({ logStreamName }) => logStreamName!));
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return all;
    };
    expect(await names({})).toEqual(['a', 'b', 'c', 'none']);
    expect(await names({ descending: true })).toEqual(['none', 'c', 'b', 'a']);
    expect(await names({ orderBy: 'LastEventTime' })).toEqual(['none', 'c', 'a', 'b']);
    expect(await names({ orderBy: 'LastEventTime', descending: true })).toEqual(['b', 'a', 'c', 'none']);
    expect(await names({ logStreamNamePrefix: 'n' })).toEqual(['none']);
    await expect(names({ orderBy: 'LastEventTime', logStreamNamePrefix: 'n' })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Cannot order by LastEventTime with a logStreamNamePrefix.'),
    );
    await expect(
      server.client.describeLogStreams({ logGroupName, logGroupIdentifier: logGroupName }),
    ).rejects.toMatchObject(
      failure('ValidationException', 'LogGroup name and LogGroup ARN are mutually exclusive parameters.'),
    );
  });

  test('come one by one, and go with their events', async () => {
    const place = await server.stream();
    await server.put(place, 'old');
    await expect(server.client.createLogStream(place)).rejects.toMatchObject(
      failure('ResourceAlreadyExistsException', 'The specified log stream already exists'),
    );
    await server.client.deleteLogStream(place);
    await expect(server.client.getLogEvents(place)).rejects.toMatchObject(NO_STREAM);
    await expect(server.client.deleteLogStream(place)).rejects.toMatchObject(NO_STREAM);
    await server.client.createLogStream(place);
    expect((await server.client.getLogEvents(place)).events).toEqual([]);
    await expect(server.client.createLogStream({ ...place, logGroupName: 'none' })).rejects.toMatchObject(
      NO_GROUP,
    );
  });
});

describe('retention', () => {
  test('hides at once what is too old, and removes it within the hour; what is left is counted', async () => {
    await using own = await LogsServer.start();
    const place = await own.stream();
    await own.put(place, 'old', 'old too');
    await own.clock.advance(2 * DAY);
    await own.put(place, 'new');
    await own.client.putRetentionPolicy({ logGroupName: place.logGroupName, retentionInDays: 1 });
    expect(texts((await own.client.getLogEvents(place)).events)).toEqual(['new']);
    expect(texts((await own.client.filterLogEvents(place)).events)).toEqual(['new']);
    await own.clock.advance(HOUR);
    await own.engine.settle();
    await own.client.deleteRetentionPolicy({ logGroupName: place.logGroupName });
    expect(texts((await own.client.getLogEvents(place)).events)).toEqual(['new']);
    const { logGroups } = await own.client.describeLogGroups();
    expect(logGroups![0]!.storedBytes).toBe('new'.length + 26);
    const { logStreams } = await own.client.describeLogStreams(place);
    expect(logStreams![0]!.firstEventTimestamp).toBe(logStreams![0]!.lastEventTimestamp);
    expect(own.errors).toEqual([]);
  });
});
