import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AWS_CLIS } from '../support/aws/cli.ts';
import { ClientFolder } from '../support/aws/client-folder.ts';
import { LambdaCli, ROLE } from '../support/aws/lambda-cli.ts';
import { awsEnvironment } from '../support/aws/python.ts';
import { runClient } from '../support/aws/run-client.ts';
import { type RunningDaemon, startDaemon } from '../support/daemon.ts';

const NODE = `exports.handler = async (event, context) => {
  console.log('asked by', event.name);
  return { hello: event.name, greeting: process.env.GREETING, version: context.functionVersion };
};`;
const PYTHON = `def handler(event, context):
    print('asked by', event['name'])
    return {'hello': event['name'], 'left': context.get_remaining_time_in_millis() > 0}`;

const REQUEST_ID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';

let daemon: RunningDaemon;
const folder = new ClientFolder();

beforeAll(async () => {
  daemon = await startDaemon();
});

afterAll(async () => {
  folder[Symbol.dispose]();
  await daemon[Symbol.asyncDispose]();
});

describe.each(AWS_CLIS.filter(({ usable }) => usable))('the AWS CLI, $name', (cli) => {
  const prefix = cli.name.replaceAll(' ', '-');
  let aws: LambdaCli;

  beforeAll(() => {
    aws = new LambdaCli(cli, awsEnvironment(daemon.url), folder);
  });

  test('takes a function from its creation to its end', async () => {
    const name = `${prefix}-life`;
    const called = ['--function-name', name];
    const zip = ['--zip-file', `fileb://${folder.zip({ 'index.js': NODE })}`];
    const node = ['--runtime', 'nodejs20.x', '--handler', 'index.handler', '--role', ROLE];
    expect(await aws.json('lambda', 'create-function', ...called, ...node, ...zip)).toMatchObject({
      FunctionName: name,
      Version: '$LATEST',
    });
    await aws.text('lambda', 'wait', 'function-active-v2', ...called);
    const first = await aws.invoke(name, { name: 'Ada' }, '--log-type', 'Tail');
    expect(first).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(first.FunctionError).toBeUndefined();
    expect(JSON.parse(first.payload)).toEqual({ hello: 'Ada', version: '$LATEST' });
    expect(first.LogResult).toMatch(
      new RegExp(
        `^START RequestId: ${REQUEST_ID} Version: \\$LATEST\\n[\\s\\S]*asked by Ada\\nEND RequestId: [\\s\\S]*REPORT RequestId: `,
      ),
    );

    const code = folder.zip({ 'index.js': NODE.replace('hello:', 'hi:') });
    const updated = await aws.json(
      'lambda',
      'update-function-code',
      ...called,
      '--zip-file',
      `fileb://${code}`,
    );
    expect(updated).toMatchObject({ FunctionName: name, Version: '$LATEST' });
    await aws.text('lambda', 'wait', 'function-updated-v2', ...called);
    const environment = ['--environment', 'Variables={GREETING=good day}'];
    expect(
      await aws.json('lambda', 'update-function-configuration', ...called, ...environment),
    ).toMatchObject({
      Environment: { Variables: { GREETING: 'good day' } },
    });
    await aws.text('lambda', 'wait', 'function-updated', ...called);
    const published = await aws.json('lambda', 'publish-version', ...called, '--description', 'one');
    expect(published).toMatchObject({ Version: '1', Description: 'one' });
    const alias = ['--name', 'live', '--function-version', '1'];
    expect(await aws.json('lambda', 'create-alias', ...called, ...alias)).toMatchObject({
      Name: 'live',
      FunctionVersion: '1',
    });
    const byAlias = await aws.invoke(name, { name: 'Bob' }, '--qualifier', 'live');
    expect(byAlias.ExecutedVersion).toBe('1');
    expect(JSON.parse(byAlias.payload)).toEqual({ hi: 'Bob', greeting: 'good day', version: '1' });

    const { Functions } = await aws.json('lambda', 'list-functions');
    expect((Functions as { FunctionName: string }[]).map((one) => one.FunctionName)).toContain(name);
    const { Versions } = await aws.json('lambda', 'list-versions-by-function', ...called);
    expect((Versions as { Version: string }[]).map((one) => one.Version)).toEqual(['$LATEST', '1']);
    await aws.text('lambda', 'delete-function', ...called);
    await expect(aws.invoke(name, { name: 'Eve' })).rejects.toThrow(
      `(ResourceNotFoundException) when calling the Invoke operation: Function not found: arn:aws:lambda:eu-central-1:000000000000:function:${name}:$LATEST`,
    );
  });

  test('runs Python, and finds what it logged', async () => {
    const name = `${prefix}-python`;
    const files = { 'lambda_function.py': PYTHON };
    await aws.create(name, { runtime: 'python3.12', handler: 'lambda_function.handler', files });
    const { payload } = await aws.invoke(name, { name: 'Ada' });
    expect(JSON.parse(payload)).toEqual({ hello: 'Ada', left: true });
    const group = ['--log-group-name', `/aws/lambda/${name}`];
    await expect
      .poll(async () => {
        const { events } = await aws.json('logs', 'filter-log-events', ...group);
        return (events as { message: string }[]).map(({ message }) => message.split(' ')[0]);
      })
      .toEqual(expect.arrayContaining(['START', 'asked', 'END', 'REPORT']));
    const { events } = await aws.json(
      'logs',
      'filter-log-events',
      ...group,
      '--filter-pattern',
      '"asked by"',
    );
    expect(events).toMatchObject([{ message: 'asked by Ada\n' }]);
  });

  test('gives a function a URL', async () => {
    const name = `${prefix}-url`;
    const code = `exports.handler = async (event) => ({ statusCode: 201, headers: { 'x-path': event.rawPath }, body: event.requestContext.http.method });`;
    await aws.create(name, { runtime: 'nodejs20.x', handler: 'index.handler', files: { 'index.js': code } });
    const called = ['--function-name', name];
    const { FunctionUrl } = await aws.json(
      'lambda',
      'create-function-url-config',
      ...called,
      '--auth-type',
      'NONE',
    );
    const open = ['--statement-id', 'all', '--action', 'lambda:InvokeFunctionUrl', '--principal', '*'];
    await aws.json('lambda', 'add-permission', ...called, ...open, '--function-url-auth-type', 'NONE');
    const { stdout } = await runClient('curl', ['-si', '-X', 'PUT', `${FunctionUrl}some/path`], {});
    expect(stdout).toMatch(/^HTTP\/1.1 201 /);
    expect(stdout).toMatch(/^x-path: \/some\/path\r$/im);
    expect(stdout).toMatch(/\r\n\r\nPUT$/);
  });

  test('is refused what AWS refuses', async () => {
    const zip = `fileb://${folder.zip({ 'index.js': NODE })}`;
    const create = (...args: string[]) =>
      aws.json(
        'lambda',
        'create-function',
        '--function-name',
        `${prefix}-refused`,
        '--zip-file',
        zip,
        ...args,
      );
    const role = ['--role', ROLE];
    await expect(create('--runtime', 'nodejs8.10', '--handler', 'index.handler', ...role)).rejects.toThrow(
      '(InvalidParameterValueException)',
    );
    await expect(create('--runtime', 'cobol', '--handler', 'index.handler', ...role)).rejects.toThrow(
      "Value cobol at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [",
    );
    await expect(
      create('--runtime', 'nodejs20.x', '--handler', 'index.handler', '--role', 'me'),
    ).rejects.toThrow(
      "(ValidationException) when calling the CreateFunction operation: 1 validation error detected: Value 'me' at 'role' failed to satisfy constraint",
    );
  });
});

/** Version 1 has no `logs tail`. */
describe.each(AWS_CLIS.filter(({ name, usable }) => name === 'version 2' && usable))(
  'the AWS CLI, $name',
  (cli) => {
    test('follows a log', async () => {
      const aws = new LambdaCli(cli, awsEnvironment(daemon.url), folder);
      const name = 'tail';
      await aws.create(name, {
        runtime: 'nodejs20.x',
        handler: 'index.handler',
        files: { 'index.js': NODE },
      });
      await aws.invoke(name, { name: 'Ada' });
      const tail = () => aws.text('logs', 'tail', `/aws/lambda/${name}`, '--since', '5m');
      await expect
        .poll(tail)
        .toMatch(/START RequestId: [\s\S]*asked by Ada[\s\S]*END RequestId: [\s\S]*REPORT RequestId: /);
    });
  },
);

describe('a function that fails', () => {
  let aws: LambdaCli;

  beforeAll(() => {
    aws = new LambdaCli(AWS_CLIS.find(({ usable }) => usable)!, awsEnvironment(daemon.url), folder);
  });

  test("shows a function's error as the function's", async () => {
    const node = `exports.handler = async () => { throw new TypeError('boom'); };`;
    const python = `def handler(event, context):\n    raise ValueError('boom')\n`;
    await aws.create(`throws`, {
      runtime: 'nodejs20.x',
      handler: 'index.handler',
      files: { 'index.js': node },
    });
    const thrown = await aws.invoke(`throws`);
    expect(thrown).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    const error = JSON.parse(thrown.payload);
    expect(error).toMatchObject({ errorType: 'TypeError', errorMessage: 'boom' });
    expect(error.trace[0]).toBe('TypeError: boom');
    expect(error.trace[1]).toMatch(/^ {4}at .*\(?\/var\/task\/index\.js:1:\d+\)?$/);

    await aws.create(`raises`, {
      runtime: 'python3.12',
      handler: 'app.handler',
      files: { 'app.py': python },
    });
    const raised = await aws.invoke(`raises`);
    expect(raised.FunctionError).toBe('Unhandled');
    expect(JSON.parse(raised.payload)).toEqual({
      errorMessage: 'boom',
      errorType: 'ValueError',
      requestId: expect.stringMatching(new RegExp(`^${REQUEST_ID}$`)),
      stackTrace: [`  File "/var/task/app.py", line 2, in handler\n    raise ValueError('boom')\n`],
    });
  });

  test('shows code that does not load as an error of its own', async () => {
    const files = {
      'index.js': 'exports.handler = async () => {',
      'app.py': 'import nowhere\ndef handler(e, c): pass',
    };
    await aws.create(`syntax`, { runtime: 'nodejs20.x', handler: 'index.handler', files });
    const broken = JSON.parse((await aws.invoke(`syntax`)).payload);
    expect(broken.errorType).toBe('Runtime.UserCodeSyntaxError');
    expect(broken.trace.join('\n')).toContain('/var/task/index.js:1');
    await aws.create(`import`, { runtime: 'python3.12', handler: 'app.handler', files });
    expect(JSON.parse((await aws.invoke(`import`)).payload)).toMatchObject({
      errorMessage: "Unable to import module 'app': No module named 'nowhere'",
      errorType: 'Runtime.ImportModuleError',
    });
  });

  test('tells of a time-out', async () => {
    const name = `late`;
    const code = 'exports.handler = () => new Promise(() => setTimeout(() => {}, 60_000));';
    await aws.create(name, {
      runtime: 'nodejs20.x',
      handler: 'index.handler',
      files: { 'index.js': code },
      Timeout: 1,
    });
    const { FunctionError, payload } = await aws.invoke(name);
    expect(FunctionError).toBe('Unhandled');
    expect(JSON.parse(payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        new RegExp(`^RequestId: ${REQUEST_ID} Error: Task timed out after 1\\.00 seconds$`),
      ),
    });
  });
});
