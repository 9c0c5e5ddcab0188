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

describe('our own runtimes', () => {
  onLinux.each([
    ['Node.js', () => node('node-fd', TCP)],
    ['Node.js in a process of its own', () => node('node-own', TCP, { environment: OWN_START })],
    ['Python', () => python('python-fd', PY_TCP)],
    ['Python in a process of its own', () => python('python-own', PY_TCP, { environment: OWN_START })],
  ])('reach the Runtime API without TCP: %s', async (_name, make) => {
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
});
