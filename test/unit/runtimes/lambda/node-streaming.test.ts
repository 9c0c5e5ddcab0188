import { describe, expect, it } from 'vitest';
import type { RuntimeUnderTest, Told } from '../../../support/lambda-runtime.ts';
import { nodeRuntime } from './node.ts';

const streaming = (body: string) =>
  `exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`;
const failureOf = (told: Told) =>
  JSON.parse(Buffer.from(told.trailers['lambda-runtime-function-error-body'] ?? '', 'base64').toString());

describe.each(['nodejs20.x', 'nodejs24.x'])('a streaming handler in %s', (environment) => {
  const start = (body: string): Promise<RuntimeUnderTest> =>
    nodeRuntime(streaming(body), { env: { AWS_EXECUTION_ENV: `AWS_Lambda_${environment}` } });

  it('answers in pieces', async () => {
    await using runtime = await start(
      'stream.write("one "); stream.write(new Uint8Array([116, 119, 111])); stream.write(""); stream.write({ three: 3 }); stream.end();',
    );
    for (let round = 0; round < 2; round++) {
      const told = await runtime.api.invoke({});
      expect(told.kind).toBe('response');
      expect(told.text).toBe('one two{"three":3}');
      expect(told.headers).toMatchObject({
        'lambda-runtime-function-response-mode': 'streaming',
        'content-type': 'application/octet-stream',
        'transfer-encoding': 'chunked',
      });
      expect(told.trailers).toEqual({});
    }
    expect(runtime.api.connections).toBe(1);
  });

  it('may pipe something large into its answer', async () => {
    await using runtime = await start(
      'const { Readable } = require("stream"); await require("stream/promises").pipeline(Readable.from((function* () { for (let i = 0; i < 500; i++) yield "x".repeat(10_000); })()), stream);',
    );
    expect((await runtime.api.invoke({})).text).toHaveLength(5_000_000);
  });

  it('may give its answer a type', async () => {
    await using runtime = await start('stream.setContentType("text/html"); stream.end("<p>");');
    const told = await runtime.api.invoke({});
    expect([told.headers['content-type'], told.text]).toEqual(['text/html', '<p>']);
  });

  it('may give its answer a status and headers', async () => {
    await using runtime = await start(
      'const http = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { a: "ü" } }); http.write("body"); http.end();',
    );
    const told = await runtime.api.invoke({});
    expect(told.headers['content-type']).toBe('application/vnd.awslambda.http-integration-response');
    expect(told.text).toBe(`{"statusCode":201,"headers":{"a":"ü"}}${'\0'.repeat(8)}body`);
  });

  it('fails after what it has written', async () => {
    await using runtime = await start('stream.write("half"); throw new RangeError("broken");');
    for (let round = 0; round < 2; round++) {
      const told = await runtime.api.invoke({});
      expect(told.text).toBe('half');
      expect(told.trailers['lambda-runtime-function-error-type']).toBe('RangeError');
      expect(failureOf(told)).toMatchObject({ errorType: 'RangeError', errorMessage: 'broken' });
    }
    expect(await runtime.output()).toContain('\tERROR\tInvoke Error \t{"errorType":"RangeError"');
  });

  it('fails before it has written', async () => {
    await using runtime = await start('throw new RangeError("broken");');
    const told = await runtime.api.invoke({});
    expect(told.text).toBe('');
    expect(failureOf(told)).toMatchObject({ errorType: 'RangeError', errorMessage: 'broken' });
  });

  it('can not set a type too late', async () => {
    await using runtime = await start('stream.write("x"); stream.setContentType("a/b");');
    expect(failureOf(await runtime.api.invoke({}))).toMatchObject({
      errorType: 'Runtime.InvalidStreamingOperation',
      errorMessage: 'Cannot set content-type, too late.',
    });
  });

  it('gives up its answer', async () => {
    await using runtime = await start(
      'if (event.ok) return stream.end("fine"), undefined; stream.write("x"); stream.destroy(new Error("given up"));',
    );
    runtime.api.enqueue({ ok: false });
    expect((await runtime.api.invoke({ ok: true })).text).toBe('fine');
  });

  it('is warned of what it returns', async () => {
    await using runtime = await start('stream.end("x"); return "ignored";');
    expect((await runtime.api.invoke({})).text).toBe('x');
    expect(await runtime.output()).toContain('\tWARN\tStreaming handlers ignore return values.');
  });

  it('has to be asynchronous', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = awslambda.streamifyResponse((event, stream) => { stream.write("x"); });',
      { env: { AWS_EXECUTION_ENV: `AWS_Lambda_${environment}` } },
    );
    expect(failureOf(await runtime.api.invoke({})).errorMessage).toBe(
      'Streaming does not support non-async handlers.',
    );
  });
});

describe('a handler marked for streaming', () => {
  it('may be so by a library of its own', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async (event, stream) => { stream.end(String(stream.writableHighWaterMark)); }; exports.handler[Symbol.for("aws.lambda.runtime.handler.streaming")] = "response"; exports.handler[Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark")] = 1000;',
      { env: { AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA: 'true' } },
    );
    expect((await runtime.api.invoke({})).text).toBe('1000');
  });

  it('is refused when it asks for more than responses', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async () => {}; exports.handler[Symbol.for("aws.lambda.runtime.handler.streaming")] = "request";',
    );
    expect(JSON.parse((await runtime.api.told()).text)).toMatchObject({
      errorType: 'Runtime.MalformedStreamingHandler',
      errorMessage: 'Only response streaming is supported.',
    });
  });
});
