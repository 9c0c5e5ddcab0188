import { describe, expect, it } from 'vitest';
import { nodeRuntime } from './node.ts';

const CODE = `exports.handler = async (event, context) => ({
  ...context,
  left: context.getRemainingTimeInMillis(),
  trace: process.env._X_AMZN_TRACE_ID ?? null,
  own: Object.keys(process.env).filter((name) => /LAMBDOCK|TELEMETRY/.test(name)),
});`;

describe('the context of an invocation', () => {
  it('tells of function and invocation', async () => {
    await using runtime = await nodeRuntime(CODE, { frames: true });
    const told = await runtime.api.invoke({}, { 'Lambda-Runtime-Trace-Id': 'Root=1-2-3;Sampled=1' });
    const { left, ...context } = JSON.parse(told.text);
    expect(context).toEqual({
      callbackWaitsForEmptyEventLoop: true,
      functionVersion: '$LATEST',
      functionName: 'f',
      memoryLimitInMB: '128',
      logGroupName: '/aws/lambda/f',
      logStreamName: '2026/01/01/[$LATEST]0123',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      awsRequestId: told.requestId,
      trace: 'Root=1-2-3;Sampled=1',
      own: [],
    });
    expect(left).toBeGreaterThan(1000);
    expect(left).toBeLessThanOrEqual(3000);
    expect((await runtime.result()).trace).toBeNull();
  });

  it('carries what a client and Cognito say', async () => {
    await using runtime = await nodeRuntime(CODE);
    const client = JSON.stringify({ custom: { a: 'ü' }, client: { app_title: 't' } });
    const context = await runtime.result(
      {},
      {
        'Lambda-Runtime-Client-Context': Buffer.from(client).toString('latin1'),
        'Lambda-Runtime-Cognito-Identity': '{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}',
      },
    );
    expect(context.clientContext).toEqual({ custom: { a: 'ü' }, client: { app_title: 't' } });
    expect(context.identity).toEqual({ cognitoIdentityId: 'i', cognitoIdentityPoolId: 'p' });
  });

  it.each(['nodejs20.x', 'nodejs24.x'])('can not carry what is no JSON (%s)', async (environment) => {
    await using runtime = await nodeRuntime(CODE, {
      env: { AWS_EXECUTION_ENV: `AWS_Lambda_${environment}` },
    });
    expect(await runtime.result({}, { 'Lambda-Runtime-Client-Context': 'nonsense' })).toMatchObject({
      errorType: 'Error',
      errorMessage: expect.stringMatching(/^Cannot parse ClientContext as json: SyntaxError: /),
    });
  });

  it('has trace context apart in Node.js 24', async () => {
    await using runtime = await nodeRuntime(
      'exports.handler = async (e, context) => ({ w3c: context.w3c(), rest: context.clientContext });',
      { env: { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' } },
    );
    const client = JSON.stringify({ custom: {}, w3c: { traceparent: '00-1', other: 'x', tracestate: 1 } });
    expect(await runtime.result({}, { 'Lambda-Runtime-Client-Context': client })).toEqual({
      w3c: { traceparent: '00-1' },
      rest: { custom: {} },
    });
  });
});
