import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { RawConnection } from '../../support/raw-http.ts';
import { authorization } from './support.ts';
import { useWire } from './wire.ts';

const wire = useWire();
const { operations, clock, config, send } = wire;

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
    using connection = new RawConnection(wire.server.url);
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
    using connection = new RawConnection(wire.server.url);
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
