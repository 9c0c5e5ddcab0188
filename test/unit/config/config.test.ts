import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../../src/daemon/child-environment.ts';
import { minioSettings } from '../../../src/daemon/open-objects.ts';
import { errorOf, useConfigFolder } from './support.ts';

const folder = useConfigFolder();
const { load, writeConfig } = folder;

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
    expect(await load()).toMatchObject({
      dataDir: join(folder.path, 'data'),
      cacheDir: join(homedir(), 'cache'),
    });
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
