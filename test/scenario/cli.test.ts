import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning } from '../../src/daemon/is-running.ts';
import { type RunningCommand, User } from '../support/cli.ts';
import { createFunction, eventually } from '../support/daemon.ts';

const HELLO = 'export default (req, res) => { console.log("called"); res.send("one"); };\n';

/** The URL that a running `start` printed. */
async function urlOf(start: RunningCommand): Promise<string> {
  return (await start.shows(/(http:\/\/127\.0\.0\.1:\d+) {2}ready in/))[1]!;
}

async function get(url: string): Promise<string> {
  return (await fetch(url)).text();
}

describe('start', () => {
  it('says in a few lines where everything is, and what to try next', async () => {
    await using user = new User();
    const start = user.launch('start', '--port', '0');
    const url = await urlOf(start);
    await start.shows(/Ctrl-C stops/);
    expect(start.stdout()).toContain(`  data    lambdock\n`);
    expect(start.stdout()).toMatch(/ {2}driver {2}process: .*node 20\./);
    const example = /curl (\S+) .*'code=(.*)'/.exec(start.stdout());
    expect(example?.[1]).toBe(`${url}/lambda`);
    const id = await createFunction(url, { code: example![2]! });
    expect(await get(`${url}/endpoint/${id}`)).toBe('hi');
    start.process.kill('SIGINT');
    expect(await start.result).toMatchObject({ code: 0, stderr: '' });
  });

  it('stops at SIGTERM, and leaves neither its word nor an ephemeral folder behind', async () => {
    await using user = new User();
    const start = user.launch('start', '--ephemeral', '--port', '0', '--json');
    const ready = JSON.parse((await start.shows(/^\{.*\}\n/))[0]) as { dataDirectory: string; pid: number };
    expect(existsSync(ready.dataDirectory)).toBe(true);
    start.process.kill('SIGTERM');
    expect((await start.result).code).toBe(0);
    expect(existsSync(ready.dataDirectory)).toBe(false);
    expect(readdirSync(join(user.folder, 'lambdock', 'running'))).toEqual([]);
  });

  it('takes the two interrupts that npm makes of one Ctrl-C for one', async () => {
    await using user = new User();
    const start = user.launch('start', '--ephemeral', '--port', '0');
    await urlOf(start);
    start.process.kill('SIGINT');
    start.process.kill('SIGINT');
    expect((await start.result).code).toBe(0);
    expect(readdirSync(join(user.folder, 'lambdock', 'running'))).toEqual([]);
  });

  it('ends at once at a second interrupt, though a request is under way', async () => {
    await using user = new User();
    const start = user.launch('start', '--ephemeral', '--port', '0');
    const url = await urlOf(start);
    const code = 'export default () => { console.log("waiting"); };';
    const id = await createFunction(url, { code });
    const request = fetch(`${url}/endpoint/${id}`).catch(() => undefined);
    await eventually(async () => (await user.run('logs', id)).stdout.includes('waiting'));
    start.process.kill('SIGINT');
    await start.shows(/Stopping/);
    await new Promise((resolve) => setTimeout(resolve, 700));
    start.process.kill('SIGINT');
    expect((await start.result).code).toBe(130);
    await request;
  });

  it('says who holds a taken port, and both ways out', async () => {
    await using user = new User();
    const server = createServer((_, res) => void res.end('not lambdock'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr, stdout } = await user.run('start', '--ephemeral', '--port', String(port));
    server.close();
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain(`Port ${port} is taken by`);
    expect(stderr).toContain(`(process ${process.pid})`);
    expect(stderr).toContain(`lambdock start --port ${port + 1}`);
    expect(stderr).toContain(`kill ${process.pid}`);
  });

  it('knows another lambdock when it holds the port', async () => {
    await using user = new User();
    const first = user.launch('start', '--ephemeral', '--port', '0');
    const url = await urlOf(first);
    const { code, stderr } = await user.run('start', '--ephemeral', '--port', new URL(url).port);
    expect(code).toBe(4);
    expect(stderr).toContain(`taken by another lambdock (process ${first.process.pid}`);
    expect(stderr).toContain(`lambdock stop --url ${url}`);
  });

  it('refuses a data folder that another daemon uses', async () => {
    await using user = new User();
    const first = user.launch('start', '--port', '0');
    const url = await urlOf(first);
    const { code, stderr } = await user.run('start', '--port', '0');
    expect(code).toBe(4);
    expect(stderr).toContain(`in use by the lambdock at ${url}`);
  });

  it('refuses a data folder that cannot be written, without a stack', async () => {
    await using user = new User();
    writeFileSync(join(user.folder, 'file'), '');
    const { code, stderr } = await user.run('start', '--port', '0', '--data-dir', 'file/below');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: The data folder .*file\/below can't be used: /);
    expect(stderr).not.toContain('    at ');
  });

  it('detached, returns when ready, and is found and stopped by the other commands', async () => {
    await using user = new User();
    const { code, stdout } = await user.run('start', '--detach', '--port', '0', '--json');
    expect(code).toBe(0);
    const { url, pid, log } = JSON.parse(stdout) as { url: string; pid: number; log: string };
    try {
      expect(await get(`${url}/_lambdock/health`)).toContain('"ready":true');
      expect(readFileSync(log, 'utf8')).toContain(url);
      expect((await user.run('ps')).stdout).toContain(`No functions at ${url}`);
    } finally {
      expect((await user.run('stop')).code).toBe(0);
    }
    expect(isRunning(pid, undefined)).toBe(false);
    expect((await user.run('stop', '--url', url)).code).toBe(3);
  });

  it('detached, passes on why it did not start', async () => {
    await using user = new User();
    const first = user.launch('start', '--ephemeral', '--port', '0');
    const { port } = new URL(await urlOf(first));
    const { code, stderr } = await user.run('start', '--detach', '--port', port);
    expect(code).toBe(4);
    expect(stderr).toContain(`Port ${port} is taken by another lambdock`);
  });
});

describe('dev', () => {
  it('starts a daemon when none runs, reloads at every change, and recovers from a mistake', async () => {
    await using user = new User();
    mkdirSync(join(user.folder, 'hello'));
    const file = join(user.folder, 'hello', 'handler.mjs');
    writeFileSync(file, HELLO);
    const dev = user.launch('dev', 'hello', '--port', '0');
    const endpoint = (await dev.shows(/✓ hello {2}node 20 {2}(http\S+)/))[1]!;
    await dev.shows(/watching hello/);
    expect(await get(endpoint)).toBe('one');
    await dev.shows(/│ called/);

    writeFileSync(file, HELLO.replace('one', 'two'));
    await dev.shows(/ready +[\d.]+ m?s {2}handler\.mjs/);
    expect(await get(endpoint)).toBe('two');

    writeFileSync(file, 'export default (req, res) => {\n  res.send("three"));\n};\n');
    await dev.shows(/failed +[\d.]+ m?s {2}handler\.mjs {2}SyntaxError: .*handler\.mjs:2/);
    expect(await get(endpoint)).toContain('handler.mjs:2');

    writeFileSync(file, HELLO.replace('one', 'three'));
    await eventually(() => dev.stdout().match(/ready +[\d.]+ m?s {2}handler\.mjs/g)?.length === 2);
    expect(await get(endpoint)).toBe('three');

    dev.process.kill('SIGINT');
    const { code, stdout, stderr } = await dev.result;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /hello stays linked and serves again when lambdock starts; .* lambdock rm [0-9a-f]{24}\n/,
    );
  });

  it('uses the daemon that runs, links one path once, and leaves it linked', async () => {
    await using user = new User();
    writeFileSync(join(user.folder, 'handler.mjs'), HELLO);
    await urlOf(user.launch('start', '--ephemeral', '--port', '0'));
    for (let round = 0; round < 2; round++) {
      const dev = user.launch('dev', 'handler.mjs', '--title', 'mine');
      await dev.shows(/watching handler\.mjs/);
      dev.process.kill('SIGINT');
      expect((await dev.result).code).toBe(0);
    }
    const functions = JSON.parse((await user.run('ps', '--json')).stdout) as { title: string }[];
    expect(functions.map(({ title }) => title)).toEqual(['mine']);
  });

  it('goes on by itself when the daemon was stopped and started again', async () => {
    await using user = new User();
    const file = join(user.folder, 'handler.mjs');
    writeFileSync(file, HELLO);
    const first = user.launch('start', '--port', '0');
    const { port } = new URL(await urlOf(first));
    const dev = user.launch('dev', 'handler.mjs', '--title', 'mine');
    const endpoint = (await dev.shows(/(http\S+endpoint\S+)/))[1]!;
    first.process.kill('SIGKILL');
    await eventually(() => dev.stderr().includes('Lost the daemon'));
    await urlOf(user.launch('start', '--port', port));
    await eventually(() => dev.stdout().match(/watching/g)?.length === 2);
    writeFileSync(file, HELLO.replace('one', 'after'));
    await dev.shows(/ready +[\d.]+ m?s {2}handler\.mjs/);
    expect(await get(endpoint)).toBe('after');
  });

  it('explains a folder without a handler', async () => {
    await using user = new User();
    mkdirSync(join(user.folder, 'empty'));
    const { code, stderr } = await user.run('dev', 'empty', '--port', '0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*handler/);
    expect(stderr).not.toContain('    at ');
  });
});

describe('commands about functions', () => {
  it('list, show the output of, open and delete one', async () => {
    await using user = new User();
    const url = await urlOf(user.launch('start', '--ephemeral', '--port', '0'));
    const id = await createFunction(url, { title: '日本 hello', code: HELLO });
    expect(await get(`${url}/endpoint/${id}`)).toBe('one');
    expect((await user.run('ps')).stdout).toContain(
      `${id}  日本 hello  node 20  ready  ${url}/endpoint/${id}`,
    );
    expect(await user.run('logs', '日本 hello')).toEqual({ code: 0, stdout: 'called\n', stderr: '' });
    const follow = user.launch('logs', '-f', id.slice(0, 20));
    await follow.shows(/called\n/);
    await get(`${url}/endpoint/${id}`);
    await follow.shows(/called\ncalled\n/);
    follow.process.kill('SIGINT');
    expect((await follow.result).code).toBe(0);
    expect((await user.run('open', id)).stdout).toBe(`${url}/endpoint/${id}\n`);
    expect((await user.run('rm', id)).code).toBe(0);
    expect((await user.run('logs', id)).code).toBe(5);
  });

  it('reset deletes all, but only when told so', async () => {
    await using user = new User();
    const url = await urlOf(user.launch('start', '--ephemeral', '--port', '0'));
    await createFunction(url, { code: HELLO });
    expect((await user.run('reset')).code).toBe(2);
    expect((await user.run('reset', '--yes')).stdout).toBe('Deleted 1 function\n');
    expect((await user.run('ps', '--json')).stdout).toBe('[]\n');
  });

  it('end quietly when nobody reads on', async () => {
    await using user = new User();
    const help = user.launch('start', '--help');
    help.process.stdout!.destroy();
    expect(await help.result).toMatchObject({ stderr: '' });
  });
});

describe('doctor', () => {
  it('finds what lambdock needs, without changing anything', async () => {
    await using user = new User();
    const { code, stdout } = await user.run('doctor', '--port', '0', '--json');
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string; state: string }[] };
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    const names = checks.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['Node', 'SQLite', 'TypeScript', 'Port', 'Data folder']));
    expect(names.filter((name) => /^(node|python|go) /.test(name))).toHaveLength(3);
    expect(readdirSync(user.folder)).toEqual([]);
  });

  it('names a taken port and its holder, and fails', async () => {
    await using user = new User();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await user.run('doctor', '--port', String(port));
    server.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`✗ Port +${port} is taken by .*\\(process ${process.pid}\\)`));
  });
});

describe('start --example', () => {
  it('ends with live URLs whose code can be edited', async () => {
    await using user = new User();
    const start = user.launch('start', '--example', '--ephemeral', '--port', '0');
    await start.shows(/Edit \S*examples\/hello\/node\/handler\.mjs, save, and ask again/);
    const [, endpoint] = await start.shows(/✓ node {4}(http\S+)/);
    expect(JSON.parse(await get(`${endpoint}?name=you`))).toMatchObject({ message: 'Hello, you!' });
  });
});
