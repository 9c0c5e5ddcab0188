import { describe, expect, test } from 'vitest';
import { Throttled } from '../../../../src/execution/function-host.ts';
import { useUrls } from './urls.ts';

const urls = useUrls();
const { urlOf, send, answering } = urls;

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
    urls.it.host.answer = () => ({
      payload: Buffer.from('{"errorMessage":"x"}'),
      functionError: 'Unhandled',
    });
    expect(await send(host)).toMatchObject({ status: 502, body: 'Internal Server Error' });
    urls.it.host.answer = () =>
      Promise.reject(new Throttled('ReservedFunctionConcurrentInvocationLimitExceeded'));
    const throttled = await send(host);
    expect(throttled).toMatchObject({ status: 429, body: '{"Message":"Rate Exceeded."}' });
    expect(throttled.headers['x-amzn-errortype']).toBe('TooManyRequestsException');
  });
});

describe('a streaming URL', () => {
  const PRELUDE = 'application/vnd.awslambda.http-integration-response';
  const streaming = { InvokeMode: 'RESPONSE_STREAM' } as const;

  test('passes on what the function writes', async () => {
    const host = await urlOf(streaming);
    urls.it.host.chunks = ['one ', 'two'];
    const { status, headers, body } = await send(host);
    expect({ status, body }).toEqual({ status: 200, body: 'one two' });
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'transfer-encoding': 'chunked',
    });
  });

  test('takes status, headers and cookies from the prelude, however it is cut', async () => {
    const host = await urlOf(streaming);
    urls.it.host.contentType = PRELUDE;
    const head = JSON.stringify({ statusCode: 418, headers: { 'x-a': 'b' }, cookies: ['c=d'] });
    urls.it.host.chunks = [head.slice(0, 5), `${head.slice(5)}\0\0\0`, '\0\0\0\0\0bo', 'dy'];
    const { status, headers, body } = await send(host);
    expect({ status, body }).toEqual({ status: 418, body: 'body' });
    expect(headers).toMatchObject({ 'x-a': 'b', 'set-cookie': ['c=d'] });
  });

  test('is 502 where the function fails before it writes', async () => {
    const host = await urlOf(streaming);
    urls.it.host.chunks = [];
    urls.it.host.streamError = 'Unhandled';
    expect(await send(host)).toMatchObject({ status: 502, body: 'Internal Server Error' });
    urls.it.host.contentType = PRELUDE;
    urls.it.host.chunks = ['{"statusCode":200}'];
    expect(await send(host)).toMatchObject({ status: 502, body: 'Internal Server Error' });
  });

  test('breaks off where the function does', async () => {
    const host = await urlOf(streaming);
    urls.it.host.chunks = ['half'];
    urls.it.host.streamError = 'Unhandled';
    await expect(send(host)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
