import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonRuntime, pythons } from './python.ts';

const CODE = 'def handler(event, context):\n    return __name__\n';

describe('what a handler is loaded from', () => {
  it.each<[string, string, Record<string, string>, unknown]>([
    ['a module', 'app.handler', { 'app.py': CODE }, 'app'],
    ['a module of a folder', 'pkg/app.handler', { 'pkg/app.py': CODE }, 'pkg.app'],
    [
      'a module of a package',
      'pkg.sub.app.handler',
      { 'pkg/sub/app.py': CODE, 'pkg/__init__.py': '' },
      'pkg.sub.app',
    ],
    ['a package', 'pkg.handler', { 'pkg/__init__.py': CODE }, 'pkg'],
    ['a module with a name of the runtime', 'errors.handler', { 'errors.py': CODE }, 'errors'],
    ['a module with a name of Python', 'uuid.handler', { 'uuid.py': CODE }, 'uuid'],
    [
      'a package with a name of Python',
      'http.app.handler',
      { 'http/__init__.py': '', 'http/app.py': CODE },
      'http.app',
    ],
    ['a module that is called bootstrap', 'bootstrap.handler', { 'bootstrap.py': CODE }, 'bootstrap'],
    [
      'an object that can be called',
      'app.handler',
      {
        'app.py':
          'class H:\n    def __call__(self, event, context):\n        return "called"\nhandler = H()\n',
      },
      'called',
    ],
  ])('%s', async (_, handler, files, answer) => {
    for (const standby of [false, true]) {
      await using runtime = await pythonRuntime(files, { handler, standby });
      expect(await runtime.result()).toBe(answer);
    }
  });
});

describe.each(pythons)('what Python $version can not load', (python) => {
  it.each<[string, string, Record<string, string>, string, string]>([
    [
      'a handler without a dot',
      'app',
      { 'app.py': CODE },
      'Runtime.MalformedHandlerName',
      "Bad handler 'app': not enough values to unpack (expected 2, got 1)",
    ],
    [
      'a handler that is missing',
      'pkg/app.nothing',
      { 'pkg/app.py': CODE },
      'Runtime.HandlerNotFound',
      "Handler 'nothing' missing on module 'pkg/app'",
    ],
    [
      'a module that is missing',
      'pkg/app.handler',
      { 'app.py': CODE },
      'Runtime.ImportModuleError',
      "Unable to import module 'pkg/app': No module named 'pkg'",
    ],
    [
      'a name that is missing',
      'app.handler',
      { 'app.py': 'from lib import nothing', 'lib.py': '' },
      'Runtime.ImportModuleError',
      "Unable to import module 'app': cannot import name 'nothing' from 'lib' (/var/task/lib.py)",
    ],
    [
      'a module of Python itself',
      'sys.exit',
      {},
      'Runtime.BuiltInModuleConflict',
      'Cannot use built-in module sys as a handler module',
    ],
  ])('%s', async (_, handler, files, errorType, errorMessage) => {
    await using runtime = await pythonRuntime(files, { handler, python });
    const told = await runtime.api.told();
    expect(told.kind).toBe('init/error');
    expect(told.headers['lambda-runtime-function-error-type']).toBe(errorType);
    expect(JSON.parse(told.text)).toEqual({ errorMessage, errorType, requestId: '', stackTrace: [] });
    expect(await runtime.exit()).toBe(1);
    expect(await runtime.output()).toMatch(/^\[WARNING\]\t\S+Z\t\tLAMBDA_WARNING: Unhandled exception\. /);
    expect(await runtime.output()).toContain(
      `\n[ERROR] ${errorType}: ${errorMessage}\rTraceback (most recent call last):\n`,
    );
  });

  it('a syntax error, which is told with its line', async () => {
    await using runtime = await pythonRuntime('import os\ndef handler(event, context)\n    return 1\n', {
      python,
    });
    const told = JSON.parse((await runtime.api.told()).text);
    const problem = Number(python.version.slice(2)) < 10 ? 'invalid syntax' : "expected ':'";
    expect(told).toEqual({
      errorMessage: `Syntax error in module 'app': ${problem} (app.py, line 2)`,
      errorType: 'Runtime.UserCodeSyntaxError',
      requestId: '',
      stackTrace: ['  File "/var/task/app.py" Line 2\n    def handler(event, context)\n'],
    });
    expect(await runtime.exit()).toBe(1);
  });

  it('an error that the code raises', async () => {
    await using runtime = await pythonRuntime(
      { 'app.py': 'import lib\n', 'lib.py': '\n1 / 0\n' },
      { python },
    );
    const { stackTrace, ...told } = JSON.parse((await runtime.api.told()).text);
    expect(told).toEqual({ errorMessage: 'division by zero', errorType: 'ZeroDivisionError', requestId: '' });
    expect(stackTrace.slice(-2)).toEqual([
      '  File "/var/task/app.py", line 1, in <module>\n    import lib\n',
      '  File "/var/task/lib.py", line 2, in <module>\n    1 / 0\n',
    ]);
  });
});

describe('packages that lie elsewhere', () => {
  let root: string;
  const folder = (name: string) => join(root, name);
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'lambda-sdk-'));
    for (const name of ['sdk', 'layer']) {
      mkdirSync(folder(`${name}/boto3`), { recursive: true });
      writeFileSync(folder(`${name}/boto3/__init__.py`), `whose = '${name}'\n`);
    }
    mkdirSync(folder('empty'));
    writeFileSync(folder('sdk/json.py'), 'raise Exception("hides the real one")\n');
  });
  afterAll(() => rmSync(root, { recursive: true }));

  const USES = 'import boto3, colorsys\ndef handler(event, context):\n    return boto3.whose\n';

  it.each<[string, Record<string, string>, () => Record<string, string>, string]>([
    ['the SDK', {}, () => ({ LAMBDOCK_PYTHON_SDK: folder('sdk') }), 'sdk'],
    [
      'a layer',
      {},
      () => ({ LAMBDOCK_PYTHON_SDK: folder('sdk'), PYTHONPATH: `${folder('empty')}:${folder('layer')}` }),
      'layer',
    ],
    [
      'the code',
      { 'boto3.py': 'whose = "code"\n' },
      () => ({ LAMBDOCK_PYTHON_SDK: folder('sdk'), PYTHONPATH: folder('layer') }),
      'code',
    ],
  ])('are taken from %s, also by what waited for its function', async (_, files, env, whose) => {
    for (const standby of [false, true]) {
      await using runtime = await pythonRuntime({ 'app.py': USES, ...files }, { standby, env: env() });
      expect(await runtime.result()).toBe(whose);
    }
  });

  it.each<[string, Record<string, string>, unknown]>([
    ['are loaded in advance', {}, ['sdk', true]],
    [
      'are loaded in advance in vain where the code brings its own',
      { 'boto3.py': 'whose = "code"\n' },
      ['code', false],
    ],
  ])('%s', async (_, files, answer) => {
    const code =
      'import sys\nahead = "boto3" in sys.modules\nimport boto3\ndef handler(event, context):\n    return [boto3.whose, ahead]\n';
    const env = { LAMBDOCK_PYTHON_SDK: folder('sdk') };
    await using runtime = await pythonRuntime(
      { 'app.py': code, ...files },
      { standby: { ...env, LAMBDOCK_STANDBY_PRELOAD: 'nowhere,boto3' }, env },
    );
    expect(await runtime.result()).toEqual(answer);
  });

  it('are advised about when AWS would have them', async () => {
    await using runtime = await pythonRuntime({
      'app.py': 'import botocore.nowhere',
      'botocore/__init__.py': '',
    });
    const told = JSON.parse((await runtime.api.told()).text);
    expect(told.errorMessage).toBe("Unable to import module 'app': No module named 'botocore.nowhere'");
    expect(await runtime.exit()).toBe(1);
    expect(await runtime.output()).toMatch(/On AWS botocore is part of the runtime\..* -m pip install boto3/);
  });

  it('are looked for in the order that AWS has', async () => {
    await using runtime = await pythonRuntime(
      'import sys\ndef handler(event, context):\n    return sys.path\n',
      {
        env: { LAMBDOCK_PYTHON_SDK: folder('sdk'), PYTHONPATH: folder('layer') },
      },
    );
    const path: string[] = await runtime.result();
    expect(path.slice(0, 2)).toEqual([runtime.folder, folder('layer')]);
    expect(path.indexOf(folder('sdk'))).toBeGreaterThan(
      path.findIndex((entry) => /python3\.\d+$/.test(entry)),
    );
    expect(path.indexOf(folder('sdk'))).toBeLessThan(
      path.findIndex((entry) => entry.endsWith('site-packages')),
    );
    expect(path.filter((entry) => entry.includes('lambda-python'))).toEqual([
      expect.stringMatching(/lambda-python\/provided$/),
    ]);
  });
});

describe('hooks of SnapStart', () => {
  const HOOKS = `from snapshot_restore_py import register_after_restore, register_before_snapshot
ran = []
register_before_snapshot(ran.append, "before 1")
register_before_snapshot(ran.append, "before 2")
register_after_restore(ran.append, "after 1")
register_after_restore(ran.append, "after 2")
def handler(event, context):
    return ran
`;

  it('run between init and the first invocation, where SnapStart is on', async () => {
    await using plain = await pythonRuntime(HOOKS);
    expect(await plain.result()).toEqual([]);
    await using runtime = await pythonRuntime(HOOKS, {
      env: { AWS_LAMBDA_INITIALIZATION_TYPE: 'snap-start' },
    });
    expect(await runtime.result()).toEqual(['before 2', 'before 1', 'after 1', 'after 2']);
  });
});
