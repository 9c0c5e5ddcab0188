import { describe, expect, it } from 'vitest';
import { errorOf, useConfigFolder } from './support.ts';

const folder = useConfigFolder();
const { load, writeConfig } = folder;

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
