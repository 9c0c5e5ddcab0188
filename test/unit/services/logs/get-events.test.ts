import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BAD_TOKEN, LogsServer, type Place, texts } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
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
