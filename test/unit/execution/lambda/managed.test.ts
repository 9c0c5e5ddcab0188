import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invocation, TestHost, value } from './support.ts';

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start({ standby: true, env: { PATH: process.env.PATH ?? '', SECRET: 'daemon' } });
});
afterAll(() => test[Symbol.asyncDispose]());

const NODE = {
  'index.js':
    'exports.handler = async (event) => { console.log("one\\ntwo"); return { event, env: process.env, cwd: process.cwd() }; };',
};

describe('a Node.js function', () => {
  it('runs in a process that was started ahead, with AWS’s environment and nothing of the daemon’s', async () => {
    const fn = test.fn(NODE, {
      name: 'node',
      runtime: 'nodejs20.x',
      environment: { MINE: 'yes', AWS_REGION: 'mars' },
      logging: { group: '/aws/lambda/node', format: 'Text' },
    });
    expect(await test.host.check(fn)).toEqual({});
    await new Promise((resolve) => setTimeout(resolve, 500));
    const first = await test.invoke(fn, 1);
    const { env, event, cwd } = value(first) as { env: Record<string, string>; event: unknown; cwd: string };
    expect(event).toBe(1);
    expect(cwd).toBe(env.LAMBDA_TASK_ROOT);
    expect(env).toMatchObject({
      MINE: 'yes',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x',
      AWS_LAMBDA_FUNCTION_NAME: 'node',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/node',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0/,
      ),
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
    });
    expect(env.AWS_LAMBDA_LOG_STREAM_NAME).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(Object.keys(env).filter((name) => /^SECRET|^LAMBDOCK|VITEST|^HOME$/.test(name))).toEqual([]);
    await test.log(/REPORT /, '/aws/lambda/node');
    const own = test.logged.filter(({ group }) => group === '/aws/lambda/node');
    expect(
      own.map(({ message }) =>
        message.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, 'ID').replace(/^20\S+/, 'TIME'),
      ),
    ).toEqual([
      expect.stringMatching(
        /^INIT_START Runtime Version: nodejs:20.v\d+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n$/,
      ),
      'START RequestId: ID Version: $LATEST\n',
      'TIME\tID\tINFO\tone\ntwo\n',
      'END RequestId: ID\n',
      expect.stringMatching(/^REPORT RequestId: ID\t.*Init Duration: /),
    ]);
    expect(new Set(own.map(({ stream }) => stream))).toEqual(new Set([env.AWS_LAMBDA_LOG_STREAM_NAME]));
  });

  it('is CommonJS where its package does not say otherwise, whatever project the data folder lies in', async () => {
    writeFileSync(join(test.folder, 'package.json'), '{"type":"module"}');
    const options = { runtime: 'nodejs20.x' } as const;
    const plain = test.fn({ 'index.js': 'exports.handler = async () => "CommonJS";' }, options);
    expect(value(await test.invoke(plain))).toBe('CommonJS');
    const modules = test.fn(
      { 'index.js': 'export const handler = async () => "ESM";', 'package.json': '{"type":"module"}' },
      options,
    );
    expect(value(await test.invoke(modules))).toBe('ESM');
  });

  it('finds modules of its layers', async () => {
    const layer = test.package({ 'nodejs/node_modules/greeting/index.js': 'module.exports = "hello";' });
    const fn = test.fn(
      { 'index.js': 'exports.handler = async () => require("greeting");' },
      { name: 'layers', runtime: 'nodejs20.x', layers: [layer] },
    );
    expect(value(await test.invoke(fn))).toBe('hello');
  });

  it('that sets options of Node gets a process of its own with them', async () => {
    const fn = test.fn(
      {
        'index.js':
          'exports.handler = async () => process.execArgv.concat(process.env.NODE_OPTIONS, typeof gc);',
      },
      {
        name: 'options',
        runtime: 'nodejs20.x',
        environment: { NODE_OPTIONS: '--expose-gc --stack-trace-limit=5' },
      },
    );
    const answer = value(await test.invoke(fn)) as string[];
    expect(answer.slice(-2)).toEqual(['--expose-gc --stack-trace-limit=5', expect.anything()]);
  });

  it('is started through a wrapper script of a layer, where it asks for one', async () => {
    const layer = test.package({
      wrap: { content: '#!/bin/sh\nexport WRAPPED=yes\nexec "$@"\n', mode: 0o755 },
    });
    const fn = test.fn(
      { 'index.js': 'exports.handler = async () => process.env.WRAPPED;' },
      {
        name: 'wrapped',
        runtime: 'nodejs20.x',
        layers: [layer],
        environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' },
      },
    );
    expect(value(await test.invoke(fn))).toBe('yes');
  });

  it('logs as JSON, with what the platform tells, where it asks for it', async () => {
    const fn = test.fn(NODE, {
      name: 'json',
      runtime: 'nodejs20.x',
      logging: { group: '/json', format: 'JSON', applicationLevel: 'INFO', systemLevel: 'INFO' },
    });
    await test.invoke(fn);
    await test.log(/platform\.report/, '/json');
    const records = test.logged
      .filter(({ group }) => group === '/json')
      .map(({ message }) => JSON.parse(message) as Record<string, unknown>);
    expect(records.map(({ type, level }) => type ?? level)).toEqual([
      'platform.initStart',
      'platform.start',
      'INFO',
      'platform.report',
    ]);
    expect(records[2]).toMatchObject({ message: 'one\ntwo' });
    expect(records[3]!.record).toMatchObject({
      status: 'success',
      metrics: { memorySizeMB: 256, initDurationMs: expect.any(Number) },
    });
  });

  it('has what it writes without a line’s end in the log of its own invocation', async () => {
    const code = 'exports.handler = async (event) => { process.stdout.write(`half ${event}`); };';
    const fn = test.fn({ 'index.js': code }, { name: 'half', runtime: 'nodejs20.x' });
    for (const event of [1, 2]) {
      const { logTail } = await test.invoke(fn, event);
      expect(String(logTail)).toMatch(new RegExp(`^START .*\nhalf ${event}\nEND `));
    }
  });

  it('may stream 200 MB, and not a byte more', async () => {
    const code = `exports.handler = awslambda.streamifyResponse(async (megabytes, stream) => {
      const chunk = Buffer.alloc(2 ** 20);
      for (let n = 0; n < megabytes; n++)
        if (!stream.write(chunk)) await new Promise((resolve) => stream.once('drain', resolve));
      if (megabytes > 200) stream.write('x');
      stream.end();
    });`;
    const fn = test.fn({ 'index.js': code }, { name: 'wide', runtime: 'nodejs20.x' });
    for (const [megabytes, errorCode] of [[200], [201, 'Function.ResponseSizeTooLarge']] as const) {
      const { body, end } = await test.host.invokeStreaming(fn, invocation(fn, megabytes));
      let size = 0;
      for await (const chunk of body) size += (chunk as Buffer).length;
      const { errorCode: code } = await end;
      expect(size).toBe(200 * 2 ** 20);
      expect(code).toBe(errorCode);
    }
  });

  it('runs on the nearest version where its own is not there, with a warning', async () => {
    const fn = test.fn(NODE, { name: 'old', runtime: 'nodejs18.x' });
    const { warning } = await test.host.check(fn);
    expect(warning ?? `nodejs18.x runs on Node.js ${process.versions.node} here`).toMatch(
      /^nodejs18.x runs on Node.js \d+/,
    );
    expect(value(await test.invoke(fn, 'x'))).toMatchObject({ event: 'x' });
  });
});

describe('a Python function', () => {
  it('runs, with its layers and its log', async () => {
    const layer = test.package({ 'python/greeting.py': 'TEXT = "hello"\n' });
    const fn = test.fn(
      {
        'app.py':
          'import os, greeting\ndef handler(event, context):\n    print("printed")\n    return [greeting.TEXT, event, context.aws_request_id, os.environ["TMPDIR"]]\n',
      },
      { name: 'python', runtime: 'python3.12', handler: 'app.handler', layers: [layer] },
    );
    const outcome = await test.invoke(fn, 7, { requestId: 'abc' });
    expect(value(outcome)).toEqual(['hello', 7, 'abc', expect.stringContaining(test.folder)]);
    expect(String(outcome.logTail)).toMatch(/^START .*\nprinted\nEND /);
  });
});
