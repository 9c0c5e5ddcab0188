import { Readable } from 'node:stream';
import { InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import type { Call } from '../../../src/aws/call.ts';
import { authorization } from './support.ts';
import { useWire } from './wire.ts';

const wire = useWire();
const { operations, config, send } = wire;

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
    await fetch(`${wire.server.url}/2015-03-31/functions/x`, { headers, signal: controller.signal }).catch(
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
    await fetch(`${wire.server.url}/2015-03-31/functions/x`, { headers, signal: controller.signal }).catch(
      () => {},
    );
    await ended;
    await send('x', { headers, path: '/nothing' });
    expect(wire.server.errors).toEqual([]);
  });

  test('with a signature that can’t be read is refused', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=test' };
    expect((await send('x', { headers, path: '/?Action=A&Version=2011-06-15' })).body).toContain(
      'IncompleteSignature',
    );
  });
});
