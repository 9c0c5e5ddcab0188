import { request } from 'node:http';
import type { CreateFunctionUrlConfigRequest } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Throttled } from '../../../../src/execution/function-host.ts';
import { FakeHost } from '../../../support/aws/fake-host.ts';
import { authorization } from '../../aws/support.ts';
import { type LambdaServer, startLambda } from './support.ts';

const FORBIDDEN =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}';

let it: LambdaServer;

beforeAll(async () => {
  it = await startLambda();
});

afterAll(async () => {
  expect(it.server.errors).toEqual([]);
  await it[Symbol.asyncDispose]();
});

afterEach(() => {
  it.host.answer = new FakeHost().answer;
  it.host.contentType = 'application/octet-stream';
  it.host.streamError = undefined;
});

let count = 0;

/** The URL's own host name. */
async function urlOf(more: Partial<CreateFunctionUrlConfigRequest> = {}): Promise<string> {
  const FunctionName = `f${count++}`;
  await it.create(FunctionName);
  const { FunctionUrl } = await it.lambda.createFunctionUrlConfig({
    FunctionName,
    AuthType: 'NONE',
    ...more,
  });
  return new URL(FunctionUrl!).hostname;
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** By host name, without asking anyone for its address. */
function send(host: string, { method = 'GET', path = '/', headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port: it.server.port, host: '127.0.0.1', method, path, headers: { host, ...headers } };
    const req = request(options, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () =>
        resolve({
          status: res.statusCode!,
          headers: res.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    req.on('error', reject);
    req.end(body);
  });
}

function answering(value: unknown): void {
  it.host.answer = () => ({ payload: Buffer.from(JSON.stringify(value)) });
}

describe('a request to a URL', () => {
  test('becomes an event of payload format 2.0', async () => {
    const host = await urlOf();
    const id = host.split('.')[0]!;
    const { status, body, headers } = await send(host, {
      method: 'POST',
      path: '/a%20b/c?x=1&x=2&y=%C3%A4',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'user-agent': 'test',
        cookie: 'a=1; b=2',
        'X-Twice': ['one', 'two'],
      },
      body: 'Grüße',
    });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    const requestId = headers['x-amzn-requestid'];
    expect(JSON.parse(body)).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/a%20b/c',
      rawQueryString: 'x=1&x=2&y=%C3%A4',
      cookies: ['a=1', 'b=2'],
      headers: {
        host,
        'content-type': 'text/plain; charset=utf-8',
        'content-length': '7',
        'user-agent': 'test',
        'x-twice': 'one,two',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': String(it.server.port),
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { x: '1,2', y: 'ä' },
      requestContext: {
        accountId: 'anonymous',
        apiId: id,
        domainName: host,
        domainPrefix: id,
        http: {
          method: 'POST',
          path: '/a%20b/c',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId,
        routeKey: '$default',
        stage: '$default',
        time: expect.stringMatching(/^01\/Jan\/2026:00:00:\d\d \+0000$/),
        timeEpoch: it.clock.now(),
      },
      body: 'Grüße',
      isBase64Encoded: false,
    });
    expect(it.host.invocations.at(-1)!.invocation.requestId).toBe(requestId);
  });

  test('leaves out what it does not have', async () => {
    const { body } = await send(await urlOf());
    const event = JSON.parse(body);
    for (const member of ['body', 'cookies', 'queryStringParameters'])
      expect(event).not.toHaveProperty(member);
    expect(event).toMatchObject({ rawPath: '/', rawQueryString: '', isBase64Encoded: false });
  });

  test.each([
    ['application/json', false],
    ['application/vnd.api+json', false],
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
  ])('of type %s carries its body in base64: %s', async (type, isBase64Encoded) => {
    const { body } = await send(await urlOf(), {
      method: 'PUT',
      headers: { 'content-type': type },
      body: 'a=1',
    });
    expect(JSON.parse(body)).toMatchObject({ isBase64Encoded, body: isBase64Encoded ? 'YT0x' : 'a=1' });
  });

  test('can be sent to a path where host names do not resolve', async () => {
    const id = (await urlOf()).split('.')[0]!;
    const { body } = await send('127.0.0.1', { path: `/_aws/lambda-url/${id}/deep/path?x=1` });
    expect(JSON.parse(body)).toMatchObject({ rawPath: '/deep/path', rawQueryString: 'x=1' });
    const bare = await send('127.0.0.1', { path: `/_aws/lambda-url/${id}` });
    expect(JSON.parse(bare.body)).toMatchObject({ rawPath: '/' });
  });

  test('reaches the version of an alias', async () => {
    await it.create('routed');
    await it.lambda.publishVersion({ FunctionName: 'routed' });
    await it.clock.advance(10);
    await it.lambda.createAlias({ FunctionName: 'routed', Name: 'live', FunctionVersion: '1' });
    const { FunctionUrl } = await it.lambda.createFunctionUrlConfig({
      FunctionName: 'routed',
      Qualifier: 'live',
      AuthType: 'NONE',
    });
    await send(new URL(FunctionUrl!).hostname);
    expect(it.host.invocations.at(-1)).toMatchObject({
      fn: { version: '1' },
      invocation: { invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:routed:live' },
    });
  });

  test('is not found where there is no such URL, or none any more', async () => {
    const unknown = await send(`${'a'.repeat(32)}.lambda-url.us-east-1.localhost`);
    expect(unknown).toMatchObject({ status: 404, body: '{"Message":null}' });
    expect(unknown.headers['x-amzn-errortype']).toBe('ResourceNotFoundException');
    const host = await urlOf();
    await it.lambda.deleteFunction({ FunctionName: `f${count - 1}` });
    expect(await send(host)).toMatchObject({ status: 404 });
  });

  test('of more than 6 MB is refused', async () => {
    const sent = {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.alloc(6_291_457, 'x'),
    };
    const { status, body } = await send(await urlOf(), sent);
    expect(status).toBe(413);
    expect(JSON.parse(body)).toEqual({
      Message: 'Request must be smaller than 6291456 bytes for the InvokeFunction operation',
    });
  });

  test('that breaks off is no one’s fault', async () => {
    const host = await urlOf();
    const before = it.host.invocations.length;
    const headers = { host, 'content-length': '100', 'content-type': 'text/plain' };
    const req = request({ port: it.server.port, host: '127.0.0.1', method: 'POST', headers });
    req.on('error', () => {});
    await new Promise<void>((resolve) => req.write('half', () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    req.destroy();
    expect((await send(host)).status).toBe(200);
    expect(it.host.invocations.length).toBe(before + 1);
  });
});

describe('the answer of a URL', () => {
  test.each([
    ['an object', { message: 'hi' }, '{"message":"hi"}'],
    ['a string', 'hi', '"hi"'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
    ['a list', [1], '[1]'],
  ])('is 200 with JSON where a function answers %s', async (_kind, value, body) => {
    answering(value);
    const answer = await send(await urlOf());
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers['content-type']).toBe('application/json');
  });

  test('is what the function says where it says a status', async () => {
    answering({
      statusCode: 201,
      headers: { 'Content-Type': 'text/html', 'X-Number': 7, Connection: 'close' },
      cookies: ['a=1; Secure', 'b=2'],
      body: '<p>ü</p>',
    });
    const { status, headers, body } = await send(await urlOf());
    expect(status).toBe(201);
    expect(body).toBe('<p>ü</p>');
    expect(headers).toMatchObject({
      'content-type': 'text/html',
      'x-number': '7',
      'set-cookie': ['a=1; Secure', 'b=2'],
    });
  });

  test('is decoded from base64, and may have no body', async () => {
    const host = await urlOf();
    answering({ statusCode: 200, body: Buffer.from('bytes').toString('base64'), isBase64Encoded: true });
    expect((await send(host)).body).toBe('bytes');
    answering({ statusCode: '204' });
    expect(await send(host)).toMatchObject({ status: 204, body: '' });
    answering({ statusCode: 200, body: 'text' });
    const head = await send(host, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers['content-length']).toBe('4');
  });

  test.each([
    ['a status that is none', { statusCode: 99 }],
    ['a header that would be two', { statusCode: 200, headers: { a: 'b\r\nc: d' } }],
    ['a header without a proper name', { statusCode: 200, headers: { 'a b': 'c' } }],
  ])('is 502 for %s', async (_kind, value) => {
    answering(value);
    expect(await send(await urlOf())).toMatchObject({ status: 502, body: 'Internal Server Error' });
  });

  test('is 502 where the function fails, and 429 where it is throttled', async () => {
    const host = await urlOf();
    it.host.answer = () => ({ payload: Buffer.from('{"errorMessage":"x"}'), functionError: 'Unhandled' });
    expect(await send(host)).toMatchObject({ status: 502, body: 'Internal Server Error' });
    it.host.answer = () => Promise.reject(new Throttled('ReservedFunctionConcurrentInvocationLimitExceeded'));
    const throttled = await send(host);
    expect(throttled).toMatchObject({ status: 429, body: '{"Message":"Rate Exceeded."}' });
    expect(throttled.headers['x-amzn-errortype']).toBe('TooManyRequestsException');
  });
});

describe('a URL with AWS_IAM', () => {
  test('refuses who does not sign, or signs for something else', async () => {
    const host = await urlOf({ AuthType: 'AWS_IAM' });
    for (const headers of [{}, { authorization: authorization('s3') }]) {
      const refused = await send(host, { headers });
      expect(refused).toMatchObject({ status: 403, body: FORBIDDEN });
      expect(refused.headers['x-amzn-errortype']).toBe('AccessDeniedException');
    }
  });

  test('tells the function who signed', async () => {
    const host = await urlOf({ AuthType: 'AWS_IAM' });
    const headers = { authorization: authorization('lambda', '123456789012') };
    const { body } = await send(host, { headers });
    expect(JSON.parse(body).requestContext).toMatchObject({
      accountId: '123456789012',
      authorizer: {
        iam: {
          accessKey: '123456789012',
          accountId: '123456789012',
          callerId: '123456789012',
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: 'arn:aws:iam::123456789012:root',
          userId: '123456789012',
        },
      },
    });
  });
});

describe('CORS', () => {
  const Cors = {
    AllowOrigins: ['https://*.example.com'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['x-custom'],
    ExposeHeaders: ['x-shown'],
    AllowCredentials: true,
    MaxAge: 300,
  };
  const preflight = { 'access-control-request-method': 'POST' };

  test('is decided by the configuration, without asking the function', async () => {
    const host = await urlOf({ Cors });
    const before = it.host.invocations.length;
    const allowed = await send(host, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', ...preflight },
    });
    expect(allowed.status).toBe(200);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-custom',
      'access-control-expose-headers': 'x-shown',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '300',
      vary: 'Origin',
    });
    const refused = await send(host, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.com', ...preflight },
    });
    expect(refused.headers).not.toHaveProperty('access-control-allow-origin');
    expect(it.host.invocations.length).toBe(before);
  });

  test('takes the place of what the function says', async () => {
    const host = await urlOf({ Cors: { AllowOrigins: ['*'] } });
    answering({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://mine' }, body: '' });
    const { headers } = await send(host, { headers: { origin: 'https://app.test' } });
    expect(headers['access-control-allow-origin']).toBe('*');
  });

  test('is the function’s own where nothing is configured', async () => {
    const host = await urlOf();
    answering({ statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://mine' }, body: 'asked' });
    const { headers, body } = await send(host, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.test', ...preflight },
    });
    expect(headers['access-control-allow-origin']).toBe('https://mine');
    expect(body).toBe('asked');
  });

  test('keeps pages of other sites out that it does not allow', async () => {
    const host = await urlOf({ Cors });
    const foreign = { 'x-test-foreign': '1' };
    const before = it.host.invocations.length;
    const refused = await send(host, { headers: { ...foreign, origin: 'https://evil.com' } });
    expect(refused.status).toBe(403);
    expect(it.host.invocations.length).toBe(before);
    const allowed = await send(host, { headers: { ...foreign, origin: 'https://app.example.com' } });
    expect(allowed.status).toBe(200);
  });
});

describe('a streaming URL', () => {
  const PRELUDE = 'application/vnd.awslambda.http-integration-response';
  const streaming = { InvokeMode: 'RESPONSE_STREAM' } as const;

  test('passes on what the function writes', async () => {
    const host = await urlOf(streaming);
    it.host.chunks = ['one ', 'two'];
    const { status, headers, body } = await send(host);
    expect({ status, body }).toEqual({ status: 200, body: 'one two' });
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
    });
  });

  test('takes status, headers and cookies from the prelude, however it is cut', async () => {
    const host = await urlOf(streaming);
    it.host.contentType = PRELUDE;
    const head = JSON.stringify({ statusCode: 418, headers: { 'x-a': 'b' }, cookies: ['c=d'] });
    it.host.chunks = [head.slice(0, 5), `${head.slice(5)}\0\0\0`, '\0\0\0\0\0bo', 'dy'];
    const { status, headers, body } = await send(host);
    expect({ status, body }).toEqual({ status: 418, body: 'body' });
    expect(headers).toMatchObject({ 'x-a': 'b', 'set-cookie': ['c=d'] });
  });

  test('is 502 where the function fails before it writes', async () => {
    const host = await urlOf(streaming);
    it.host.chunks = [];
    it.host.streamError = 'Unhandled';
    expect(await send(host)).toMatchObject({ status: 502, body: 'Internal Server Error' });
    it.host.contentType = PRELUDE;
    it.host.chunks = ['{"statusCode":200}'];
    expect(await send(host)).toMatchObject({ status: 502, body: 'Internal Server Error' });
  });

  test('breaks off where the function does', async () => {
    const host = await urlOf(streaming);
    it.host.chunks = ['half'];
    it.host.streamError = 'Unhandled';
    await expect(send(host)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
