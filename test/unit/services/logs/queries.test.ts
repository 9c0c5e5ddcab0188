import type { GetQueryResultsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, LogsServer, type Place } from './support.ts';

let server: LogsServer;
let place: Place;
let start: number;

beforeAll(async () => {
  server = await LogsServer.start();
  place = await server.stream();
  start = server.clock.now();
  await server.put(place, '{"level":"INFO","ms":5}', '{"level":"ERROR","ms":7}', 'plain');
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

async function query(queryString: string, more: object = {}): Promise<GetQueryResultsCommandOutput> {
  const { queryId } = await server.client.startQuery({
    logGroupName: place.logGroupName,
    startTime: start / 1000,
    endTime: start / 1000 + 60,
    queryString,
    ...more,
  });
  await server.engine.settle();
  return server.client.getQueryResults({ queryId });
}

test('gives results and statistics in the shape of AWS', async () => {
  const { results, statistics, status, queryLanguage } = await query(
    'fields @timestamp, level, ms | filter ispresent(level) | sort ms desc | limit 1',
  );
  expect({ results, status, queryLanguage }).toEqual({
    results: [
      [
        { field: '@timestamp', value: '2026-01-01 00:00:00.001' },
        { field: 'level', value: 'ERROR' },
        { field: 'ms', value: '7' },
        { field: '@ptr', value: expect.any(String) },
      ],
    ],
    status: 'Complete',
    queryLanguage: 'CWLI',
  });
  expect(statistics).toEqual({
    recordsMatched: 2,
    recordsScanned: 3,
    estimatedRecordsSkipped: 0,
    bytesScanned: 52,
    estimatedBytesSkipped: 0,
    logGroupsScanned: 1,
  });
});

test('takes times in milliseconds, several groups, and ARNs', async () => {
  const other = await server.stream();
  await server.put(other, 'other');
  const names = [place.logGroupName, other.logGroupName];
  const arns = names.map((name) => `arn:aws:logs:eu-west-1:000000000000:log-group:${name}`);
  const { results } = await query('stats count(*) as n by @log | sort @log', {
    logGroupName: undefined,
    logGroupIdentifiers: arns,
    startTime: start,
    endTime: start + 1,
  });
  expect(results!.map((row) => row.map(({ value }) => value))).toEqual([
    [`000000000000:${names[0]}`, '2'],
    [`000000000000:${names[1]}`, '1'],
  ]);
});

test('an event is found by its pointer', async () => {
  const { results } = await query('filter level = "ERROR"');
  const logRecordPointer = results![0]!.find(({ field }) => field === '@ptr')!.value!;
  const { logRecord } = await server.client.getLogRecord({ logRecordPointer });
  expect(logRecord).toEqual({
    level: 'ERROR',
    ms: '7',
    '@timestamp': '2026-01-01 00:00:00.001',
    '@ingestionTime': '2026-01-01 00:00:00.000',
    '@message': '{"level":"ERROR","ms":7}',
    '@logStream': 'stream',
    '@log': `000000000000:${place.logGroupName}`,
    '@ptr': logRecordPointer,
  });
  await expect(server.as('111122223333').getLogRecord({ logRecordPointer })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await expect(server.client.getLogRecord({ logRecordPointer: 'made-up' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

test('the fields of a group are told with how many events have them', async () => {
  const { logGroupFields } = await server.client.getLogGroupFields({ ...place, time: start / 1000 });
  expect(logGroupFields).toContainEqual({ name: '@message', percent: 100 });
  expect(logGroupFields).toContainEqual({ name: 'level', percent: 67 });
});

test('queries are listed, their groups too, latest first', async () => {
  const { queryId } = await server.client.startQuery({
    logGroupName: place.logGroupName,
    startTime: start,
    endTime: start + 1,
    queryString: 'limit 1',
  });
  await server.engine.settle();
  const { queries } = await server.client.describeQueries({
    logGroupName: place.logGroupName,
    maxResults: 1,
  });
  expect(queries).toEqual([
    {
      queryLanguage: 'CWLI',
      queryId,
      queryString: `SOURCE "${place.logGroupName}" START=${start} END=${start + 1} | limit 1`,
      status: 'Complete',
      createTime: start,
      logGroupName: place.logGroupName,
      queryDuration: 0,
      bytesScanned: expect.any(Number),
      userIdentity: 'arn:aws:iam::000000000000:root',
    },
  ]);
  expect((await server.client.describeQueries({ status: 'Running' })).queries).toEqual([]);
  expect((await server.client.listLogGroupsForQuery({ queryId })).logGroupIdentifiers).toEqual([
    `arn:aws:logs:eu-west-1:000000000000:log-group:${place.logGroupName}`,
  ]);
});

test('one that runs is stopped, one that has ended is not', async () => {
  const many = await server.stream();
  for (let n = 0; n < 20; n++)
    await server.put(many, ...Array.from({ length: 1_000 }, (_, index) => `line ${index}`));
  const input = {
    logGroupName: many.logGroupName,
    startTime: start,
    endTime: start + DAY,
    queryString: 'stats count(*) by @message',
  };
  const { queryId } = await server.client.startQuery(input);
  server.engine.queries.stop(
    server.engine.queries.get({ account: '000000000000', region: 'eu-west-1' }, queryId!)!,
  );
  await server.engine.settle();
  expect(await server.client.getQueryResults({ queryId })).toMatchObject({
    status: 'Cancelled',
    results: [],
  });
  await expect(server.client.stopQuery({ queryId })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(server.client.stopQuery({ queryId: 'none' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

describe('what is refused', () => {
  test('a query that can not be read, with where', async () => {
    await expect(query('fields (')).rejects.toMatchObject({
      name: 'MalformedQueryException',
      message: 'unexpected end of query at line 1 and position 9',
      queryCompileError: {
        location: { startCharOffset: 8, endCharOffset: 8 },
        message: 'unexpected end of query at line 1 and position 9',
      },
    });
  });

  test('a group that is not there', async () => {
    await expect(query('limit 1', { logGroupName: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringMatching(
        /^Log group 'none' does not exist for account ID '000000000000' \(Service: AWSLogs; Status Code: 400; /,
      ),
    });
    await expect(query('limit 1', { logGroupNames: ['a'] })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('a time before the group was there', async () => {
    await expect(query('limit 1', { startTime: 0, endTime: 110 })).rejects.toMatchObject({
      name: 'MalformedQueryException',
      message:
        "Query's end date and time is either before the log groups creation time or exceeds the log groups log retention settings ([0,110])",
    });
  });
});

test('definitions of queries are kept', async () => {
  const definition = { name: 'errors', queryString: 'filter level = "ERROR"' };
  const { queryDefinitionId } = await server.client.putQueryDefinition({
    ...definition,
    logGroupNames: ['a'],
  });
  const described = async () => (await server.client.describeQueryDefinitions({})).queryDefinitions;
  expect(await described()).toEqual([
    {
      queryLanguage: 'CWLI',
      queryDefinitionId,
      ...definition,
      lastModified: start,
      logGroupNames: ['a'],
    },
  ]);
  await server.client.putQueryDefinition({ ...definition, name: 'renamed', queryDefinitionId });
  expect(await described()).toMatchObject([{ name: 'renamed', queryDefinitionId }]);
  expect((await server.client.deleteQueryDefinition({ queryDefinitionId })).success).toBe(true);
  await expect(server.client.deleteQueryDefinition({ queryDefinitionId })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

describe('regular expressions', () => {
  test.each([
    'filter @message like /^(a+)+$/',
    'filter @message like /(?=a)(a|aa)+$/',
    'parse @message /(?<all>(a|a)*)c/ | display all',
    'fields replace(@message, "b", "c") as x | filter x =~ /(a*)*d/',
  ])('that take for ever end the query, and nobody waits for them: %s', async (queryString) => {
    const busy = await server.stream();
    const now = server.clock.now();
    await server.put(busy, `${'a'.repeat(60)}b`, 'short');
    const startTime = Math.floor(now / 1000);
    const { queryId } = await server.client.startQuery({
      logGroupName: busy.logGroupName,
      startTime,
      endTime: startTime + 60,
      queryString,
    });
    await server.client.describeLogGroups({});
    await server.engine.settle();
    expect(await server.client.getQueryResults({ queryId })).toMatchObject({
      status: 'Timeout',
      results: [],
    });
    expect((await server.client.describeQueries({ status: 'Timeout' })).queries).toContainEqual(
      expect.objectContaining({ queryId }),
    );
  });

  test('of globs are none: what does not match is found out at once', async () => {
    const busy = await server.stream();
    await server.put(busy, 'a-'.repeat(50_000), 'user=anna, latency=12 ms');
    const startTime = Math.floor(server.clock.now() / 1000);
    const { queryId } = await server.client.startQuery({
      logGroupName: busy.logGroupName,
      startTime,
      endTime: startTime + 60,
      queryString:
        'parse @message "a*-a*-a*-b*" as a, b, c, d | parse @message "user=*, latency=* ms" as user, ms | display user, ms, a',
    });
    await server.engine.settle();
    const { results, status } = await server.client.getQueryResults({ queryId });
    expect(status).toBe('Complete');
    expect(results!.flat().filter(({ field }) => field !== '@ptr')).toEqual([
      { field: 'user', value: 'anna' },
      { field: 'ms', value: '12' },
    ]);
  });
});
