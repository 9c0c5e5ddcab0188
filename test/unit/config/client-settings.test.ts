import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadClientSettings } from '../../../src/daemon/config.ts';
import { userDataFolder } from '../../../src/daemon/user-folder.ts';
import { errorOf, useConfigFolder } from './support.ts';

const folder = useConfigFolder();
const { writeConfig } = folder;

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
    expect(await loadClientSettings({ flags: {}, env, cwd: folder.path })).toMatchObject({
      url: 'http://127.0.0.1:2',
    });
    expect(
      await loadClientSettings({ flags: { url: 'http://127.0.0.1:3' }, env, cwd: folder.path }),
    ).toMatchObject({
      url: 'http://127.0.0.1:3',
    });
  });

  it('fall back to where a daemon of this configuration would listen', async () => {
    writeConfig({ port: 7777, host: '::' });
    expect(await loadClientSettings({ flags: {}, env: {}, cwd: folder.path })).toMatchObject({
      url: undefined,
      fallbackUrl: 'http://[::1]:7777',
    });
  });

  it('refuse what is no URL', async () => {
    expect(
      await errorOf(loadClientSettings({ flags: { url: 'localhost:4566' }, env: {}, cwd: folder.path })),
    ).toBe('--url: expected a URL such as http://127.0.0.1:4566, got "localhost:4566"');
  });
});
