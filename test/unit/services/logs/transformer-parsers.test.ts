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
