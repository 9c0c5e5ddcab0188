import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestLambda } from '../support/aws/lambda-client.ts';
import { eventually, type RunningDaemon } from '../support/daemon.ts';
import { IN_CONTAINERS, startLambdaDaemon } from '../support/lambda-backend.ts';

let daemon: RunningDaemon;
let lambda: TestLambda;

beforeAll(async () => {
  daemon = await startLambdaDaemon();
  lambda = new TestLambda(daemon);
});

afterAll(() => daemon[Symbol.asyncDispose]());

describe('a function', () => {
  test('keeps its environment, whose log has each line in the invocation that wrote it', async () => {
    const name = await lambda.create({
      'index.js': `let count = 0;
exports.handler = async ({ word }) => {
  console.log('one\\ntwo ' + word);
  process.stdout.write('plain ' + word + '\\n');
  process.stderr.write('without an end ' + word);
  return ++count;
};`,
    });
    const first = await lambda.invoke(name, { word: 'a' });
    // A runtime that takes its time to come back for the next invocation may be given company.
    const second = await eventually(async () => {
      const outcome = await lambda.invoke(name, { word: 'b' });
      return outcome.value === 2 && outcome;
    });
    expect([first.value, second.value]).toEqual([1, 2]);
    for (const [{ log }, word, other] of [
      [first, 'a', 'b'],
      [second, 'b', 'a'],
    ] as const) {
      expect(log).toMatch(/^START RequestId: [\s\S]*END RequestId: .*\nREPORT RequestId: .*\n/);
      expect(log).toContain(`\tINFO\tone\ntwo ${word}\n`);
      expect(log).toContain(`plain ${word}\n`);
      expect(log).toContain(`without an end ${word}\nEND`);
      expect(log).not.toContain(`two ${other}`);
      expect(log).toMatch(/Max Memory Used: [1-9]\d+ MB/);
    }
  });

  test('has /tmp to itself, layers in /opt, and an address for the AWS SDK', async () => {
    const layer = await lambda.layer({ 'nodejs/node_modules/greets/index.js': "module.exports = 'hi';" });
    const name = await lambda.create(
      {
        'index.js': `const fs = require('node:fs');
exports.handler = async () => {
  fs.writeFileSync(require('node:os').tmpdir() + '/kept', 'x');
  const { status } = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0', 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=GetCallerIdentity&Version=2011-06-15' });
  return { greets: require('greets'), status, variable: process.env.OWN };
};`,
      },
      { Layers: [layer], Environment: { Variables: { OWN: 'mine' } } },
    );
    expect((await lambda.invoke(name)).value).toEqual({ greets: 'hi', status: 200, variable: 'mine' });
  });

  test.runIf(IN_CONTAINERS)(
    'is where it would be on AWS, as nobody, and can write nothing but /tmp',
    async () => {
      const name = await lambda.create({
        'index.js': `const fs = require('node:fs');
const attempt = (path) => { try { fs.writeFileSync(path, 'x'); return 'written'; } catch (error) { return error.code; } };
exports.handler = async () => ({
  cwd: process.cwd(), root: process.env.LAMBDA_TASK_ROOT, file: __filename, user: [process.getuid(), process.getgid()],
  task: attempt('/var/task/x'), etc: attempt('/etc/x'), own: attempt('/x'), tmp: attempt('/tmp/x'),
  privileges: /NoNewPrivs:\\s*1/.test(fs.readFileSync('/proc/self/status', 'utf8')),
  capabilities: /CapEff:\\s*0+\\n/.test(fs.readFileSync('/proc/self/status', 'utf8')),
});`,
      });
      expect((await lambda.invoke(name)).value).toEqual({
        cwd: '/var/task',
        root: '/var/task',
        file: '/var/task/index.js',
        user: [993, 990],
        task: 'EROFS',
        etc: 'EROFS',
        own: 'EROFS',
        tmp: 'written',
        privileges: true,
        capabilities: true,
      });
    },
  );

  test('of Python runs too, and its error has AWS’s shape', async () => {
    const name = await lambda.create(
      { 'app.py': 'def handler(event, context):\n    print("said")\n    return {"n": event["n"] + 1}\n' },
      { Runtime: 'python3.12', Handler: 'app.handler' },
    );
    const { value, log } = await lambda.invoke(name, { n: 1 });
    expect(value).toEqual({ n: 2 });
    expect(log).toContain('said\nEND');
    const failed = await lambda.invoke(name, {});
    expect(failed.error).toBe('Unhandled');
    expect(failed.value).toMatchObject({
      errorType: 'KeyError',
      stackTrace: [expect.stringContaining('/var/task/app.py')],
    });
  });

  test('that is called twenty times at once runs in twenty environments', async () => {
    const name = await lambda.create({
      'index.js': `const id = require('node:crypto').randomUUID();
exports.handler = () => new Promise((resolve) => setTimeout(() => resolve(id), 3000));`,
    });
    const answers = await Promise.all(Array.from({ length: 20 }, () => lambda.invoke(name)));
    expect(answers.map(({ error }) => error).filter(Boolean)).toEqual([]);
    expect(new Set(answers.map(({ value }) => value)).size).toBeGreaterThanOrEqual(10);
  });
});

describe('a function that fails', () => {
  test('by its time-out is ended, and the next invocation has a new environment', async () => {
    const name = await lambda.create(
      {
        'index.js': `const id = require('node:crypto').randomUUID();
exports.handler = async ({ hang }) => { if (hang) for (;;); return id; };`,
      },
      { Timeout: 2 },
    );
    const before = (await lambda.invoke(name)).value;
    const { value, error, log } = await lambda.invoke(name, { hang: true });
    expect(error).toBe('Unhandled');
    expect(value).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/^RequestId: \S+ Error: Task timed out after 2.00 seconds$/),
    });
    expect(log).toContain('Status: timeout');
    expect((await lambda.invoke(name)).value).not.toBe(before);
  });

  test('by taking more memory than it may is told so', async () => {
    const name = await lambda.create({
      'index.js': `exports.handler = async () => {
  const kept = [];
  for (;;) { kept.push(Buffer.alloc(8 * 1024 * 1024, 1)); await new Promise((resolve) => setTimeout(resolve, 5)); }
};`,
    });
    const { value, error, log } = await lambda.invoke(name);
    expect(error).toBe('Unhandled');
    expect(value).toEqual({
      errorType: 'Runtime.OutOfMemory',
      errorMessage: expect.stringMatching(
        /^RequestId: \S+ Error: Runtime exited with error: signal: killed$/,
      ),
    });
    expect(log).toMatch(/Memory Size: 128 MB\tMax Memory Used: 128 MB/);
  });

  test('by ending its process, or by a program that can’t be started, is told how', async () => {
    const exits = await lambda.create({
      'index.js': 'exports.handler = async ({ code }) => process.exit(code);',
    });
    expect((await lambda.invoke(exits, { code: 3 })).value).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Error: Runtime exited with error: exit status 3$/),
    });
    const missing = await lambda.create({ 'other.txt': 'x' }, { Runtime: 'provided.al2023' });
    expect((await lambda.invoke(missing)).value).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringContaining("Couldn't find valid bootstrap(s)"),
    });
    const script = await lambda.create(
      { bootstrap: { content: '#!/no/such/shell\n', mode: 0o755 } },
      { Runtime: 'provided.al2023' },
    );
    expect((await lambda.invoke(script)).value).toMatchObject({
      errorType: 'Runtime.InvalidEntrypoint',
      errorMessage: expect.stringMatching(/fork\/exec \/var\/task\/bootstrap: no such file or directory$/),
    });
  });
});

test('an extension of a layer starts before the function, hears of its invocations, and writes to its log', async () => {
  const extension = `#!/usr/bin/env node
const base = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension';
(async () => {
  const headers = { 'Lambda-Extension-Name': 'watcher' };
  const registered = await fetch(base + '/register', { method: 'POST', headers, body: JSON.stringify({ events: ['INVOKE', 'SHUTDOWN'] }) });
  const id = registered.headers.get('lambda-extension-identifier');
  for (;;) {
    const event = await (await fetch(base + '/event/next', { headers: { 'Lambda-Extension-Identifier': id } })).json();
    console.log('heard ' + event.eventType);
    if (event.eventType === 'SHUTDOWN') process.exit(0);
  }
})();
`;
  const layer = await lambda.layer({ 'extensions/watcher': { content: extension, mode: 0o755 } });
  const name = await lambda.create(
    {
      'index.js':
        "exports.handler = async () => { await new Promise((r) => setTimeout(r, 300)); return 'ran'; };",
    },
    { Layers: [layer], MemorySize: 256 },
  );
  const { value, log } = await lambda.invoke(name);
  expect(value).toBe('ran');
  expect(log).toContain('heard INVOKE\n');
  expect((await lambda.invoke(name)).value).toBe('ran');
});
