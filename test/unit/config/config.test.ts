import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { childEnvironment } from '../../../src/daemon/child-environment.ts';
import { type Config, ConfigError, loadClientSettings, loadConfig } from '../../../src/daemon/config.ts';
import { minioSettings } from '../../../src/daemon/open-objects.ts';
import { OPTION_NAMES, type Settings } from '../../../src/daemon/options.ts';
import { userDataFolder } from '../../../src/daemon/user-folder.ts';
import { defineConfig, type LambdockConfig } from '../../../src/index.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'lambdock-config-'));
});

afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

function load(input: { flags?: object; env?: Record<string, string> } = {}): Promise<Config> {
  return loadConfig({ flags: input.flags ?? {}, env: input.env ?? {}, cwd });
}

function writeConfig(content: unknown, name = 'lambdock.config.json'): void {
  writeFileSync(join(cwd, name), typeof content === 'string' ? content : JSON.stringify(content));
}

async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

describe('precedence', () => {
  it('takes defaults when nothing is said', async () => {
    const config = await load();
    expect(config).toMatchObject({
      port: 4566,
      host: '127.0.0.1',
      ephemeral: false,
      driver: 'auto',
      baseImages: [],
      replicas: 1,
      cpuLimit: 0,
      pidsLimit: 512,
      token: undefined,
      allowedOrigins: [],
      maxCodeBytes: 20 * 1024 * 1024,
      requestTimeout: 30_000,
      holdTimeout: 30_000,
      startTimeout: 10_000,
      idleTimeout: 900_000,
      memoryLimit: 512 * 1024 * 1024,
      standby: true,
      timeScale: 1,
      notices: [],
    });
  });

  it('prefers flags to variables, variables to the file, and the file to defaults', async () => {
    writeConfig({ port: 1111, host: '127.0.0.2', standby: false });
    const env = { LAMBDOCK_PORT: '2222', LAMBDOCK_HOST: '127.0.0.3' };
    expect(await load()).toMatchObject({ port: 1111, host: '127.0.0.2', standby: false });
    expect(await load({ env })).toMatchObject({ port: 2222, host: '127.0.0.3' });
    expect(await load({ env, flags: { port: '3333' } })).toMatchObject({ port: 3333, host: '127.0.0.3' });
  });

  it('takes an empty variable as unset', async () => {
    expect(await load({ env: { LAMBDOCK_PORT: '' } })).toMatchObject({ port: 4566 });
  });

  it('reads lists from variables and from the file', async () => {
    expect(
      await load({ env: { LAMBDOCK_ALLOWED_ORIGINS: 'http://a.test:1, https://b.test/' } }),
    ).toMatchObject({ allowedOrigins: ['http://a.test:1', 'https://b.test'] });
    writeConfig({ allowedHosts: ['dev.test'] });
    expect(await load()).toMatchObject({ allowedHosts: ['dev.test'] });
  });

  it('takes a base image for all runtimes and for one', async () => {
    const baseImages = 'registry.test:5000/base@sha256:0123, node=my-node:20';
    expect(await load({ flags: { baseImages, cpuLimit: '1.5' } })).toMatchObject({
      baseImages: ['registry.test:5000/base@sha256:0123', 'node=my-node:20'],
      cpuLimit: 1.5,
    });
  });

  it('counts relative folders of the file from the file, and knows the home folder', async () => {
    writeConfig({ dataDir: './data', cacheDir: '~/cache' });
    expect(await load()).toMatchObject({ dataDir: join(cwd, 'data'), cacheDir: join(homedir(), 'cache') });
  });

  it.each([
    ['20mb', 20 * 2 ** 20],
    ['1.5MB', 1.5 * 2 ** 20],
    ['4096', 4096],
    [8192, 8192],
  ])('reads the size %j', async (raw, expected) => {
    expect(await load({ flags: { maxCodeBytes: raw } })).toMatchObject({ maxCodeBytes: expected });
  });

  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['250', 250],
  ])('reads the time %j', async (raw, expected) => {
    expect(await load({ flags: { holdTimeout: raw } })).toMatchObject({ holdTimeout: expected });
  });

  it('takes 0 only where it has a meaning', async () => {
    expect(await load({ flags: { idleTimeout: '0' } })).toMatchObject({ idleTimeout: 0 });
    await expect(load({ flags: { startTimeout: '0' } })).rejects.toThrow('--start-timeout: expected a time');
  });
});

describe('where code is kept', () => {
  const choose = async (input: Parameters<typeof load>[0]) => minioSettings(await load(input));

  it('is the data folder, unless an endpoint is given', async () => {
    expect(await choose({})).toBeUndefined();
    expect(
      await choose({ env: { MINIO_ROOT_USER: 'someone', MINIO_ROOT_PASSWORD: 'secret' } }),
    ).toBeUndefined();
    expect(await choose({ env: { LAMBDOCK_MINIO_ENDPOINT: 'http://minio:9000/' } })).toEqual({
      endpoint: 'http://minio:9000',
      accessKey: 'minioadmin',
      secretKey: 'minioadmin',
      region: 'us-east-1',
      guessed: false,
    });
    expect(
      await choose({ flags: { objects: 'embedded', minioEndpoint: 'http://minio:9000' } }),
    ).toBeUndefined();
  });

  it('is looked for where MinIO listens by default, when asked for without an endpoint', async () => {
    expect(await choose({ flags: { objects: 'minio' } })).toMatchObject({
      endpoint: 'http://127.0.0.1:9000',
      guessed: true,
    });
  });

  it("takes MinIO's own variables only where nothing else is said", async () => {
    const env = { MINIO_ROOT_USER: 'root', MINIO_ROOT_PASSWORD: 'root-secret', LAMBDOCK_OBJECTS: 'minio' };
    expect(await choose({ env })).toMatchObject({ accessKey: 'root', secretKey: 'root-secret' });
    writeConfig({ minioAccessKey: 'from-file' });
    expect(await choose({ env })).toMatchObject({ accessKey: 'from-file', secretKey: 'root-secret' });
    expect(await choose({ env: { ...env, MINIO_ROOT_PASSWORD: '' } })).toMatchObject({
      secretKey: 'minioadmin',
    });
  });

  it.each([
    '127.0.0.1:9000',
    'ftp://minio',
    'http://minio:9000/path',
    'http://user:pass@minio',
    'http://minio?x',
  ])('is not %s', async (minioEndpoint) => {
    expect(await errorOf(load({ flags: { minioEndpoint } }))).toMatch(
      /^--minio-endpoint: expected the URL of an S3 API/,
    );
  });

  it('is not told to functions', () => {
    const env = { MINIO_ROOT_PASSWORD: 'a', LAMBDOCK_MINIO_SECRET_KEY: 'b', DATABASE_URL: 'c' };
    expect(childEnvironment(env)).toEqual({ DATABASE_URL: 'c' });
  });
});

describe('errors name the source of the bad value', () => {
  it('a variable', async () => {
    const message = await errorOf(load({ env: { LAMBDOCK_PORT: 'abc' } }));
    expect(message).toBe('LAMBDOCK_PORT: expected a whole number 0–65535, got "abc"');
  });

  it('a flag', async () => {
    expect(await errorOf(load({ flags: { port: '65536' } }))).toBe(
      '--port: expected a whole number 0–65535, got "65536"',
    );
  });

  it('a key of the file', async () => {
    writeConfig({ port: 1.5 });
    expect(await errorOf(load())).toBe(
      'lambdock.config.json: port: expected a whole number 0–65535, got 1.5',
    );
  });

  it('an unknown key of the file, with the one that was meant', async () => {
    writeConfig({ prot: 1 });
    expect(await errorOf(load())).toBe('lambdock.config.json: unknown option "prot". Did you mean "port"?');
  });

  it('an unknown key that resembles nothing, with all there are', async () => {
    writeConfig({ frobnicate: 1 });
    expect(await errorOf(load())).toContain('Known options: port, host');
  });

  it('broken JSON, with line and column', async () => {
    writeConfig('{\n  "port": 1,\n  oops\n}');
    expect(await errorOf(load())).toMatch(/^lambdock\.config\.json:3:3: not valid JSON: /);
  });

  it('a file that holds no object', async () => {
    writeConfig('[1]');
    expect(await errorOf(load())).toBe('lambdock.config.json: expected an object with options');
  });

  it('two files', async () => {
    writeConfig({});
    writeConfig('export default {}', 'lambdock.config.ts');
    expect(await errorOf(load())).toContain('lambdock.config.json and lambdock.config.ts both exist');
  });

  it('a driver that is not part of this version', async () => {
    expect(await errorOf(load({ flags: { driver: 'kubernetes' } }))).toBe(
      '--driver: expected docker, process or auto (the kubernetes driver is not part of this version), got "kubernetes"',
    );
  });

  it.each([
    [{ replicas: '0' }, '--replicas: expected a whole number 1–20'],
    [{ replicas: '21' }, '--replicas: expected a whole number 1–20'],
    [{ cpuLimit: '-1' }, '--cpu-limit: expected a number 0–1024'],
    [{ pidsLimit: '4' }, '--pids-limit: expected a whole number 16–1000000'],
    [{ baseImages: 'a b' }, '--base-images: expected image names, such as node=node:20-slim'],
    [{ baseImages: 'node=' }, '--base-images: expected image names, such as node=node:20-slim'],
  ])('limits of containers that can’t be: %j', async (flags, message) => {
    expect(await errorOf(load({ flags }))).toContain(message);
  });

  it('a secret, without telling it', async () => {
    const message = await errorOf(load({ env: { LAMBDOCK_TOKEN: 'hunter2' } }));
    expect(message).toMatch(/^LAMBDOCK_TOKEN: expected at least 16 characters/);
    expect(message).not.toContain('hunter2');
  });

  it('an origin with a path, and a wildcard', async () => {
    for (const origin of ['http://a.test/path', '*', 'a.test'])
      expect(await errorOf(load({ flags: { allowedOrigins: origin } }))).toContain(
        'expected origins such as',
      );
  });

  it('a variable that means nothing is only noticed', async () => {
    const { notices } = await load({ env: { LAMBDOCK_PROT: '1', LAMBDOCK_URL: 'http://127.0.0.1:1' } });
    expect(notices).toEqual([
      'The variable LAMBDOCK_PROT means nothing to lambdock. Did you mean LAMBDOCK_PORT?',
    ]);
  });
});

describe('ephemeral and data folder', () => {
  it('refuses both from the same place', async () => {
    expect(await errorOf(load({ flags: { ephemeral: true, dataDir: 'x' } }))).toContain(
      '--ephemeral and --data-dir exclude each other',
    );
  });

  it('lets the stronger place win', async () => {
    const env = { LAMBDOCK_DATA_DIR: '/somewhere' };
    expect(await load({ env, flags: { ephemeral: true } })).toMatchObject({ ephemeral: true });
    writeConfig({ ephemeral: true });
    expect(await load({ env })).toMatchObject({ ephemeral: false, dataDir: '/somewhere' });
  });
});

describe('token', () => {
  it('is made up where others can reach the port', async () => {
    const config = await load({ flags: { host: '0.0.0.0' } });
    expect(config.tokenGenerated).toBe(true);
    expect(config.token).toMatch(/^[\w-]{32}$/);
  });

  it.each(['127.0.0.1', '127.9.9.9', 'localhost', '::1'])('is not needed on %s', async (host) => {
    expect(await load({ flags: { host } })).toMatchObject({ token: undefined, tokenGenerated: false });
  });

  it('is kept when given', async () => {
    const token = '0123456789abcdef';
    expect(await load({ flags: { host: '0.0.0.0', token } })).toMatchObject({ token, tokenGenerated: false });
  });
});

describe('lambdock.config.ts', () => {
  it('is evaluated with its imports and its types', async () => {
    writeConfig('export const port: number = 1234;', 'port.ts');
    writeConfig(
      `import { defineConfig } from 'lambdock';
       import { port } from './port.ts';
       export default defineConfig({ port, holdTimeout: '5s' });`,
      'lambdock.config.ts',
    );
    expect(await load()).toMatchObject({
      port: 1234,
      holdTimeout: 5_000,
      configFile: join(cwd, 'lambdock.config.ts'),
    });
  });

  it('reports a syntax error with line and column', async () => {
    writeConfig('export default {\n  port: ,\n};', 'lambdock.config.ts');
    expect(await errorOf(load())).toMatch(/^lambdock\.config\.ts:2:9: /);
  });

  it('reports what it throws', async () => {
    writeConfig('throw new Error("no luck");', 'lambdock.config.ts');
    expect(await errorOf(load())).toBe('lambdock.config.ts: no luck');
  });

  it('has to export something', async () => {
    writeConfig('export const port = 1;', 'lambdock.config.ts');
    expect(await errorOf(load())).toBe('lambdock.config.ts: expected a default export');
  });

  it('has a type with exactly the options there are', () => {
    const sameKeys: Record<keyof LambdockConfig, true> & Record<keyof Settings, true> = Object.fromEntries(
      OPTION_NAMES.map((name) => [name, true]),
    ) as Record<keyof Settings, true>;
    expect(defineConfig({ port: 1 })).toEqual({ port: 1 });
    expect(Object.keys(sameKeys)).toEqual(OPTION_NAMES);
  });
});

describe("the user's data folder", () => {
  it.each([
    ['linux', { XDG_DATA_HOME: '/xdg' }, '/xdg/lambdock'],
    ['linux', { XDG_DATA_HOME: 'relative' }, join(homedir(), '.local/share/lambdock')],
    ['linux', {}, join(homedir(), '.local/share/lambdock')],
    ['darwin', {}, join(homedir(), 'Library/Application Support/lambdock')],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/lambdock'],
  ] as const)('on %s with %j is %s', (platform, env, expected) => {
    expect(userDataFolder(env, platform)).toBe(expected);
  });
});

describe('client settings', () => {
  it('name the daemon by --url, then LAMBDOCK_URL', async () => {
    const env = { LAMBDOCK_URL: 'http://127.0.0.1:2/' };
    expect(await loadClientSettings({ flags: {}, env, cwd })).toMatchObject({ url: 'http://127.0.0.1:2' });
    expect(await loadClientSettings({ flags: { url: 'http://127.0.0.1:3' }, env, cwd })).toMatchObject({
      url: 'http://127.0.0.1:3',
    });
  });

  it('fall back to where a daemon of this configuration would listen', async () => {
    writeConfig({ port: 7777, host: '::' });
    expect(await loadClientSettings({ flags: {}, env: {}, cwd })).toMatchObject({
      url: undefined,
      fallbackUrl: 'http://[::1]:7777',
    });
  });

  it('refuse what is no URL', async () => {
    expect(await errorOf(loadClientSettings({ flags: { url: 'localhost:4566' }, env: {}, cwd }))).toBe(
      '--url: expected a URL such as http://127.0.0.1:4566, got "localhost:4566"',
    );
  });
});
