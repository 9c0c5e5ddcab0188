import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  ResourceNotFoundException as NoAlarm,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  InvokeWithResponseStreamCommand,
  LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Call } from '../../../src/aws/call.ts';
import type { AnyOperation, ServiceEntry } from '../../../src/aws/service.ts';
import { ServiceModel } from '../../../src/aws/shapes/model.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { AWS_CLIENTS } from '../../support/aws/clients.ts';
import { operationSchemas } from '../../support/aws/sdk-side.ts';
import { RawConnection } from '../../support/raw-http.ts';
import { type AwsServer, authorization, startAws } from './support.ts';

/** Operations of the test that is running. */
const operations: Record<string, AnyOperation> = {};
const clock = new ManualClock();
let server: AwsServer;

beforeAll(async () => {
  const more = AWS_CLIENTS.filter(({ identity }) =>
    ['lambda', 's3', 'cloudwatch', 'logs', 'ec2'].includes(identity.name),
  );
  server = await startAws({
    clock,
    more: more.map(
      ({ identity, load }): ServiceEntry => ({
        identity: { ...identity, maxBodyBytes: 1_000_000 },
        load: async () => {
          const module = await load();
          const model = new ServiceModel(identity, operationSchemas(module), module.errorTypeRegistries);
          return {
            model: Object.assign(model, { identity: { ...identity, maxBodyBytes: 1_000_000 } }),
            operations,
            constraints: {},
          };
        },
      }),
    ),
  });
});

afterAll(() => server[Symbol.asyncDispose]());

afterEach(() => {
  for (const name of Object.keys(operations)) delete operations[name];
  expect(server.errors.splice(0)).toEqual([]);
});

const config = () => ({
  endpoint: server.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
  forcePathStyle: true,
});

async function send(
  service: string,
  init: { path?: string; method?: string; headers?: Record<string, string>; body?: string | Buffer },
) {
  const { path = '/', method = 'POST', headers = {}, body } = init;
  const sent = body === undefined ? {} : { body: body as string };
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: authorization(service), ...headers },
    ...sent,
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

const target = (name: string) => ({ 'x-amz-target': name, 'content-type': 'application/x-amz-json-1.1' });
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('errors have the shape of their protocol', () => {
  const requestId = /^[\da-f-]{36}$/;

  test('REST-JSON: type in a header, declared members in the body', async () => {
    operations.GetFunction = () => {
      throw new ResourceNotFoundException({ message: 'Function not found', Type: 'User', $metadata: {} });
    };
    const { status, headers, body } = await send('lambda', {
      path: '/2015-03-31/functions/x',
      method: 'GET',
    });
    expect(status).toBe(404);
    expect(headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
    expect(headers.get('x-amzn-requestid')).toMatch(requestId);
    expect(JSON.parse(body)).toEqual({ Type: 'User', Message: 'Function not found' });
  });

  test('JSON 1.1: __type in the body', async () => {
    const { status, body } = await send('logs', {
      headers: target('Logs_20140328.PutRetentionPolicy'),
      body: '[1]',
    });
    expect(status).toBe(501); // not implemented comes first
    operations.PutRetentionPolicy = () => ({});
    const malformed = await send('logs', {
      headers: target('Logs_20140328.PutRetentionPolicy'),
      body: '[1]',
    });
    expect(JSON.parse(malformed.body)).toEqual({
      __type: 'SerializationException',
      message: 'Start of list found where not expected',
    });
    expect(JSON.parse(body).__type).toBe('NotImplemented');
  });

  test('JSON: required members are asked for in the words of AWS', async () => {
    operations.PutRetentionPolicy = () => ({});
    const { status, body } = await send('logs', {
      headers: target('Logs_20140328.PutRetentionPolicy'),
      body: '{}',
    });
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      __type: 'InvalidParameterException',
      message:
        "2 validation errors detected: Value null at 'retentionInDays' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'logGroupName' failed to satisfy constraint: Member must not be null",
    });
  });

  test('RPC v2 and JSON of a service that came from the query protocol: the old code in a header', async () => {
    operations.DescribeAlarms = () => {
      throw new NoAlarm({ message: 'none', ResourceType: 'alarm', ResourceId: 'x', $metadata: {} });
    };
    const path = '/service/GraniteServiceVersion20100801/operation/DescribeAlarms';
    const { status, headers } = await send('monitoring', {
      path,
      headers: { 'smithy-protocol': 'rpc-v2-cbor' },
    });
    expect(status).toBe(404);
    expect(headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
    expect(headers.get('x-amzn-query-error')).toBe('ResourceNotFoundException;Sender');
  });

  test('EC2: errors in a list, with the request id', async () => {
    const { status, body } = await send('ec2', { headers: FORM, body: 'Action=Nothing&Version=2016-11-15' });
    expect(status).toBe(400);
    expect(body).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>InvalidAction<\/Code><Message>Could not find operation Nothing for version 2016-11-15<\/Message><\/Error><\/Errors><RequestID>[\da-f-]{36}<\/RequestID><\/Response>$/,
    );
  });

  test('S3: a bare Error with both ids', async () => {
    operations.GetObject = () => {
      throw new NoSuchKey({ message: 'The specified key does not exist.', $metadata: {} });
    };
    const { status, body, headers } = await send('s3', { path: '/bucket/key', method: 'GET' });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/xml');
    expect(body).toMatch(
      /^<\?xml .*\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><RequestId>.+<\/RequestId><HostId>.+<\/HostId><\/Error>$/,
    );
  });

  test('a bug is told without its words', async () => {
    operations.GetFunction = () => {
      throw new TypeError('secret of ours');
    };
    const { status, body, headers } = await send('lambda', {
      path: '/2015-03-31/functions/x',
      method: 'GET',
    });
    expect(status).toBe(500);
    expect(headers.get('x-amzn-errortype')).toBe('InternalFailure');
    expect(body).not.toContain('secret');
    expect(server.errors.splice(0)).toHaveLength(1);
  });
});

describe('what is missing', () => {
  test('an operation and a service answer 501, and are told of once', async () => {
    server.notices.splice(0);
    for (let times = 0; times < 2; times++) {
      expect((await send('lambda', { path: '/2015-03-31/functions/x', method: 'GET' })).status).toBe(501);
      expect(
        (await send('dynamodb', { headers: target('DynamoDB_20120810.ListTables'), body: '{}' })).status,
      ).toBe(501);
    }
    expect(server.notices).toEqual([
      'lambdock does not implement Lambda GetFunction yet',
      'lambdock has no service dynamodb (ListTables) yet',
    ]);
  });

  test('an operation that AWS does not have is an error of the client', async () => {
    const { status, body } = await send('logs', { headers: target('Logs_20140328.Nothing'), body: '{}' });
    expect(status).toBe(400);
    expect(JSON.parse(body).__type).toBe('UnknownOperationException');
    expect((await send('lambda', { path: '/2015-03-31/nothing', method: 'GET' })).status).toBe(404);
  });
});

describe('bodies', () => {
  const put = { 'content-type': 'application/json' };
  const path = '/2015-03-31/functions/x/invocations';

  test('compressed ones are unpacked', async () => {
    operations.Invoke = ((input: { Payload: Uint8Array }) => ({
      Payload: input.Payload,
      StatusCode: 200,
    })) as never;
    const body = gzipSync('{"a":1}');
    const answer = await send('lambda', { path, headers: { ...put, 'content-encoding': 'gzip' }, body });
    expect(answer).toMatchObject({ status: 200, body: '{"a":1}' });
    const broken = await send('lambda', {
      path,
      headers: { ...put, 'content-encoding': 'gzip' },
      body: 'no gzip',
    });
    expect(broken.status).toBe(400);
  });

  test('the SDK compresses what it sends to CloudWatch', async () => {
    let seen: unknown;
    operations.PutMetricData = ((input: { MetricData: unknown[] }) => {
      seen = input.MetricData.length;
      return {};
    }) as never;
    const MetricData = Array.from({ length: 500 }, (_, index) => ({ MetricName: `m${index}`, Value: index }));
    await new CloudWatchClient(config()).send(new PutMetricDataCommand({ Namespace: 'n', MetricData }));
    expect(seen).toBe(500);
  });

  test('too long ones are refused, also when only unpacking shows it, and the connection goes on', async () => {
    operations.Invoke = () => ({});
    const long = Buffer.alloc(1_000_001);
    expect((await send('lambda', { path, body: long })).status).toBe(413);
    const packed = await send('lambda', {
      path,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(long),
    });
    expect(packed.status).toBe(413);
    expect((await send('lambda', { path, body: '{}' })).status).toBe(200);
  });

  test('one that stops coming is given up after a minute', async () => {
    operations.Invoke = () => ({});
    using connection = new RawConnection(server.url);
    const { pending } = clock;
    connection.send(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization('lambda')}\r\nContent-Length: 10\r\n\r\n123`,
    );
    while (clock.pending === pending) await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(60_000);
    expect(await connection.until((text) => /^HTTP\/1.1 (\d+).*RequestTimeout/s.exec(text)?.[1])).toBe('400');
  });

  test('a client that waits for 100-continue gets it', async () => {
    operations.Invoke = () => ({ StatusCode: 200 });
    using connection = new RawConnection(server.url);
    connection.send(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${authorization('lambda')}\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n`,
    );
    await connection.until((text) => text.includes('100 Continue') || undefined);
    connection.send('{}');
    expect(await connection.until((text) => /HTTP\/1.1 200/.exec(text)?.[0])).toBeDefined();
  });

  test('streamed uploads come out of aws-chunked, with their checksums compared', async () => {
    operations.PutObject = (async ({ Body }: { Body: Readable }) => ({
      ETag: createHash('sha256')
        .update(Buffer.concat(await Body.toArray()))
        .digest('hex'),
    })) as never;
    const content = Buffer.alloc(300_000, 'lambdock ');
    const etag = createHash('sha256').update(content).digest('hex');
    for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
      const Body = Readable.from([content.subarray(0, 100_001), content.subarray(100_001)], {
        objectMode: false,
      });
      const command = new PutObjectCommand({
        Bucket: 'bucket',
        Key: 'a/b c',
        Body,
        ContentLength: content.length,
        ChecksumAlgorithm,
      });
      expect((await new S3Client(config()).send(command)).ETag, ChecksumAlgorithm).toBe(etag);
    }
  });

  test('a trailing checksum that does not fit is refused', async () => {
    operations.PutObject = (async ({ Body }: { Body: Readable }) => {
      await Body.toArray();
      return {};
    }) as never;
    const headers = {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': '5',
      'x-amz-trailer': 'x-amz-checksum-crc32',
    };
    const chunked = (crc: string) => `5\r\nhello\r\n0\r\nx-amz-checksum-crc32:${crc}\r\n\r\n`;
    const upload = (body: string, more = {}) =>
      send('s3', { path: '/bucket/key', method: 'PUT', headers: { ...headers, ...more }, body });
    expect((await upload(chunked('NhCmhg=='))).status).toBe(200);
    expect((await upload(chunked('AAAAAA=='))).body).toContain('<Code>BadDigest</Code>');
    expect((await upload(chunked('NhCmhg=='), { 'x-amz-decoded-content-length': '6' })).body).toContain(
      'IncompleteBody',
    );
    expect((await upload('5\r\nhel')).body).toContain('IncompleteBody');
  });
});

describe('answers that stream', () => {
  test('an object', async () => {
    operations.GetObject = () => ({
      Body: Readable.from([Buffer.from('one '), Buffer.from('two')]),
      ContentLength: 7,
    });
    const { Body } = await new S3Client(config()).send(
      new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }),
    );
    expect(await Body!.transformToString()).toBe('one two');
  });

  test('events, one by one', async () => {
    let next = () => {};
    operations.InvokeWithResponseStream = () => ({
      StatusCode: 200,
      EventStream: (async function* () {
        yield { PayloadChunk: { Payload: Buffer.from('first') } };
        await new Promise<void>((resolve) => {
          next = resolve;
        });
        yield { InvokeComplete: { LogResult: 'log' } };
      })(),
    });
    const command = new InvokeWithResponseStreamCommand({ FunctionName: 'x' });
    const { EventStream } = await new LambdaClient(config()).send(command);
    const seen: string[] = [];
    for await (const event of EventStream!) {
      if (event.PayloadChunk) seen.push(Buffer.from(event.PayloadChunk.Payload!).toString());
      if (event.InvokeComplete) seen.push(event.InvokeComplete.LogResult!);
      next(); // the second comes only once the first was seen
    }
    expect(seen).toEqual(['first', 'log']);
  });
});

describe('a call', () => {
  let call: Call;
  const look = async (key: string, region: string) => {
    operations.GetFunction = (_input, given) => {
      call = given;
      return {};
    };
    await send('lambda', {
      path: '/2015-03-31/functions/x',
      method: 'GET',
      headers: { authorization: authorization('lambda', key, region) },
    });
    return { account: call.account, region: call.region, partition: call.partition };
  };

  test('has account and region from the signature', async () => {
    expect(await look('test', 'eu-west-3')).toEqual({
      account: '000000000000',
      region: 'eu-west-3',
      partition: 'aws',
    });
    expect(await look('123456789012', 'cn-north-1')).toEqual({
      account: '123456789012',
      region: 'cn-north-1',
      partition: 'aws-cn',
    });
    expect(await look('AKIAIOSFODNN7EXAMPLE', 'us-gov-west-1')).toMatchObject({
      account: '000000000000',
      partition: 'aws-us-gov',
    });
  });

  test('is aborted when the client goes away', async () => {
    const aborted = new Promise<void>((resolve) => {
      operations.GetFunction = (_input, { signal }) =>
        new Promise((answer) => {
          controller.abort();
          signal.addEventListener('abort', () => {
            resolve();
            answer({});
          });
        });
    });
    const controller = new AbortController();
    const headers = { authorization: authorization('lambda') };
    await fetch(`${server.url}/2015-03-31/functions/x`, { headers, signal: controller.signal }).catch(
      () => {},
    );
    await aborted;
  });

  test('that gives up with its client is no bug', async () => {
    const controller = new AbortController();
    const ended = new Promise<void>((resolve) => {
      operations.GetFunction = (_input, { signal }) =>
        new Promise((_, reject) => {
          controller.abort();
          signal.addEventListener('abort', () => {
            reject(signal.reason);
            resolve();
          });
        });
    });
    const headers = { authorization: authorization('lambda') };
    await fetch(`${server.url}/2015-03-31/functions/x`, { headers, signal: controller.signal }).catch(
      () => {},
    );
    await ended;
    await send('x', { headers, path: '/nothing' });
    expect(server.errors).toEqual([]);
  });

  test('with a signature that can’t be read is refused', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=test' };
    expect((await send('x', { headers, path: '/?Action=A&Version=2011-06-15' })).body).toContain(
      'IncompleteSignature',
    );
  });
});
