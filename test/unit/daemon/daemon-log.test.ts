import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DaemonLog } from '../../../src/daemon/daemon-log.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('an error is kept with its stack and the number its caller was told, for the user only', async () => {
  const log = new DaemonLog(join(temporaryFolder(), 'daemon.log'));
  expect(existsSync(log.file)).toBe(false);
  await log.error(new TypeError('our mistake'), 'request-1');
  expect(JSON.parse(readFileSync(log.file, 'utf8'))).toMatchObject({
    requestId: 'request-1',
    err: { type: 'TypeError', message: 'our mistake', stack: expect.stringContaining('daemon-log.test') },
  });
  expect(statSync(log.file).mode & 0o777).toBe(0o600);
});

test('a folder that is gone costs what would have been kept in it, and nothing after', async () => {
  const folder = join(temporaryFolder(), 'gone');
  const log = new DaemonLog(join(folder, 'daemon.log'));
  await log.error(new Error('one'));
  mkdirSync(folder);
  await log.error(new Error('two'));
  expect(readFileSync(log.file, 'utf8')).toMatch(/^(?!.*"one").*"two"/);
});

test.runIf(existsSync('/dev/full'))('a full disk ends nothing', async () => {
  const log = new DaemonLog('/dev/full');
  await log.error(new Error('one'));
  await log.error(new Error('two'));
});
