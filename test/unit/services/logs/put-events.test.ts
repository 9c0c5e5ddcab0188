import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY, failure, HOUR, LogsServer, NO_GROUP, NO_STREAM, type Place } from './support.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
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
