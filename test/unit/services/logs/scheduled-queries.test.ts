import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSchedule } from '../../../../src/services/logs/schedule.ts';
import { LogsServer, type Place } from './support.ts';

const ARN = 'arn:aws:logs:eu-west-1:000000000000';
const MINUTE = 60_000;

let server: LogsServer;
let place: Place;

beforeAll(async () => {
  server = await LogsServer.start();
  place = await server.stream();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

function input(name: string) {
  return {
    name,
    queryLanguage: 'CWLI' as const,
    queryString: 'stats count(*) as n by level',
    logGroupIdentifiers: [place.logGroupName],
    scheduleExpression: 'cron(0/5 * * * ? *)',
    startTimeOffset: 3600,
    executionRoleArn: 'arn:aws:iam::000000000000:role/queries',
  };
}

async function wait(minutes: number): Promise<void> {
  await server.clock.advance(minutes * MINUTE);
  await server.engine.settle();
}

async function historyOf(identifier: string) {
  const window = { startTime: 0, endTime: server.clock.now() / 1000 };
  return (await server.client.getScheduledQueryHistory({ identifier, ...window })).triggerHistory!;
}

describe('a scheduled query', () => {
  test('is kept, changed, listed and deleted', async () => {
    const { scheduledQueryArn, state } = await server.client.createScheduledQuery({
      ...input('kept'),
      state: 'DISABLED',
      tags: { team: 'a' },
    });
    expect({ scheduledQueryArn, state }).toEqual({
      scheduledQueryArn: `${ARN}:scheduled-query:kept`,
      state: 'DISABLED',
    });
    await expect(server.client.createScheduledQuery(input('kept'))).rejects.toMatchObject({
      name: 'ConflictException',
    });
    expect(await server.client.listTagsForResource({ resourceArn: scheduledQueryArn! })).toMatchObject({
      tags: { team: 'a' },
    });
    const { name: _, ...settings } = input('kept');
    await server.client.updateScheduledQuery({
      ...settings,
      identifier: scheduledQueryArn!,
      scheduleExpression: 'rate(1 hour)',
    });
    expect(await server.client.getScheduledQuery({ identifier: 'kept' })).toMatchObject({
      ...input('kept'),
      scheduleExpression: 'rate(1 hour)',
      state: 'DISABLED',
      scheduleType: 'CUSTOMER_MANAGED',
      timezone: 'UTC',
    });
    const { scheduledQueries } = await server.client.listScheduledQueries({ state: 'DISABLED' });
    expect(scheduledQueries!.map(({ name }) => name)).toEqual(['kept']);
    await server.client.deleteScheduledQuery({ identifier: 'kept' });
    await expect(server.client.getScheduledQuery({ identifier: 'kept' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('runs at its minutes, tells of it, and fills its lookup table', async () => {
    await server.put(place, '{"level":"INFO"}', '{"level":"INFO"}', '{"level":"ERROR"}');
    await server.client.createScheduledQuery({
      ...input('runs'),
      destinationConfiguration: {
        lookupTableConfiguration: { tableName: 'levels', roleArn: 'arn:aws:iam::000000000000:role/x' },
      },
    });
    await wait(11);
    expect(await historyOf('runs')).toEqual(
      [300, 600].map((after) => ({
        queryId: expect.any(String),
        executionStatus: 'Complete',
        triggeredTimestamp: 1_767_225_600 + after,
        destinations: [
          {
            destinationType: 'LOOKUP_TABLE',
            destinationIdentifier: 'levels',
            status: 'COMPLETE',
            processedIdentifier: `${ARN}:lookup-table:levels`,
          },
        ],
      })),
    );
    const { tableBody } = await server.client.getLookupTable({
      lookupTableArn: `${ARN}:lookup-table:levels`,
    });
    expect(tableBody!.trim().split('\n').sort()).toEqual(['ERROR,1', 'INFO,2', 'level,n']);
    expect(await server.client.getScheduledQuery({ identifier: 'runs' })).toMatchObject({
      lastExecutionStatus: 'Complete',
      lastTriggeredTime: 1_767_226_200,
    });
    await server.client.deleteScheduledQuery({ identifier: 'runs' });
  });

  test('does not run outside its time, or without a group', async () => {
    const now = server.clock.now() / 1000;
    await server.client.createScheduledQuery({ ...input('over'), scheduleEndTime: Math.floor(now) - 1 });
    await server.client.createScheduledQuery({
      ...input('early'),
      scheduleStartTime: Math.ceil(now) + 86_400,
    });
    await server.client.createScheduledQuery({ ...input('lost'), logGroupIdentifiers: ['nothing'] });
    await wait(6);
    expect(await historyOf('over')).toEqual([]);
    expect(await historyOf('early')).toEqual([]);
    expect(await historyOf('lost')).toMatchObject([{ executionStatus: 'Failed' }]);
  });

  test.each([
    ['a query that is none', { queryString: 'fields | | x' }],
    ['another language', { queryLanguage: 'SQL' as const }],
    ['no schedule', { scheduleExpression: 'now and then' }],
    ['a minute that is none', { scheduleExpression: 'cron(61 * * * ? *)' }],
    ['a time zone that is none', { timezone: 'Mars/Olympus' }],
    ['an end before its start', { scheduleStartTime: 2, scheduleEndTime: 1 }],
  ])('is refused with %s', async (_, wrong) => {
    await expect(server.client.createScheduledQuery({ ...input('wrong'), ...wrong })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});

test.each([
  ['cron(0 8 ? * MON-FRI *)', 'UTC', '2026-01-01T08:00Z', true],
  ['cron(0 8 ? * MON-FRI *)', 'UTC', '2026-01-03T08:00Z', false],
  ['cron(0 8 ? * 2-6 *)', 'UTC', '2026-01-05T08:00Z', true],
  ['cron(0 8 1,15 JAN ? 2026)', 'UTC', '2026-01-15T08:00Z', true],
  ['cron(0 8 1,15 JAN ? 2027)', 'UTC', '2026-01-15T08:00Z', false],
  ['cron(10/15 * * * ? *)', 'UTC', '2026-01-15T08:25Z', true],
  ['cron(10/15 * * * ? *)', 'UTC', '2026-01-15T08:05Z', false],
  ['cron(0 8 * * ? *)', 'Europe/Berlin', '2026-07-01T06:00Z', true],
  ['cron(0 0 * * ? *)', 'America/New_York', '2026-01-01T05:00Z', true],
  ['rate(5 minutes)', 'UTC', '2026-01-01T05:05Z', true],
  ['rate(5 minutes)', 'UTC', '2026-01-01T05:06Z', false],
])('%s in %s at %s: %s', (expression, timezone, time, expected) => {
  expect(readSchedule(expression, timezone)!.includes(Date.parse(time) / MINUTE)).toBe(expected);
});
