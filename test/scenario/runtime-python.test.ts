import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RuntimeFixture } from '../support/runtime-fixture.ts';

let fixture: RuntimeFixture;

beforeAll(async () => {
  fixture = await RuntimeFixture.create();
});

afterAll(() => fixture[Symbol.asyncDispose]());

const start = (files: Record<string, string>) => fixture.start('python', files);
const failureOf = (files: Record<string, string>) => fixture.failureOf('python', files);

describe('handlers', () => {
  test('may be async, and return what a Flask view may', async () => {
    await using server = await start({
      'handler.py': `import asyncio
from flask import abort, request

async def handler():
    await asyncio.sleep(0.01)
    if request.path == "/teapot":
        abort(418)
    return {"json": request.get_json(silent=True)}, 201, {"x-own": "yes"}
`,
    });
    const headers = { 'content-type': 'application/json' };
    const response = await server.fetch('/', { method: 'POST', body: '{"a":1}', headers });
    expect([response.status, response.headers.get('x-own')]).toEqual([201, 'yes']);
    expect(await response.json()).toEqual({ json: { a: 1 } });
    expect((await server.fetch('/teapot')).status).toBe(418);
  });

  test('import modules beside them, and never one of the runtime’s', async () => {
    await using server = await start({
      'handler.py':
        'import main, server\nfrom lib import helper\ndef handler():\n    return main.own + server.own + helper.own + open("data.txt").read()\n',
      'main.py': 'own = "main "\n',
      'server.py': 'own = "server "\n',
      'lib/helper.py': 'own = "helper "\n',
      'data.txt': 'data',
    });
    expect(await (await server.fetch('/')).text()).toBe('main server helper data');
  });

  test('that return nothing are told so at their own line', async () => {
    await using server = await start({ 'handler.py': '\n\ndef handler():\n    pass\n' });
    const { error } = await server.json('/');
    expect(error).toMatch(
      /^TypeError: The view function for 'handler' did not return .* \(handler\.py:3\)$/s,
    );
  });

  test('that fail while they stream cut the answer, and before it starts are a 500', async () => {
    await using server = await start({
      'handler.py': `from flask import request
def handler():
    def pieces():
        if request.args.get("late"):
            yield "some"
        raise KeyError("gone")
    from flask import stream_with_context
    return stream_with_context(pieces())
`,
    });
    const early = await server.fetch('/');
    expect(early.status).toBe(500);
    expect(await early.json()).toMatchObject({ error: "KeyError: 'gone' (handler.py:6)" });
    await expect(server.fetch('/?late=1').then((response) => response.text())).rejects.toThrow();
    expect((await server.fetch('/')).status).toBe(500);
  });

  test('leave an unread body behind without harm to the next request', async () => {
    await using server = await start({ 'handler.py': 'def handler():\n    return "ok"\n' });
    for (const size of [10, 100_000, 3_000_000]) {
      const response = await server.fetch('/', { method: 'POST', body: 'x'.repeat(size) });
      expect(await response.text()).toBe('ok');
    }
  });
});

describe('code that does not load', () => {
  test('an exception at the top level has the user’s frames only', async () => {
    const error = await failureOf({
      'handler.py': 'from lib import broken\ndef handler():\n    return ""\n',
      'lib.py': 'def f():\n    return 1 / 0\nbroken = f()\n',
    });
    expect(error).toMatchObject({ name: 'ZeroDivisionError', file: 'lib.py', line: 2 });
    expect(error.stack!.match(/File /g)).toHaveLength(3);
  });

  test('a missing package is named with what to do', async () => {
    const error = await failureOf({ 'handler.py': '\nimport left_pad_of_mine\n' });
    expect(error).toMatchObject({ name: 'ModuleNotFoundError', file: 'handler.py', line: 2 });
    expect(error.message).toBe(
      "No module named 'left_pad_of_mine'. If it is a package, add it to requirements.txt beside the handler",
    );
    const inline = await fixture.failureOf('python', { 'handler.py': 'import left_pad_of_mine\n' }, true);
    expect(inline.message).toContain("'left_pad_of_mine'. Code sent to the API can't have packages");
  });

  test('calling sys.exit while loading is a failure to load', async () => {
    const error = await failureOf({ 'handler.py': 'import sys\nsys.exit(4)\n' });
    expect(error).toMatchObject({ name: 'SystemExit', file: 'handler.py', line: 2 });
  });

  test('what pip can’t install is named with its line in requirements.txt', async () => {
    const error = await failureOf({
      'handler.py': 'def handler():\n    return ""\n',
      'requirements.txt': '# ours\n./no-such-folder\n',
    });
    expect(error.kind).toBe('setup');
    expect(error.message).toMatch(/^pip install failed: .*no-such-folder/);
  });
});

describe('environments', () => {
  test('the function’s requirements are installed once, beside flask', async () => {
    const code = 'import own_package\ndef handler():\n    return own_package.name\n';
    const source = join(fixture.folder, 'own-package');
    await mkdir(source);
    await writeFile(join(source, 'pyproject.toml'), '[project]\nname = "own-package"\nversion = "1"\n');
    await writeFile(join(source, 'own_package.py'), 'name = "installed"\n');
    const files = { 'handler.py': code, 'requirements.txt': `${source}\n` };
    fixture.progress.length = 0;
    const [first, second] = await Promise.all([start(files), start(files)]);
    await using one = first;
    await using two = second;
    expect(await (await one.fetch('/')).text()).toBe('installed');
    expect(await (await two.fetch('/')).text()).toBe('installed');
    expect(fixture.progress.filter((line) => line.startsWith('Creating the Python'))).toHaveLength(1);
    const environment = one.environment.VIRTUAL_ENV!;
    await one[Symbol.asyncDispose]();
    await two[Symbol.asyncDispose]();
    // A broken interpreter link, as after an upgrade of Python, makes it anew.
    await rename(join(environment, 'bin/python'), join(environment, 'bin/python-gone'));
    await using again = await start(files);
    expect(await (await again.fetch('/')).text()).toBe('installed');
    await rm(environment, { recursive: true });
  });
});
