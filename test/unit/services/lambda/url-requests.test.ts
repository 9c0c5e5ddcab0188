import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { authorization } from '../../aws/support.ts';
import { useUrls } from './urls.ts';

const FORBIDDEN =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}';

const urls = useUrls();
const { urlOf, send } = urls;

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
        'x-forwarded-port': String(urls.it.server.port),
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
        timeEpoch: urls.it.clock.now(),
      },
      body: 'Grüße',
      isBase64Encoded: false,
    });
    expect(urls.it.host.invocations.at(-1)!.invocation.requestId).toBe(requestId);
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
    await urls.it.create('routed');
    await urls.it.lambda.publishVersion({ FunctionName: 'routed' });
    await urls.it.clock.advance(10);
    await urls.it.lambda.createAlias({ FunctionName: 'routed', Name: 'live', FunctionVersion: '1' });
    const { FunctionUrl } = await urls.it.lambda.createFunctionUrlConfig({
      FunctionName: 'routed',
      Qualifier: 'live',
      AuthType: 'NONE',
    });
    await send(new URL(FunctionUrl!).hostname);
    expect(urls.it.host.invocations.at(-1)).toMatchObject({
      fn: { version: '1' },
      invocation: { invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:routed:live' },
    });
  });

  test('is not found where there is no such URL, or none any more', async () => {
    const unknown = await send(`${'a'.repeat(32)}.lambda-url.us-east-1.localhost`);
    expect(unknown).toMatchObject({ status: 404, body: '{"Message":null}' });
    expect(unknown.headers['x-amzn-errortype']).toBe('ResourceNotFoundException');
    const host = await urlOf();
    await urls.it.lambda.deleteFunction({ FunctionName: urls.latest() });
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
    const before = urls.it.host.invocations.length;
    const headers = { host, 'content-length': '100', 'content-type': 'text/plain' };
    const req = request({ port: urls.it.server.port, host: '127.0.0.1', method: 'POST', headers });
    req.on('error', () => {});
    await new Promise<void>((resolve) => req.write('half', () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    req.destroy();
    expect((await send(host)).status).toBe(200);
    expect(urls.it.host.invocations.length).toBe(before + 1);
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
