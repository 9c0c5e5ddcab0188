import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-ports.ts';
import { RuntimeFixture } from '../support/runtime-fixture.ts';

const runtimes = join(import.meta.dirname, '../../runtimes');
let fixture: RuntimeFixture;
let store: Server;
let storeUrl: string;

/** Stands in for the object store: any key's code is its language's default code. */
beforeAll(async () => {
  fixture = await RuntimeFixture.create();
  store = createServer((request, response) => {
    const { definition } = fixture.runtime(request.url!.slice(1)) ?? {};
    response.writeHead(definition ? 200 : 403).end(definition?.defaultCode);
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  storeUrl = `http://127.0.0.1:${(store.address() as AddressInfo).port}`;
});

afterAll(async () => {
  store.close();
  await fixture[Symbol.asyncDispose]();
});

const servers = [
  {
    name: 'node',
    command: () => [process.execPath, join(fixture.folder, 'servers/node20/server.mjs')],
    fetch: () => [process.execPath, join(fixture.folder, 'servers/node20/fetch-code.mjs')],
    broken: { 'handler.mjs': 'export default (' },
  },
  {
    name: 'python',
    command: async () => (await fixture.runtime('python').standby())!.command,
    fetch: async () => [
      (await fixture.runtime('python').standby())!.command[0],
      join(runtimes, 'python3.12/fetch_code.py'),
    ],
    broken: { 'handler.py': 'def handler(:' },
  },
];

/** Runs a server in a folder, without the protocol, until its port answers. */
async function serve(command: readonly string[], cwd: string) {
  const port = await freePort();
  const [program, ...args] = command;
  const child = spawn(program!, args, { cwd, env: { ...process.env, PORT: String(port) }, stdio: 'pipe' });
  const exited = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  return { child, exited, port };
}

async function answer(port: number, child: ChildProcess): Promise<Response> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`);
    try {
      return await fetch(`http://127.0.0.1:${port}/?a=1`);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20)); // not listening yet
    }
  }
}

describe.each(servers)('$name without the daemon', ({ name, command, fetch: fetcher, broken }) => {
  test('fetches its code by URL, serves it and stops on SIGTERM', async () => {
    const { codeFile, defaultCode } = fixture.runtime(name).definition;
    const cwd = join(fixture.folder, `standalone-${name}`);
    await mkdir(cwd);
    const [program, ...args] = await fetcher();
    const run = (url: string) =>
      promisify(execFile)(program!, [...args, 'abc', codeFile], {
        cwd,
        env: { ...process.env, LAMBDOCK_CODE_URL: url },
      });
    await expect(run(`${storeUrl}/unknown`)).rejects.toThrow(/can't fetch the code of abc: .*403/);
    await run(`${storeUrl}/${name}`);
    expect(await readFile(join(cwd, codeFile), 'utf8')).toBe(defaultCode);
    const { child, exited, port } = await serve(await command(), cwd);
    expect((await answer(port, child)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  test('ends with 1 and the stack when its code does not load', async () => {
    const { directory } = await fixture.write(broken);
    const { child, exited } = await serve(await command(), directory);
    let log = '';
    child.stderr.on('data', (data) => {
      log += data;
    });
    expect(await exited).toBe(1);
    expect(log).toContain(Object.keys(broken)[0]);
    expect(log).toContain('SyntaxError');
  });
});

test('a Go binary serves without the daemon', async () => {
  const { command, cwd } = await fixture.prepare('golang', {
    'handler.go': fixture.runtime('golang').definition.defaultCode,
  });
  const { child, exited, port } = await serve(command, cwd);
  expect((await answer(port, child)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
});
