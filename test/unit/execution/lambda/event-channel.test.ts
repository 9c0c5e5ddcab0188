import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionVersion } from '../../../../src/execution/function-host.ts';
import { invocation, TestHost, value } from './support.ts';

/** How long an invocation may take on a machine that is busy with other things. */
const PATIENCE = 30_000;
/** How many connections over TCP there are to the Runtime API of an environment. */
const COUNT_TCP = `
function tcp() {
  const fs = require('node:fs');
  const port = Number(process.env.AWS_LAMBDA_RUNTIME_API.split(':')[1]).toString(16).padStart(4, '0').toUpperCase();
  const table = fs.readFileSync('/proc/net/tcp', 'latin1').split('\\n').slice(1);
  return table.filter((line) => line.trim().split(/\\s+/)[2]?.endsWith(':' + port)).length;
}`;
const PYTHON_TCP = `
import os
def tcp():
    port = format(int(os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")[1]), "04X")
    lines = open("/proc/net/tcp").read().splitlines()[1:]
    return sum(line.split()[2].endswith(":" + port) for line in lines)
`;
const onLinux = it.runIf(process.platform === 'linux');

let test: TestHost;
beforeAll(async () => {
  test = await TestHost.start({ standby: true });
});
afterAll(() => test[Symbol.asyncDispose]());

const node = (name: string, body: string, over: Partial<FunctionVersion> = {}) =>
  test.fn({ 'index.js': COUNT_TCP + body }, { name, runtime: 'nodejs20.x', timeout: PATIENCE, ...over });
const python = (name: string, body: string, over: Partial<FunctionVersion> = {}) =>
  test.fn(
    { 'app.py': PYTHON_TCP + body },
    { name, runtime: 'python3.12', handler: 'app.handler', timeout: PATIENCE, ...over },
  );

/** Variables that keep a process that was started ahead from being used. */
const OWN_START = { NODE_OPTIONS: '--stack-trace-limit=20', PYTHONUTF8: '1' };
const TCP = 'exports.handler = async () => tcp();';
const PY_TCP = 'def handler(event, context):\n    return tcp()\n';

describe('our own runtimes, which get their events over a socket of their own', () => {
  onLinux.each([
    ['Node.js', () => node('node-fd', TCP)],
    ['Node.js in a process of its own', () => node('node-own', TCP, { environment: OWN_START })],
    ['Python', () => python('python-fd', PY_TCP)],
    ['Python in a process of its own', () => python('python-own', PY_TCP, { environment: OWN_START })],
  ])('need no TCP: %s', async (_name, make) => {
    const fn = make();
    expect([value(await test.invoke(fn)), value(await test.invoke(fn))]).toEqual([0, 0]);
  });

  it.each([
    [
      'node',
      'nodejs20.x',
      'index.handler',
      'index.js',
      "exports.handler = async (event) => ['node', event];",
    ],
    [
      'python',
      'python3.12',
      'app.handler',
      'app.py',
      'def handler(event, context):\n    return ["python", event]\n',
    ],
  ])(
    'connect by the address where a wrapper has closed the socket: %s',
    async (name, runtime, handler, file, code) => {
      const layer = test.package({
        wrap: { content: '#!/bin/sh\nexec 4>&- 4<&-\nexec "$@"\n', mode: 0o755 },
      });
      const fn = test.fn(
        { [file]: code },
        {
          name: `${name}-wrapped`,
          runtime,
          handler,
          layers: [layer],
          timeout: PATIENCE,
          environment: { AWS_LAMBDA_EXEC_WRAPPER: '/opt/wrap' },
        },
      );
      for (const event of [1, 2]) expect(value(await test.invoke(fn, event))).toEqual([name, event]);
    },
  );

  it.each([
    ['node', () => node('node-large', 'exports.handler = async (event) => event;')],
    ['python', () => python('python-large', 'def handler(event, context):\n    return event\n')],
  ])('take and give 6 MB, and refuse more: %s', async (_name, make) => {
    const fn = make();
    const large = 'x'.repeat(6 * 2 ** 20 - 2);
    expect(value(await test.invoke(fn, large))).toBe(large);
    const { functionError, payload } = await test.invoke(fn, `${large}${'y'.repeat(200)}`);
    expect(functionError).toBe('Unhandled');
    expect(String(payload)).toContain('Function.ResponseSizeTooLarge');
    expect(value(await test.invoke(fn, 'again'))).toBe('again');
  });

  it.each([
    [
      'node',
      () =>
        node(
          'node-dies',
          'exports.handler = async (event) => { if (event) process.kill(process.pid, "SIGKILL"); return "well"; };',
        ),
    ],
    [
      'python',
      () =>
        python(
          'python-dies',
          'import os\ndef handler(event, context):\n    if event: os.kill(os.getpid(), 9)\n    return "well"\n',
        ),
    ],
  ])('that are killed within an invocation fail it, and it alone: %s', async (_name, make) => {
    const fn = make();
    expect(value(await test.invoke(fn, false))).toBe('well');
    const { functionError, payload } = await test.invoke(fn, true);
    expect(functionError).toBe('Unhandled');
    expect(String(payload)).toContain('Runtime.ExitError');
    expect(value(await test.invoke(fn, false))).toBe('well');
  });

  it('that are killed within a streamed answer cut it off', async () => {
    const fn = node(
      'node-cut',
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('beginning');
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);
        await new Promise(() => {});
      });`,
    );
    const { body, end } = await test.host.invokeStreaming(fn, invocation(fn));
    const parts: Buffer[] = [];
    for await (const part of body) parts.push(part as Buffer);
    expect(Buffer.concat(parts).toString()).toBe('beginning');
    expect((await end).errorCode).toBe('Runtime.TruncatedResponse');
  });

  it.each([
    [
      'node',
      () =>
        node(
          'node-ways',
          `exports.handler = async (event) => {
            if (event === 'fail') throw new Error('as asked');
            return typeof event === 'number' ? '€'.repeat(event) : event;
          };`,
        ),
    ],
    [
      'python',
      () =>
        python(
          'python-ways',
          'def handler(event, context):\n    if event == "fail": raise Exception("as asked")\n    return "€" * event if isinstance(event, int) else event\n',
        ),
    ],
  ])('take the other way, and this one again, as answers are long or errors: %s', async (_name, make) => {
    const fn = make();
    for (const size of [1, 16_382, 16_383, 65_534, 65_535, 200_000, 1])
      expect(value(await test.invoke(fn, size))).toBe('€'.repeat(size));
    for (const event of ['fail', 'well', 'fail', 'fail', '\u{1f600} ü\u2028']) {
      const outcome = await test.invoke(fn, event);
      if (event === 'fail') expect(String(outcome.payload)).toContain('as asked');
      else expect(value(outcome)).toBe(event);
    }
  });

  it.each([
    ['node', () => node('node-told', 'exports.handler = async (event, context) => context.clientContext;')],
    [
      'python',
      () => python('python-told', 'def handler(event, context):\n    return context.client_context.custom\n'),
    ],
  ])('are told what a client says of itself: %s', async (name, make) => {
    const custom = { text: 'grüße\n\u{1f600}' };
    const clientContext = JSON.stringify({ custom });
    const answer = value(await test.invoke(make(), {}, { clientContext }));
    expect(answer).toEqual(name === 'node' ? { custom } : custom);
  });

  it.each([
    [
      'node',
      () =>
        node(
          'node-nonsense',
          `const { writeSync } = require('node:fs');
          exports.handler = async (event) => {
            if (event) { writeSync(4, 'x'.repeat(20)); await new Promise((resolve) => setTimeout(resolve, 200)); }
            return process.pid;
          };`,
        ),
    ],
    [
      'python',
      () =>
        python(
          'python-nonsense',
          'import os, time\ndef handler(event, context):\n    if event:\n        os.write(4, b"x" * 20)\n        time.sleep(0.2)\n    return os.getpid()\n',
        ),
    ],
  ])(
    'go on by the address where the function has written nonsense to the socket: %s',
    async (_name, make) => {
      const fn = make();
      const process = value(await test.invoke(fn, true));
      for (let call = 0; call < 3; call++) expect(value(await test.invoke(fn, false))).toBe(process);
    },
  );

  it('leave the event loop to the function until it has answered', async () => {
    const fn = node(
      'node-loop',
      `let idle = 0;
      process.on('beforeExit', () => { idle++; });
      exports.handler = (event, context, callback) => {
        const before = idle;
        setTimeout(() => {}, 20);
        callback(null, [before, idle]);
      };`,
    );
    const counts = [];
    for (let call = 0; call < 3; call++) counts.push(value(await test.invoke(fn)));
    expect(counts).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });
});
