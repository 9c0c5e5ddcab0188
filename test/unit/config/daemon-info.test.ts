import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { daemonOf, findDaemon, publishDaemon } from '../../../src/daemon/daemon-info.ts';

let userDir: string;
let elsewhere: string;

beforeEach(() => {
  userDir = mkdtempSync(join(tmpdir(), 'lambdock-user-'));
  elsewhere = mkdtempSync(join(tmpdir(), 'lambdock-elsewhere-'));
});

afterEach(() => {
  rmSync(userDir, { recursive: true, force: true });
  rmSync(elsewhere, { recursive: true, force: true });
});

const settings = (dataDirGiven = false) => ({ dataDir: userDir, dataDirGiven, userDir });

it('finds a daemon by its data folder until it takes its word back', () => {
  using published = publishDaemon(
    { url: 'http://127.0.0.1:1', version: '1', dataDirectory: userDir },
    userDir,
  );
  expect(findDaemon(settings())).toMatchObject({ url: 'http://127.0.0.1:1', pid: process.pid });
  published[Symbol.dispose]();
  expect(findDaemon(settings())).toBeUndefined();
  expect(readdirSync(userDir)).toEqual([]);
});

it('keeps the file to its owner, because of the token', () => {
  using _ = publishDaemon(
    { url: 'http://127.0.0.1:1', version: '1', dataDirectory: userDir, token: 'secret' },
    userDir,
  );
  expect(statSync(join(userDir, 'daemon.json')).mode & 0o777).toBe(0o600);
});

it('finds a daemon with its data elsewhere, unless another folder was named', () => {
  using _ = publishDaemon({ url: 'http://127.0.0.1:2', version: '1', dataDirectory: elsewhere }, userDir);
  expect(findDaemon(settings())).toMatchObject({ url: 'http://127.0.0.1:2' });
  expect(findDaemon(settings(true))).toBeUndefined();
  expect(daemonOf(elsewhere)).toMatchObject({ url: 'http://127.0.0.1:2' });
});

it('prefers the daemon of the data folder to one elsewhere', () => {
  using _other = publishDaemon(
    { url: 'http://127.0.0.1:2', version: '1', dataDirectory: elsewhere },
    userDir,
  );
  using _own = publishDaemon({ url: 'http://127.0.0.1:1', version: '1', dataDirectory: userDir }, userDir);
  expect(findDaemon(settings())).toMatchObject({ url: 'http://127.0.0.1:1' });
});

it('starts without a writable home, too', () => {
  writeFileSync(join(userDir, 'file'), '');
  const home = join(userDir, 'file', 'below');
  using _ = publishDaemon({ url: 'http://127.0.0.1:2', version: '1', dataDirectory: elsewhere }, home);
  expect(daemonOf(elsewhere)).toMatchObject({ url: 'http://127.0.0.1:2' });
});

it.each([
  [
    'a process that ended',
    JSON.stringify({ pid: process.pid, startIdentity: 'of another time', url: 'http://x' }),
  ],
  ['a file cut short', '{"pid": 12'],
  ['nothing', ''],
])('takes %s for no daemon and clears it away', (_, content) => {
  writeFileSync(join(userDir, 'daemon.json'), content);
  mkdirSync(join(userDir, 'running'));
  const pointer = join(userDir, 'running', '1.json');
  writeFileSync(pointer, content);
  expect(findDaemon(settings())).toBeUndefined();
  expect(existsSync(pointer)).toBe(false);
});
