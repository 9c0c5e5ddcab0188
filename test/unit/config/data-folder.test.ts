import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '../../../src/daemon/config.ts';
import { openDataFolder } from '../../../src/daemon/data-folder.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lambdock-folder-')));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('makes a data folder with its parents, and leaves it at the end', async () => {
  const dataDir = join(folder, 'a', 'b');
  const opened = openDataFolder({ dataDir, ephemeral: false });
  expect(opened.path).toBe(dataDir);
  await opened[Symbol.asyncDispose]();
  expect(existsSync(dataDir)).toBe(true);
});

it('names the folder, the reason and the ways out when it cannot be used', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const open = () => openDataFolder({ dataDir: join(file, 'below'), ephemeral: false });
  expect(open).toThrow(ConfigError);
  expect(open).toThrow(
    /The data folder .*file\/below can't be used: there is a file of that name .*--data-dir/,
  );
});

it.runIf(process.platform === 'linux')('gives up where no folder can be made, as below /proc', () => {
  const open = () => openDataFolder({ dataDir: '/proc/lambdock/data', ephemeral: false });
  expect(open).toThrow(/The data folder \/proc\/lambdock\/data can't be used: it can't be made/);
});

it('makes an ephemeral folder of its own and removes it with all that is in it', async () => {
  const opened = openDataFolder({ dataDir: folder, ephemeral: true });
  expect(opened.path).not.toBe(folder);
  mkdirSync(join(opened.path, 'objects'));
  writeFileSync(join(opened.path, 'objects', 'one'), '1');
  await opened[Symbol.asyncDispose]();
  expect(existsSync(opened.path)).toBe(false);
});

it('removes ephemeral folders of daemons that were killed, and only those', async () => {
  const running = openDataFolder({ dataDir: folder, ephemeral: true });
  const dead = mkdtempSync(join(tmpdir(), 'lambdock-ephemeral-'));
  writeFileSync(
    join(dead, 'owner.json'),
    JSON.stringify({ pid: process.pid, startIdentity: 'of another time' }),
  );
  const unknown = mkdtempSync(join(tmpdir(), 'lambdock-ephemeral-'));
  const opened = openDataFolder({ dataDir: folder, ephemeral: true });
  await opened[Symbol.asyncDispose]();
  try {
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(unknown)).toBe(true);
    expect(existsSync(running.path)).toBe(true);
  } finally {
    rmSync(unknown, { recursive: true });
    await running[Symbol.asyncDispose]();
  }
});
