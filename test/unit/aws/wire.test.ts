import { ResourceNotFoundException as NoAlarm } from '@aws-sdk/client-cloudwatch';
import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { NoSuchKey } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { FORM, target, useWire } from './wire.ts';

const wire = useWire();
const { operations, send } = wire;

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
    expect(wire.server.errors.splice(0)).toHaveLength(1);
  });
});

describe('what is missing', () => {
  test('an operation and a service answer 501, and are told of once', async () => {
    wire.server.notices.splice(0);
    for (let times = 0; times < 2; times++) {
      expect((await send('lambda', { path: '/2015-03-31/functions/x', method: 'GET' })).status).toBe(501);
      expect(
        (await send('dynamodb', { headers: target('DynamoDB_20120810.ListTables'), body: '{}' })).status,
      ).toBe(501);
    }
    expect(wire.server.notices).toEqual([
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
