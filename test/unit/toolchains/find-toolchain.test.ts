import { describe, expect, test } from 'vitest';
import { findToolchain } from '../../../src/execution/toolchains/find-toolchain.ts';
import type { Machine } from '../../../src/execution/toolchains/machine.ts';

interface Described {
  env?: Record<string, string>;
  platform?: NodeJS.Platform;
  node?: string;
  /** Executables by path, with what they print; undefined for one that fails. */
  programs: Record<string, string | undefined>;
}

/** A machine with nothing on it but some programs, that remembers which of them were run. */
function machine({ env = {}, platform = 'linux', node = '24.1.0', programs }: Described) {
  const ran: string[] = [];
  const paths = Object.keys(programs);
  const value: Machine = {
    platform,
    home: '/home/ada',
    env,
    node: { path: '/opt/daemon/node', version: node },
    list: async (directory) => [
      ...new Set(
        paths
          .filter((path) => path.startsWith(`${directory}/`))
          .map((path) => path.slice(directory.length + 1).split('/')[0]!),
      ),
    ],
    isExecutable: async (path) => path === '/opt/daemon/node' || paths.includes(path),
    run: async (path) => {
      ran.push(path);
      return programs[path];
    },
  };
  return { value, ran };
}

const python = { tool: 'python', wanted: '3.12', install: { any: 'uv python install 3.12', darwin: 'brew' } };
const go = { tool: 'go', wanted: '1.22', install: { any: 'https://go.dev/dl' } };
const node = { tool: 'node', wanted: '20', install: { any: 'nvm install 20' } };

describe('the exact version', () => {
  test('the daemon’s own Node serves when it is of that version, without running anything', async () => {
    const { value, ran } = machine({
      node: '20.20.2',
      programs: { '/usr/bin/node': 'v20.1.0' },
      env: { PATH: '/usr/bin' },
    });
    expect(await findToolchain(node, value)).toEqual({
      tool: 'node',
      wanted: '20',
      path: '/opt/daemon/node',
      version: '20.20.2',
      usable: true,
    });
    expect(ran).toEqual([]);
  });

  test.each([
    ['pyenv', {}, '/home/ada/.pyenv/versions/3.12.1/bin/python3', python],
    ['pyenv elsewhere', { PYENV_ROOT: '/pyenv' }, '/pyenv/versions/3.12.1/bin/python3', python],
    ['uv', {}, '/home/ada/.local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu/bin/python3', python],
    ['asdf', {}, '/home/ada/.asdf/installs/python/3.12.1/bin/python3', python],
    ['mise', {}, '/home/ada/.local/share/mise/installs/python/3.12.1/bin/python3', python],
    ['Homebrew', {}, '/opt/homebrew/Cellar/python@3.12/3.12.1_1/bin/python3.12', python],
    ['nvm', {}, '/home/ada/.nvm/versions/node/v20.1.2/bin/node', node],
    ['fnm', {}, '/home/ada/.local/share/fnm/node-versions/v20.1.2/installation/bin/node', node],
    ['volta', {}, '/home/ada/.volta/tools/image/node/20.1.2/bin/node', node],
    ['the Go SDK folder', {}, '/home/ada/sdk/go1.22.3/bin/go', go],
    ['goenv', {}, '/home/ada/.goenv/versions/1.22.3/bin/go', go],
  ])('is found where %s keeps it, without running it', async (_manager, env, path, request) => {
    const { value, ran } = machine({ env, programs: { [path]: undefined } });
    expect(await findToolchain(request, value)).toMatchObject({ path, usable: true });
    expect(ran).toEqual([]);
  });

  test('of several patches a manager keeps, the newest is taken', async () => {
    const folder = '/home/ada/.pyenv/versions';
    const programs = {
      [`${folder}/3.12.1/bin/python3`]: '',
      [`${folder}/3.12.11/bin/python3`]: '',
      [`${folder}/3.12.9/bin/python3`]: '',
    };
    expect(await findToolchain(python, machine({ programs }).value)).toMatchObject({ version: '3.12.11' });
  });

  test('a versioned name on PATH counts, and a shim without a version behind it does not', async () => {
    const { value, ran } = machine({
      env: { PATH: '/shims:/usr/bin' },
      programs: {
        '/shims/python3.12': undefined,
        '/shims/python3.8': undefined,
        '/usr/bin/python3': 'Python 3.11.2',
        '/usr/bin/python3.12': 'Python 3.12.4',
      },
    });
    const state = await findToolchain(python, value);
    expect(state).toMatchObject({ path: '/usr/bin/python3.12', version: '3.12.4', usable: true });
    expect(state.notice).toBeUndefined();
    expect(ran).not.toContain('/shims/python3.8');
  });

  test('the usual places are looked at when PATH lacks them', async () => {
    const programs = { '/usr/local/go/bin/go': 'go version go1.22.1 linux/amd64' };
    expect(await findToolchain(go, machine({ programs }).value)).toMatchObject({ version: '1.22.1' });
  });
});

describe('another version', () => {
  test('the nearest newer one serves, with a notice that says what to install', async () => {
    const { value } = machine({
      env: { PATH: '/a:/b:/c' },
      programs: {
        '/a/python3': 'Python 3.14.0',
        '/b/python3': 'Python 3.13.1',
        '/c/python3': 'Python 3.11.1',
        '/home/ada/.pyenv/versions/3.13.2/bin/python3': '',
      },
    });
    expect(await findToolchain(python, value)).toMatchObject({
      usable: true,
      version: '3.13.2',
      notice:
        'Python 3.12 was not found; Python 3.13.2 (/home/ada/.pyenv/versions/3.13.2/bin/python3) is used instead. To install it: uv python install 3.12',
    });
  });

  test('an older one does not serve and is named', async () => {
    const { value } = machine({
      env: { PATH: '/usr/bin' },
      programs: { '/usr/bin/python3': 'Python 3.11.2' },
      platform: 'darwin',
    });
    const state = await findToolchain(python, value);
    expect(state).toMatchObject({ usable: false, version: '3.11.2' });
    expect(state.path).toBeUndefined();
    expect(state.notice).toBe(
      'Python 3.12 is needed, but only 3.11.2 (/usr/bin/python3) was found. To install it: brew',
    );
  });

  test('none at all is said so', async () => {
    const state = await findToolchain(go, machine({ programs: {} }).value);
    expect(state.usable).toBe(false);
    expect(state.notice).toMatch(/^Go 1\.22 is needed, but was not found .* https:\/\/go\.dev\/dl$/);
  });

  test('3.9 is older than 3.12, and 1.3 than 1.22', async () => {
    const programs = { '/usr/bin/python3': 'Python 3.9.1', '/usr/bin/go': 'go version go1.3 linux/amd64' };
    const { value } = machine({ env: { PATH: '/usr/bin' }, programs });
    expect((await findToolchain(python, value)).usable).toBe(false);
    expect((await findToolchain(go, value)).usable).toBe(false);
  });
});
