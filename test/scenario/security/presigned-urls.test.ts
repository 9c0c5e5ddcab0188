import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { Presigner } from '../../../src/storage/objects/presign.ts';
import { openDatabase } from '../../../src/storage/sqlite/database.ts';
import { SettingsTable } from '../../../src/storage/sqlite/settings-table.ts';
import { createFunction, type RunningDaemon, startDaemon } from '../../support/daemon.ts';
import { answering, get } from '../../support/functions.ts';

describe('a presigned URL', () => {
  let dataDir: string;
  let signing: RunningDaemon;
  let stored: string;
  let other: string;
  let secretAccessKey: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'lambdock-presigned-'));
    const first = await startDaemon({ dataDir });
    stored = await createFunction(first.url, { code: answering('secret') });
    other = await createFunction(first.url, { code: answering('other') });
    await first.stop();
    const database = openDatabase(join(dataDir, 'lambdock.db'));
    secretAccessKey = new SettingsTable(database).get('signing-secret')!;
    database[Symbol.dispose]();
    signing = await startDaemon({ dataDir });
  });

  afterAll(async () => {
    await signing[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** A URL that lasts a minute, signed some time ago. */
  function sign(bucket: string, key: string, age = 0): string {
    const clock = new ManualClock(Date.now() - age);
    const presigner = new Presigner({
      accessKeyId: 'lambdock',
      secretAccessKey,
      clock,
      baseUrl: () => signing.url,
    });
    return presigner.signGet(bucket, key, 60_000);
  }

  test('gives the one object it is for, as long as it lasts', async () => {
    const url = sign('aws-lambda-clone', stored);
    expect(await get(url)).toEqual({ status: 200, text: answering('secret') });
    const expired = await fetch(sign('aws-lambda-clone', stored, 120_000));
    expect([expired.status, await expired.json()]).toEqual([403, { error: 'Request has expired' }]);
  });

  test('that was changed in any way gives nothing', async () => {
    const url = sign('aws-lambda-clone', stored);
    const last = url.at(-1) === '0' ? '1' : '0';
    for (const changed of [
      url.replace(stored, other),
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604800'),
      url.replace(/X-Amz-Date=\d{8}/, 'X-Amz-Date=20990101'),
      `${url.slice(0, -1)}${last}`,
      url.replace(/X-Amz-Signature=\w+/, `X-Amz-Signature=${'0'.repeat(64)}`),
      url.replace('lambdock%2F', 'someone%2F'),
      `${url}&extra=1`,
      `${url}&X-Amz-Expires=604800`,
      url.replace('127.0.0.1', 'localhost'),
      url.replace('/aws-lambda-clone/', '/aws-lambda-clone/%2e%2e%2faws-lambda-clone/'),
    ]) {
      const response = await fetch(changed);
      expect([changed, response.status]).toEqual([changed, expect.toBeOneOf([400, 403])]);
      expect(await response.json()).toEqual({ error: expect.any(String) });
    }
    for (const method of ['PUT', 'POST', 'DELETE']) {
      const response = await fetch(url, { method });
      expect([method, response.status]).toEqual([method, expect.toBeOneOf([403, 405])]);
    }
  });

  test('does not reach files, even when it is signed for them', async () => {
    for (const [bucket, key] of [
      ['aws-lambda-clone', '../../lambdock.db'],
      ['aws-lambda-clone', '/etc/passwd'],
      ['aws-lambda-clone', 'a\0b'],
      ['..', 'lambdock.db'],
      ['aws-lambda-clone', 'x'.repeat(2_000)],
      ['UPPER', 'x'],
    ] as const) {
      const response = await fetch(sign(bucket, key));
      expect([bucket, key, response.status]).toEqual([bucket, key, expect.toBeOneOf([400, 403, 404])]);
    }
  });
});
