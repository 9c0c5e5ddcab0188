import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageInfo } from '../../src/package-info.ts';
import { createFunction, eventually, testEnvironment } from '../support/daemon.ts';

const execute = promisify(execFile);
const { root, version } = packageInfo();

/** The folder of somebody who installed the packed product: nothing of the repository is near. */
let folder: string;
let packed: string[];
let running: ChildProcess | undefined;

const env = () => testEnvironment({ XDG_DATA_HOME: join(folder, 'data') });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lambdock-package-'));
  const { stdout } = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    {
      cwd: root,
      maxBuffer: 16 * 2 ** 20,
    },
  );
  const [archive] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  packed = archive!.files.map(({ path }) => path);
  writeFileSync(join(folder, 'package.json'), '{ "name": "somebody", "private": true }');
  const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await execute('npm', [...install, join(folder, archive!.filename)], { cwd: folder, env: env() });
  // Building it takes minutes, and is not what is tested here: npm's own install script would do it.
  cpSync(join(root, 'node_modules/better-sqlite3/build'), join(folder, 'node_modules/better-sqlite3/build'), {
    recursive: true,
  });
}, 180_000);

afterAll(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function lambdock(...argv: string[]) {
  return execute('npx', ['--no-install', 'lambdock', ...argv], { cwd: folder, env: env() });
}

/** Paths of the scripts, styles and pictures that a page of the console loads. */
function assetsOf(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="(\/_lambdock\/console\/[^"]+)"/g)].map((match) => match[1]!);
}

describe('the packed product', () => {
  it('has what it needs and nothing of the source', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'dist/cli/main.js',
        'dist/index.js',
        'dist/index.d.ts',
        'dist/THIRD_PARTY_LICENSES.txt',
        'dist/runtimes/node20/server.mjs',
        'dist/runtimes/node20/agent.mjs',
        'runtimes/lambda-node/bootstrap.mjs',
        'runtimes/lambda-python/bootstrap.py',
        'runtimes/lambda-python/lambdock_lambda/main.py',
        'examples/hello/node/handler.mjs',
        'examples/hello/python/handler.py',
        'examples/hello/golang/handler.go',
      ]),
    );
    for (const name of readdirSync(join(root, 'runtimes')).filter((name) => !name.startsWith('lambda-')))
      expect(packed).toContain(`runtimes/${name}/runtime.json`);
    expect(
      packed.filter((path) => /^(src|test|scripts|bench|node_modules)\/|__pycache__|\.map$/.test(path)),
    ).toEqual([]);
  });

  it('has the built console with all that its page loads, also compressed, and none of its source', () => {
    const page = readFileSync(join(folder, 'node_modules/lambdock/dist/console/index.html'), 'utf8');
    const loaded = assetsOf(page).map((path) => path.replace('/_lambdock/', 'dist/'));
    expect(loaded.map((path) => extname(path))).toEqual(expect.arrayContaining(['.js', '.css']));
    expect(packed).toEqual(expect.arrayContaining(loaded));
    const shipped = packed.filter((path) => path.startsWith('dist/console/'));
    for (const script of shipped.filter((path) => /\.(?:js|css)$/.test(path)))
      expect(shipped).toEqual(expect.arrayContaining([`${script}.br`, `${script}.gz`]));
    expect(shipped.filter((path) => !/^dist\/console\/(?:index\.html|assets\/[^/]+)/.test(path))).toEqual([]);
    expect(shipped.filter((path) => /\.(?:tsx?|map)$/.test(path))).toEqual([]);
  });

  it('installs two packages beside itself: what is native', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(dependencies)).toEqual(['better-sqlite3', 'esbuild']);
  });

  it('names the licence of every package that is bundled', () => {
    const licenses = readFileSync(
      join(folder, 'node_modules/lambdock/dist/THIRD_PARTY_LICENSES.txt'),
      'utf8',
    );
    for (const name of ['express', 'zod', 'commander', 'pino'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)\n\n\\S`, 'm'));
    expect(licenses).not.toContain('No licence file');
  });

  it('prints its help and its version', async () => {
    expect((await lambdock('--help')).stdout).toContain('Usage: lambdock [options] [command]');
    expect((await lambdock('--version')).stdout).toBe(`${version}\n`);
  });

  it('finds what it needs with doctor', async () => {
    const { stdout } = await lambdock('doctor', '--port', '0', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, version });
  });

  it('reads a configuration in TypeScript that imports it', async () => {
    const project = join(folder, 'project');
    mkdirSync(project);
    writeFileSync(
      join(project, 'lambdock.config.ts'),
      `import { defineConfig } from 'lambdock';\nexport default defineConfig({ port: 70000 as number });\n`,
    );
    const failure = execute('npx', ['--no-install', 'lambdock', 'ps'], { cwd: project, env: env() });
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: lambdock\.config\.ts: port: expected .*, got 70000$/m),
    });
  });

  it('starts, serves a function and the console, copies out its examples and stops', async () => {
    running = spawn('npx', ['--no-install', 'lambdock', 'start', '--ephemeral', '--port', '0', '--example'], {
      cwd: folder,
      env: env(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    running.stdout!.on('data', (chunk) => (output += chunk));
    const ended = new Promise((resolve) => running!.once('close', resolve));
    const url = (await eventually(() => /(http\S+) {2}ready in/.exec(output) ?? undefined))[1]!;
    const code = 'export default (req, res) => res.send(`packed ${req.query.x}`);';
    const id = await createFunction(url, { code });
    expect(await (await fetch(`${url}/endpoint/${id}?x=1`)).text()).toBe('packed 1');
    const page = await fetch(`${url}/lambda/info?id=${id}`, { headers: { accept: 'text/html' } });
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const assets = assetsOf(await page.text());
    expect(assets).not.toEqual([]);
    for (const path of assets) {
      const asset = await fetch(url + path);
      expect([path, asset.status, (await asset.arrayBuffer()).byteLength > 0]).toEqual([path, 200, true]);
    }
    await eventually(() => output.includes('Edit lambdock-hello/node/handler.mjs'), 90_000);
    expect((await lambdock('ps')).stdout).toContain('hello-node');
    expect((await lambdock('stop')).stdout).toContain('Stopped the daemon');
    await ended;
  });
});
