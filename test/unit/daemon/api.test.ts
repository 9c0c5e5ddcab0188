import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { Api } from '../../../src/daemon/api.ts';
import { Guard } from '../../../src/daemon/guard.ts';
import type { DaemonControl } from '../../../src/daemon/internal-api.ts';

const SIGNED =
  'AWS4-HMAC-SHA256 Credential=test/20260131/eu-west-1/sts/aws4_request, SignedHeaders=host, Signature=0';
const FORM = 'application/x-www-form-urlencoded';

/** Who is given a request. */
async function taker(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<string> {
  let taken = 'nobody';
  const take = (name: string) => () => {
    taken = name;
  };
  const api = new Api({
    control: {} as DaemonControl,
    guard: new Guard({ host: '127.0.0.1', allowedHosts: [], allowedOrigins: [], token: undefined }),
    loadPlatform: async () => take('platform'),
    aws: take('aws'),
    presigned: take('presigned'),
  });
  const res = { setHeader: () => {}, writeHead: () => {}, end: () => {} } as unknown as ServerResponse;
  await api.handle({ url, method, headers } as unknown as IncomingMessage, res);
  return taken;
}

test.each([
  ['/', { authorization: SIGNED }, 'POST'],
  ['/2015-03-31/functions', { authorization: SIGNED }, 'GET'],
  ['/', { 'x-amz-target': 'Logs_20140328.DescribeLogGroups' }, 'POST'],
  ['/service/X/operation/Y', { 'smithy-protocol': 'rpc-v2-cbor' }, 'POST'],
  ['/', { 'content-type': `${FORM}; charset=utf-8` }, 'POST'],
  ['/?Action=GetCallerIdentity&Version=2011-06-15', {}, 'GET'],
  ['/?X-Amz-Credential=k%2F20260131%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Signature=0', {}, 'GET'],
])('%s with %j goes to the AWS API', async (url, headers, method) => {
  expect(await taker(url, headers as never, method)).toBe('aws');
});

test.each([
  '/code/6742e2a4?X-Amz-Credential=k%2F20260131%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0',
  '/lambda/key?X-Amz-Credential=k/20260131/us-east-1/s3/aws4_request&X-Amz-Signature=0',
  '/code/6742e2a4?X-Amz-Signature=0',
])('%s is an object', async (url) => {
  expect(await taker(url)).toBe('presigned');
});

test.each([
  '/lambda',
  '/lambda/list?a=1',
  '/openapi.json',
  '/_lambdock/link',
  '/_lambdock/journal',
  '/_lambdock/exchanges/1',
])(
  '%s is the platform’s, unless it is signed: a signature must not stand for the token there',
  async (url) => {
    expect(await taker(url)).toBe('platform');
    expect(await taker(url, { authorization: SIGNED })).toBe('aws');
    expect(await taker(`${url}${url.includes('?') ? '&' : '?'}X-Amz-Signature=0`)).toBe('presigned');
    expect(await taker(`${url}${url.includes('?') ? '&' : '?'}X-Amz-Credential=k`)).toBe('aws');
  },
);

test('internal paths are not reached by a signature either', async () => {
  expect(await taker('/_lambdock/stop', { authorization: SIGNED }, 'POST')).toBe('aws');
});
