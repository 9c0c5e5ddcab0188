import type { FilteredLogEvent, OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, HOUR, LogsServer, type Place } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

function texts(events: readonly (OutputLogEvent | FilteredLogEvent)[] | undefined): string[] {
  return events!.map(({ message }) => message!);
}

function failure(name: string, message: string) {
  return { name, message, $metadata: { httpStatusCode: 400 } };
}

const NO_GROUP = failure('ResourceNotFoundException', 'The specified log group does not exist.');
const NO_STREAM = failure('ResourceNotFoundException', 'The specified log stream does not exist.');
const BAD_TOKEN = failure('InvalidParameterException', 'The specified nextToken is invalid.');

describe('groups', () => {
  test('have the members of AWS, and no others', async () => {
    const logGroupName = await server.group({ tags: { a: 'b' } });
    const { logGroups } = await server.client.describeLogGroups({ logGroupNamePrefix: logGroupName });
    const arn = `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`;
    expect(logGroups).toEqual([
      {
        logGroupName,
        creationTime: server.clock.now(),
        metricFilterCount: 0,
        arn: `${arn}:*`,
        storedBytes: 0,
        logGroupClass: 'STANDARD',
        logGroupArn: arn,
        deletionProtectionEnabled: false,
      },
    ]);
    const found = await server.client.describeLogGroups({ logGroupNamePattern: logGroupName });
    expect(Object.keys(found.logGroups![0]!).sort()).toEqual([
      'arn',
      'creationTime',
      'logGroupArn',
      'logGroupClass',
      'logGroupName',
      'metricFilterCount',
    ]);
    expect(await server.client.listTagsForResource({ resourceArn: arn })).toMatchObject({ tags: { a: 'b' } });
  });

  test('are of one account and region', async () => {
    const logGroupName = await server.group();
    for (const other of [server.as('111122223333'), server.as('test', 'us-east-1')]) {
      await expect(other.describeLogStreams({ logGroupName })).rejects.toMatchObject(NO_GROUP);
      await other.createLogGroup({ logGroupName });
    }
  });

  test('come one by one, and are told of when they are there or not', async () => {
    const logGroupName = await server.group();
    await expect(server.client.createLogGroup({ logGroupName })).rejects.toMatchObject(
      failure('ResourceAlreadyExistsException', 'The specified log group already exists'),
    );
    await server.client.deleteLogGroup({ logGroupName });
    await expect(server.client.deleteLogGroup({ logGroupName })).rejects.toMatchObject(NO_GROUP);
    await server.group({ logGroupName });
  });

  test('are refused with names that AWS refuses', async () => {
    await expect(server.client.createLogGroup({ logGroupName: 'aws/x' })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Log groups starting with AWS/ are reserved for AWS.'),
    );
    const long = 'a'.repeat(513);
    const tooLong = failure(
      'InvalidParameterException',
      'Invalid LogGroup or LogStream, both must have length less than or equal to 512.',
    );
    await expect(server.client.createLogGroup({ logGroupName: long })).rejects.toMatchObject(tooLong);
    await expect(
      server.client.createLogStream({ logGroupName: 'a', logStreamName: long }),
    ).rejects.toMatchObject(tooLong);
    await expect(server.client.createLogGroup({ logGroupName: 'a b' })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
      ),
    );
  });

  test('are listed page by page, by prefix, part of the name, class and identifiers', async () => {
    for (const name of ['c', 'a', 'b']) await server.group({ logGroupName: `paged/${name}` });
    await server.group({ logGroupName: 'paged/rare', logGroupClass: 'INFREQUENT_ACCESS' });
    const names = async (input: object) => {
      const { logGroups, nextToken } = await server.client.describeLogGroups(input);
      return { names: logGroups!.map(({ logGroupName }) => logGroupName!.slice(6)), nextToken };
    };
    const first = await names({ logGroupNamePrefix: 'paged/', limit: 3 });
    expect(first.names).toEqual(['a', 'b', 'c']);
    const second = await names({ logGroupNamePrefix: 'paged/', limit: 3, nextToken: first.nextToken });
    expect(second).toEqual({ names: ['rare'], nextToken: undefined });
    expect((await names({ logGroupNamePattern: 'aged/r' })).names).toEqual(['rare']);
    expect((await names({ logGroupNamePattern: 'AGED' })).names).toEqual([]);
    expect((await names({ logGroupClass: 'INFREQUENT_ACCESS' })).names).toEqual(['rare']);
    const logGroupIdentifiers = ['paged/b', 'arn:aws:logs:eu-west-1:000000000000:log-group:paged/a', 'none'];
    expect((await names({ logGroupIdentifiers })).names).toEqual(['a', 'b']);
    await expect(names({ nextToken: 'made-up' })).rejects.toMatchObject(BAD_TOKEN);
    await expect(names({ logGroupNamePrefix: 'a', logGroupNamePattern: 'abc' })).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      ),
    );
    const { logGroups } = await server.client.listLogGroups({ logGroupNamePattern: '^paged/a|ged/r' });
    expect(logGroups).toEqual(
      ['paged/a', 'paged/rare'].map((logGroupName, index) => ({
        logGroupName,
        logGroupArn: `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`,
        logGroupClass: ['STANDARD', 'INFREQUENT_ACCESS'][index],
      })),
    );
  });

  test('keep their settings', async () => {
    const logGroupName = await server.group();
    const kmsKeyId = 'arn:aws:kms:eu-west-1:000000000000:key/abc';
    await server.client.putRetentionPolicy({ logGroupName, retentionInDays: 7 });
    await server.client.associateKmsKey({ logGroupName, kmsKeyId });
    await server.client.putLogGroupDeletionProtection({
      logGroupIdentifier: logGroupName,
      deletionProtectionEnabled: true,
    });
    const described = async () =>
      (await server.client.describeLogGroups({ logGroupNamePrefix: logGroupName })).logGroups![0]!;
    expect(await described()).toMatchObject({
      retentionInDays: 7,
      kmsKeyId,
      deletionProtectionEnabled: true,
    });
    await expect(server.client.deleteLogGroup({ logGroupName })).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await server.client.putLogGroupDeletionProtection({
      logGroupIdentifier: logGroupName,
      deletionProtectionEnabled: false,
    });
    await server.client.deleteRetentionPolicy({ logGroupName });
    await server.client.disassociateKmsKey({ logGroupName });
    const after = await described();
    expect(after.deletionProtectionEnabled).toBe(false);
    expect(after).not.toHaveProperty('retentionInDays');
    expect(after).not.toHaveProperty('kmsKeyId');
    await server.client.deleteLogGroup({ logGroupName });
    await expect(
      server.client.putRetentionPolicy({ logGroupName, retentionInDays: 2 }),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining("Value '2' at 'retentionInDays' failed to satisfy constraint"),
    });
    await expect(
      server.client.putRetentionPolicy({ logGroupName, retentionInDays: 1 }),
    ).rejects.toMatchObject(NO_GROUP);
  });

  test('are tagged by the old API and the new one', async () => {
    const logGroupName = await server.group();
    const resourceArn = `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`;
    await server.client.tagLogGroup({ logGroupName, tags: { a: '1', b: '2' } });
    await server.client.tagResource({ resourceArn, tags: { b: '3', c: '' } });
    expect((await server.client.listTagsLogGroup({ logGroupName })).tags).toEqual({ a: '1', b: '3', c: '' });
    await server.client.untagLogGroup({ logGroupName, tags: ['a', 'none'] });
    await server.client.untagResource({ resourceArn, tagKeys: ['c'] });
    expect((await server.client.listTagsForResource({ resourceArn })).tags).toEqual({ b: '3' });
    await expect(
      server.client.listTagsForResource({ resourceArn: `${resourceArn}-other` }),
    ).rejects.toMatchObject(failure('ResourceNotFoundException', 'The specified resource does not exist.'));
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, '']));
    await expect(server.client.tagResource({ resourceArn, tags: many })).rejects.toMatchObject({
      name: 'TooManyTagsException',
      resourceName: resourceArn,
    });
    await server.client.deleteLogGroup({ logGroupName });
    await server.group({ logGroupName });
    expect((await server.client.listTagsLogGroup({ logGroupName })).tags).toEqual({});
  });
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

describe('PutLogEvents', () => {
  const put = (place: Place, ...timestamps: number[]) =>
    server.client.putLogEvents({
      ...place,
      logEvents: timestamps.map((timestamp) => ({ timestamp, message: 'x' })),
    });

  test('takes any sequence token, and gives one', async () => {
    const place = await server.stream();
    const logEvents = [{ timestamp: server.clock.now(), message: 'x' }];
    const { nextSequenceToken, ...rest } = await server.client.putLogEvents({
      ...place,
      logEvents,
      sequenceToken: 'anything',
    });
    expect(nextSequenceToken).toMatch(/^\d{56}$/);
    expect(rest).not.toHaveProperty('rejectedLogEventsInfo');
  });

  test('rejects what is too old or too new, and takes the rest', async () => {
    const place = await server.stream();
    const now = server.clock.now();
    const answer = await put(place, now - 15 * DAY, now - HOUR, now, now + 3 * HOUR, now + 4 * HOUR);
    expect(answer.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1, tooNewLogEventStartIndex: 3 });
    expect((await server.client.getLogEvents(place)).events).toHaveLength(2);
  });

  test('rejects what the retention would remove', async () => {
    const place = await server.stream();
    await server.client.putRetentionPolicy({ logGroupName: place.logGroupName, retentionInDays: 1 });
    const now = server.clock.now();
    const { rejectedLogEventsInfo } = await put(place, now - 2 * DAY, now);
    expect(rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
  });

  test('takes times with a fraction as the millisecond that they are in, and no other numbers', async () => {
    const place = await server.stream();
    const now = server.clock.now();
    await put(place, now + 0.7);
    const { events } = await server.client.getLogEvents({ ...place, limit: 1.5 });
    expect(events!.map(({ timestamp }) => timestamp)).toEqual([now]);
    await expect(put(place, Number.NaN)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await server.client.describeLogStreams({ ...place, limit: 1.5 });
  });

  test('refuses batches out of order, longer than a day, or too large', async () => {
    const place = await server.stream();
    const now = server.clock.now();
    await expect(put(place, now, now - 1)).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'Log events in a single PutLogEvents request must be in chronological order.',
      ),
    );
    await expect(put(place, now - 2 * DAY, now)).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
      ),
    );
    const large = [1, 2].map(() => ({ timestamp: now, message: 'x'.repeat(600_000) }));
    await expect(server.client.putLogEvents({ ...place, logEvents: large })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Upload too large: 1200052 bytes exceeds limit of 1048576'),
    );
    const logEvents = [{ timestamp: now, message: 'ä'.repeat(524_276) }];
    await expect(server.client.putLogEvents({ ...place, logEvents })).rejects.toMatchObject(
      failure('InvalidParameterException', 'Log event too large: 1048578 bytes exceeds limit of 1048576'),
    );
    await expect(put(place)).rejects.toMatchObject(
      failure(
        'InvalidParameterException',
        "1 validation error detected: Value '[]' at 'logEvents' failed to satisfy constraint: Member must have length greater than or equal to 1",
      ),
    );
    await expect(put({ ...place, logStreamName: 'none' }, now)).rejects.toMatchObject(NO_STREAM);
    await expect(put({ ...place, logGroupName: 'none' }, now)).rejects.toMatchObject(NO_GROUP);
  });
});

describe('GetLogEvents', () => {
  let place: Place;
  let start: number;

  beforeAll(async () => {
    place = await server.stream();
    start = server.clock.now();
    await server.put(place, 'a', 'b', 'c', 'd', 'e');
  });

  test('gives the last events, in the order of their times', async () => {
    const { events } = await server.client.getLogEvents({ ...place, limit: 2 });
    expect(events).toEqual([
      { timestamp: start + 3, message: 'd', ingestionTime: start },
      { timestamp: start + 4, message: 'e', ingestionTime: start },
    ]);
  });

  test('is read forward to an end that stays where it is until there is more', async () => {
    const input = { ...place, limit: 2, startFromHead: true };
    const seen: string[] = [];
    let nextToken: string | undefined;
    for (;;) {
      const page = await server.client.getLogEvents({ ...input, nextToken });
      seen.push(...texts(page.events));
      expect(page.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
      if (page.nextForwardToken === nextToken) break;
      nextToken = page.nextForwardToken;
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
    await server.client.putLogEvents({ ...place, logEvents: [{ timestamp: start + 9, message: 'f' }] });
    expect(texts((await server.client.getLogEvents({ ...input, nextToken })).events)).toEqual(['f']);
  });

  test('is read backward to the beginning', async () => {
    const input = { ...place, limit: 2, endTime: start + 5 };
    const pages: string[][] = [];
    let nextToken: string | undefined;
    for (;;) {
      const page = await server.client.getLogEvents({ ...input, nextToken });
      pages.push(texts(page.events));
      if (page.nextBackwardToken === nextToken) break;
      nextToken = page.nextBackwardToken;
    }
    expect(pages).toEqual([['d', 'e'], ['b', 'c'], ['a'], []]);
  });

  test('the backward token of a page leads to what was in front of it, the forward token of that one back again', async () => {
    const last = await server.client.getLogEvents({ ...place, limit: 2, endTime: start + 5 });
    const before = await server.client.getLogEvents({
      ...place,
      limit: 2,
      nextToken: last.nextBackwardToken,
    });
    const again = await server.client.getLogEvents({
      ...place,
      limit: 2,
      nextToken: before.nextForwardToken,
    });
    expect(again.events).toEqual(last.events);
  });

  test('has the start, and not the end, of the time that is asked for', async () => {
    const { events } = await server.client.getLogEvents({
      ...place,
      startTime: start + 1,
      endTime: start + 3,
    });
    expect(texts(events)).toEqual(['b', 'c']);
  });

  test('takes the ARN of the group', async () => {
    const { logGroupName, logStreamName } = place;
    const logGroupIdentifier = `arn:aws:logs:eu-west-1:000000000000:log-group:${logGroupName}`;
    const { events } = await server.client.getLogEvents({ logGroupIdentifier, logStreamName, limit: 1 });
    expect(events).toHaveLength(1);
  });

  test('gives tokens for a stream without events that find those that come', async () => {
    const empty = await server.stream();
    const { nextForwardToken, nextBackwardToken } = await server.client.getLogEvents(empty);
    const next = await server.client.getLogEvents({ ...empty, nextToken: nextForwardToken });
    expect(next.nextForwardToken).toBe(nextForwardToken);
    expect((await server.client.getLogEvents({ ...empty, nextToken: nextBackwardToken })).events).toEqual([]);
    await server.put(empty, 'first');
    expect(
      texts((await server.client.getLogEvents({ ...empty, nextToken: nextForwardToken })).events),
    ).toEqual(['first']);
  });

  test('has pages of 1 MB', async () => {
    const large = await server.stream();
    for (let n = 0; n < 3; n++) await server.put(large, 'x'.repeat(500_000));
    const { events, nextForwardToken } = await server.client.getLogEvents({ ...large, startFromHead: true });
    expect(events).toHaveLength(2);
    expect((await server.client.getLogEvents({ ...large, nextToken: nextForwardToken })).events).toHaveLength(
      1,
    );
  });

  test.each(['f/', 'x/1', 'f/1.5', 'made-up', `f/${'9'.repeat(59)}`])(
    'refuses the token %s',
    async (nextToken) => {
      await expect(server.client.getLogEvents({ ...place, nextToken })).rejects.toMatchObject(BAD_TOKEN);
    },
  );
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
