import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, nodeRuntime } from './node.ts';
import { newestPython, pythonRuntime } from './python.ts';

const RUNTIMES = join(import.meta.dirname, '../../../../runtimes');
const NODE = `const cwd = process.cwd(); exports.handler = async () => ({
  cwd: cwd === __dirname, left: process.env.LEFT_OVER ?? null, own: process.env.OWN,
  standby: process.env.LAMBDOCK_STANDBY ?? null, input: require('fs').readFileSync(0, 'utf8'),
  hour: new Date(0).getHours(),
});`;
const PYTHON = `import os, sys, time
cwd = os.getcwd()
def handler(event, context):
    return {"cwd": cwd == os.path.dirname(__file__), "left": os.environ.get("LEFT_OVER"), "own": os.environ["OWN"],
            "standby": os.environ.get("LAMBDOCK_STANDBY"), "input": sys.stdin.read(), "hour": time.localtime(0).tm_hour}
`;

describe.each([
  ['Node.js', nodeRuntime, NODE, [node, join(RUNTIMES, 'lambda-node/bootstrap.mjs')]],
  ['Python', pythonRuntime, PYTHON, [newestPython.path, join(RUNTIMES, 'lambda-python/bootstrap.py')]],
] as const)('a process of %s that waits for its function', (_, start, code, command) => {
  it('becomes what it would have been', async () => {
    await using runtime = await start(code, { standby: true, env: { OWN: 'ü', TZ: 'Asia/Tokyo' } });
    expect(await runtime.result()).toEqual({
      cwd: true,
      left: null,
      own: 'ü',
      standby: null,
      input: '',
      hour: 9,
    });
  });

  it('ends with its input', async () => {
    const child = spawn(command[0], [command[1]], {
      env: { PATH: process.env.PATH, LAMBDOCK_STANDBY: '1', AWS_LAMBDA_RUNTIME_API: '127.0.0.1:1' },
    });
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
