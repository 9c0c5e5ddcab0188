import type { Processor } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogsServer } from './support.ts';
import { transformedBy } from './transforming.ts';

let server: LogsServer;

beforeAll(async () => {
  server = await LogsServer.start();
});

afterAll(async () => {
  expect(server.errors).toEqual([]);
  await server[Symbol.asyncDispose]();
});

const transformed = (message: string, ...config: Processor[]) => transformedBy(server, message, config);

describe('mutators', () => {
  const mutated = (message: object, ...processors: Processor[]) =>
    transformed(JSON.stringify(message), { parseJSON: {} }, ...processors);

  test('add, delete, move, rename and copy keys', async () => {
    const entries = [{ key: 'outer_key.new_key', value: 'new' }];
    expect(await mutated({ outer_key: { a: 1 } }, { addKeys: { entries } })).toEqual({
      outer_key: { a: 1, new_key: 'new' },
    });
    expect(
      await mutated({ a: { b: 1, c: 2 }, d: 3 }, { deleteKeys: { withKeys: ['a.b', 'd', 'none'] } }),
    ).toEqual({ a: { c: 2 } });
    expect(
      await mutated({ a: { b: 1 }, c: {} }, { moveKeys: { entries: [{ source: 'a.b', target: 'c' }] } }),
    ).toEqual({ a: {}, c: { b: 1 } });
    const renamed = [
      { key: 'a', renameTo: 'x.y' },
      { key: 'b', renameTo: 'c' },
    ];
    expect(await mutated({ a: 1, b: 2, c: 3 }, { renameKeys: { entries: renamed } })).toEqual({
      x: { y: 1 },
      b: 2,
      c: 3,
    });
    const copies = [
      { source: 'a', target: 'b', overwriteIfExists: true },
      { source: '@accountId', target: 'account' },
      { source: '@regionName', target: 'region' },
    ];
    expect(await mutated({ a: 1, b: 2 }, { copyValue: { entries: copies } })).toEqual({
      a: 1,
      b: 1,
      account: '000000000000',
      region: 'eu-west-1',
    });
  });

  test('listToMap', async () => {
    const list = [
      { inner_key: 'a', inner_value: 'val-a' },
      { inner_key: 'b', inner_value: 'val-b1' },
      { inner_key: 'b', inner_value: 'val-b2' },
    ];
    const settings = { source: 'outer_key', key: 'inner_key', valueKey: 'inner_value' };
    const message = { outer_key: list };
    expect(await mutated(message, { listToMap: settings })).toEqual({
      outer_key: list,
      a: ['val-a'],
      b: ['val-b1', 'val-b2'],
    });
    const flat = { flatten: true, flattenedElement: 'last', target: 'map' } as const;
    expect(await mutated(message, { listToMap: { ...settings, ...flat } })).toEqual({
      outer_key: list,
      map: { a: 'val-a', b: 'val-b2' },
    });
    await expect(mutated(message, { listToMap: { ...settings, flatten: true } })).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  test('change texts', async () => {
    expect(
      await mutated(
        { a: 'Xy', b: ' z ', c: 'Xy', n: 1 },
        { lowerCaseString: { withKeys: ['a', 'n'] } },
        { trimString: { withKeys: ['b'] } },
        { upperCaseString: { withKeys: ['c'] } },
      ),
    ).toEqual({ a: 'xy', b: 'z', c: 'XY', n: 1 });
    const entries = [{ source: 'a', delimiter: ',' }];
    expect(await mutated({ a: 'x,y' }, { splitString: { entries } })).toEqual({ a: ['x', 'y'] });
    const replaced = [
      { source: 'a', from: '(\\d+)-(\\w+)', to: '$2:$1' },
      { source: 'b', from: '(?<who>\\w+)@', to: '<${who}> \\$1 ' },
    ];
    expect(
      await mutated({ a: '12-ab 3-c', b: 'me@home' }, { substituteString: { entries: replaced } }),
    ).toEqual({ a: 'ab:12 c:3', b: '<me> $1 home' });
  });

  test('typeConverter', async () => {
    const entries = [
      { key: 'a', type: 'integer' },
      { key: 'b', type: 'double' },
      { key: 'c', type: 'boolean' },
      { key: 'd', type: 'string' },
      { key: 'e', type: 'integer' },
    ] as const;
    expect(
      await mutated(
        { a: '200', b: '1.5', c: 'true', d: 1, e: 'x' },
        { typeConverter: { entries: [...entries] } },
      ),
    ).toEqual({ a: 200, b: 1.5, c: true, d: '1', e: 'x' });
  });

  test('dateTimeConverter', async () => {
    const german = {
      source: 'german_datetime',
      target: 'target_1',
      locale: 'de',
      matchPatterns: ['EEEE dd. MMMM yyyy HH:mm:ss'],
      sourceTimezone: 'America/New_York',
      targetTimezone: 'Europe/Paris',
      targetFormat: "yyyy-MM-dd'T'HH:mm:ss z",
    };
    const message = { german_datetime: 'Samstag 05. Dezember 1998 11:00:00' };
    expect(await mutated(message, { dateTimeConverter: german })).toEqual({
      ...message,
      target_1: '1998-12-05T17:00:00 MEZ',
    });
    const usual = (text: string, ...matchPatterns: string[]) =>
      mutated({ t: text }, { dateTimeConverter: { source: 't', target: 't', matchPatterns } });
    expect(await usual('10/Oct/2000:13:55:36 -0700', 'yyyy-MM-dd', 'dd/MMM/yyyy:HH:mm:ss Z')).toEqual({
      t: '2000-10-10T20:55:36.000Z',
    });
    expect(await usual('3/4/24 5:06 PM', 'M/d/yy h:mm a')).toEqual({ t: '2024-03-04T17:06:00.000Z' });
    expect(await usual('2024-02-31', 'yyyy-MM-dd')).toEqual({ t: '2024-02-31' });
    await expect(usual('', 'yyyy-JJ')).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});
