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

/** What becomes of one message; undefined where nothing does. */
async function transformed(message: string, ...transformerConfig: Processor[]): Promise<unknown> {
  const { transformedLogs } = await server.client.testTransformer({
    transformerConfig,
    logEventMessages: [message],
  });
  const [log] = transformedLogs!;
  expect(log).toMatchObject({ eventNumber: 1, eventMessage: message });
  return log!.transformedEventMessage && JSON.parse(log!.transformedEventMessage);
}

describe('parsers', () => {
  test('parseJSON', async () => {
    const message = '{"outer_key":{"inner_key":"inner_value"}}';
    expect(await transformed(message, { parseJSON: {} })).toEqual(JSON.parse(message));
    expect(await transformed(message, { parseJSON: { destination: 'new_key' } })).toEqual({
      new_key: JSON.parse(message),
    });
    expect(await transformed('no JSON', { parseJSON: {} })).toBeUndefined();
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect(await transformed(deep, { parseJSON: {} })).toBeUndefined();
    const hostile = await transformed('{"__proto__":{"x":1},"a":1}', { parseJSON: {} });
    expect(Object.keys(hostile as object)).toEqual(['__proto__', 'a']);
  });

  test('csv', async () => {
    const settings = { delimiter: ':', quoteCharacter: "'" };
    const line = "'Akua Mansa':28:'New York: USA'";
    expect(await transformed(line, { csv: settings })).toEqual({
      column_1: 'Akua Mansa',
      column_2: '28',
      column_3: 'New York: USA',
    });
    const message = JSON.stringify({ type: 'user_data', logMsg: line });
    const columns = ['name', 'age', 'location'];
    expect(
      await transformed(
        message,
        { parseJSON: {} },
        { csv: { ...settings, source: 'logMsg', columns, destination: 'msg' } },
      ),
    ).toEqual({
      type: 'user_data',
      logMsg: line,
      msg: { name: 'Akua Mansa', age: '28', location: 'New York: USA' },
    });
    expect(await transformed('a\tb', { csv: { delimiter: '\\t' } })).toEqual({
      column_1: 'a',
      column_2: 'b',
    });
  });

  test('parseKeyValue', async () => {
    const settings = {
      destination: 'new_key',
      fieldDelimiter: '!',
      keyValueDelimiter: ':',
      nonMatchValue: 'defaultValue',
      keyPrefix: 'parsed_',
    };
    expect(await transformed('key1:value1!key2:value2!key3', { parseKeyValue: settings })).toEqual({
      new_key: { parsed_key1: 'value1', parsed_key2: 'value2', parsed_key3: 'defaultValue' },
    });
  });

  test('those of vended logs', async () => {
    const vpc =
      '2 123456789010 eni-abc123de 192.168.0.1 192.168.0.2 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK';
    expect(await transformed(vpc, { parseVPC: {} })).toEqual({
      version: 2,
      accountId: '123456789010',
      interfaceId: 'eni-abc123de',
      srcAddr: '192.168.0.1',
      dstAddr: '192.168.0.2',
      srcPort: 20641,
      dstPort: 22,
      protocol: 6,
      packets: 20,
      bytes: 4249,
      start: 1418530010,
      end: 1418530070,
      action: 'ACCEPT',
      logStatus: 'OK',
    });
    expect(await transformed('2 too short', { parseVPC: {} })).toBeUndefined();
    const postgres =
      '2019-03-10 03:54:59 UTC:10.0.0.123(52834):postgres@logtestdb:[20175]:ERROR: column "wrong" does not exist';
    expect(await transformed(postgres, { parsePostgres: {} })).toMatchObject({
      logTime: '2019-03-10 03:54:59 UTC',
      srcIp: '10.0.0.123(52834)',
      userName: 'postgres',
      dbName: 'logtestdb',
      processId: '20175',
      logLevel: 'ERROR',
    });
    const waf = {
      action: 'BLOCK',
      httpRequest: { headers: [{ name: 'Host', value: 'localhost:1989' }], uri: '/' },
      labels: [{ name: 'value' }],
    };
    expect(await transformed(JSON.stringify(waf), { parseWAF: {} })).toMatchObject({
      httpRequest: { headers: { Host: 'localhost:1989' }, uri: '/' },
      labels: { name: 'value' },
    });
    expect(await transformed('{}', { parseToOCSF: { eventSource: 'CloudTrail', ocsfVersion: 'V1.1' } })).toBe(
      undefined,
    );
  });
});

describe('grok', () => {
  const grok = (message: string, match: string) => transformed(message, { grok: { match } });

  test('takes a message apart', async () => {
    const line = '293750 server-01.internal-network.local OK "[Thread-1] started"';
    const match =
      '%{NUMBER:metric.version} %{HOSTNAME:hostname} %{NOTSPACE:status} %{QUOTEDSTRING:metric.msg}';
    expect(await grok(line, match)).toEqual({
      metric: { version: '293750', msg: '[Thread-1] started' },
      hostname: 'server-01.internal-network.local',
      status: 'OK',
    });
    expect(await grok(`${line} and more`, match)).toBeUndefined();
    expect(await grok('(a|b)* x', '(a|b)* %{WORD}%{DATA:rest}')).toEqual({ rest: '' });
  });

  test.each<[pattern: string, text: string, fields: object]>([
    ['%{USERNAME:x}', 'user123.name-TEST', { x: 'user123.name-TEST' }],
    ['%{BASE16NUM:x}', '+0xA1B2', { x: '+0xA1B2' }],
    ['%{DATA:x} %{DATA:y}', 'abc def ghi', { x: 'abc', y: 'def ghi' }],
    ['%{GREEDYDATA:x} %{GREEDYDATA:y}', 'abc def ghi', { x: 'abc def', y: 'ghi' }],
    ['%{GREEDYDATA_MULTILINE:x}', 'abc\ndef', { x: 'abc\ndef' }],
    ['%{UUID:x}', '550e8400-e29b-41d4-a716-446655440000', { x: '550e8400-e29b-41d4-a716-446655440000' }],
    [
      '%{ARN:x}',
      'arn:aws:iam:us-east-1:123456789012:user/jo',
      { x: 'arn:aws:iam:us-east-1:123456789012:user/jo' },
    ],
    ['%{MAC:x}', '0123.4567.89AB', { x: '0123.4567.89AB' }],
    ['%{IP:x}', '2001:db8:3333:4444:5555:6666:7777:8888', { x: '2001:db8:3333:4444:5555:6666:7777:8888' }],
    ['%{IP:x}', '::ffff:10.1.2.3', { x: '::ffff:10.1.2.3' }],
    ['%{HOSTPORT:ip}', '192.168.1.1:8080', { ip: '192.168.1.1:8080', PORT: '8080' }],
    [
      '%{URIHOST:host} %{URIHOST:ip}',
      'example.com:443 10.0.0.1',
      { host: 'example.com:443', port: '443', ip: '10.0.0.1' },
    ],
    ['%{PATH:x}', '/search?q=regex', { x: '/search?q=regex' }],
    ['%{WINPATH:x}', 'C:\\Users\\John\\file.txt', { x: 'C:\\Users\\John\\file.txt' }],
    [
      '%{URI:x}',
      'https://user:pass@example.com/a/b?c=d&e=f',
      { x: 'https://user:pass@example.com/a/b?c=d&e=f' },
    ],
    ['%{MONTH:x}', 'January', { x: 'January' }],
    ['%{SECOND:x}', '30:5', { x: '30:5' }],
    ['%{ISO8601_TIMEZONE:x}', '-530', { x: '-530' }],
    ['%{TIMESTAMP_ISO8601:x}', '23-5-1T1:25+5:30', { x: '23-5-1T1:25+5:30' }],
    ['%{DATE:x}', '29.11.2024', { x: '29.11.2024' }],
    ['%{DATESTAMP_RFC822:x}', 'Monday Jan 5 23 1:30:00 CDT', { x: 'Monday Jan 5 23 1:30:00 CDT' }],
    ['%{DATESTAMP_RFC2822:x}', 'Mon, 15 May 2023 14:30:00 +0530', { x: 'Mon, 15 May 2023 14:30:00 +0530' }],
    ['%{DATESTAMP_EVENTLOG:x}', '20230515143000', { x: '20230515143000' }],
    ['%{LOGLEVEL:x}', 'WARNING', { x: 'WARNING' }],
    ['%{HTTPDATE:x}', '23/Nov/2024:14:30:00 +0640', { x: '23/Nov/2024:14:30:00 +0640' }],
    ['%{SYSLOGTIMESTAMP:x}', 'Nov 29 14:30:00', { x: 'Nov 29 14:30:00' }],
    ['%{SYSLOGPROG:x}', 'user/page[1234]', { x: 'user/page[1234]', program: 'user/page', pid: '1234' }],
    ['%{SYSLOGFACILITY:x}', '<13.6>', { x: '<13.6>', facility: '13', priority: '6' }],
  ])('%s', async (pattern, text, fields) => {
    expect(await grok(text, pattern)).toEqual(fields);
  });

  test('knows common formats', async () => {
    expect(
      await grok(
        '127.0.0.1 - - [03/Aug/2023:12:34:56 +0000] "GET /page.html HTTP/1.1" 200 1234',
        '%{APACHE_ACCESS_LOG}',
      ),
    ).toEqual({
      request: '/page.html',
      http_method: 'GET',
      status_code: 200,
      http_version: '1.1',
      response_size: 1234,
      remote_host: '127.0.0.1',
      timestamp: '2023-08-03T12:34:56Z',
    });
    expect(
      await grok(
        '192.168.1.100 - Foo [03/Aug/2023:12:34:56 +0000] "GET /login HTTP/1.1" 200 42 "https://a.b/" "Mozilla/5.0 (X; Y)" rest of it',
        '%{NGINX_ACCESS_LOG} %{DATA:more}',
      ),
    ).toEqual({
      request: '/login',
      referrer: 'https://a.b/',
      agent: 'Mozilla/5.0 (X; Y)',
      http_method: 'GET',
      status_code: 200,
      auth_user: 'Foo',
      http_version: '1.1',
      response_size: 42,
      remote_host: '192.168.1.100',
      timestamp: '2023-08-03T12:34:56Z',
      more: 'rest of it',
    });
    expect(
      await grok(
        '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [sd@1 iut="3"][p@1 class="high"]',
        '%{SYSLOG5424}',
      ),
    ).toEqual({
      pri: 165,
      version: 1,
      timestamp: '2003-10-11T22:14:15.003Z',
      hostname: 'mymachine.example.com',
      app: 'evntslog',
      msg_id: 'ID47',
      structured_data: 'sd@1 iut="3"',
      message: '[p@1 class="high"]',
    });
  });

  test.each([
    '%{NOTHING:x}',
    '%{APACHE_ACCESS_LOG} %{SYSLOG5424}',
    '%{NGINX_ACCESS_LOG} %{NUMBER:num}',
    '%{GREEDYDATA:logMsg} %{SYSLOG5424}',
    '%{GREEDYDATA_MULTILINE:a}%{GREEDYDATA_MULTILINE:b}',
    '%{DATA}%{DATA}%{DATA}%{DATA}%{DATA}%{GREEDYDATA}',
    '%{WORD:a.b.c.d}',
  ])('refuses %s', async (match) => {
    await expect(grok('', match)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });
});

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
