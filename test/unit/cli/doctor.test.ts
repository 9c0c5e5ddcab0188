import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { desktopOpener } from '../../../src/cli/commands/open.ts';
import { type CheckResult, isFailure } from '../../../src/cli/doctor/check.ts';
import { checkLanguage } from '../../../src/cli/doctor/language-checks.ts';
import { checkDataFolder, checkNode, checkWatching } from '../../../src/cli/doctor/machine-checks.ts';
import { listeningInodes } from '../../../src/cli/port-holder.ts';

describe('checks', () => {
  it.each([
    ['18.20.0', 'missing'],
    ['20.18.3', 'missing'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('Node %s is %s', (version, state) => {
    expect(checkNode(version, '/bin/node').state).toBe(state);
  });

  it('a missing language is a warning with what to install', () => {
    const notice = 'Go 1.22 was not found. To install it: brew install go';
    expect(checkLanguage({ tool: 'go', wanted: '1.22', usable: false, notice })).toEqual({
      name: 'go 1.22',
      state: 'warning',
      detail: notice,
    });
  });

  it('a language of another version serves, and says so', () => {
    const found = {
      tool: 'go',
      wanted: '1.22',
      usable: true,
      version: '1.26.0',
      path: '/go',
      notice: 'newer',
    };
    expect(checkLanguage(found)).toEqual({
      name: 'go 1.22',
      state: 'ok',
      detail: '1.26.0 (/go)',
      advice: 'newer',
    });
  });

  it('a data folder need not exist, but must be possible to make', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lambdock-doctor-'));
    writeFileSync(join(folder, 'file'), '');
    expect((await checkDataFolder(join(folder, 'a', 'b'))).state).not.toBe('missing');
    expect(await checkDataFolder(join(folder, 'file', 'below'))).toMatchObject({ state: 'missing' });
    rmSync(folder, { recursive: true });
  });

  it('limits on watching are looked at only where there are any', () => {
    expect(checkWatching('darwin')).toBeUndefined();
  });

  it('fail when something is missing, with --strict also when something is limited', () => {
    const result = (state: CheckResult['state']): CheckResult => ({ name: 'x', state, detail: '' });
    expect(isFailure([result('ok'), result('warning')], false)).toBe(false);
    expect(isFailure([result('ok'), result('warning')], true)).toBe(true);
    expect(isFailure([result('missing')], false)).toBe(true);
  });
});

it('the sockets that listen on a port are found in the table of the system', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:11D6 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 0100007F:11D6 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0 20 4 30 10 -1
   2: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0
`;
  expect(listeningInodes(table, 4566)).toEqual(['111']);
  expect(listeningInodes(table, 8080)).toEqual(['333']);
  expect(listeningInodes(table, 1)).toEqual([]);
});

it.each([
  ['darwin', {}, 'open'],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['linux', {}, undefined],
  ['win32', {}, 'cmd'],
] as const)('the browser is opened on %s with %j by %s', (platform, env, command) => {
  expect(desktopOpener(platform, env)?.[0]).toBe(command);
});
