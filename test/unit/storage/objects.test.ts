import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { StorageFull } from '../../../src/storage/errors.ts';
import { EmbeddedObjectStore } from '../../../src/storage/objects/embedded-object-store.ts';
import { ObjectDamaged } from '../../../src/storage/objects/object-store.ts';
import type { Database } from '../../../src/storage/sqlite/database.ts';
import { objectStoreSuite } from '../../support/object-store-suite.ts';
import { eventually } from '../../support/patience.ts';
import { filesIn, freshDatabase, temporaryFolder } from './support.ts';

const BUCKET = 'my-bucket';
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const pathOf = (content: string | Uint8Array) => join(sha256(content).slice(0, 2), sha256(content));

function openStore(folder: string, database: Database) {
  const clock = new ManualClock();
  const presign = (bucket: string, key: string, lifetime: number, base = '') =>
    `${base}${bucket}|${key}|${lifetime}`;
  const store = new EmbeddedObjectStore({ folder, database, clock, presign });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return { store, clock, folder, database };
}

function setUp() {
  const opened = openStore(join(temporaryFolder(), 'blobs'), freshDatabase());
  return { ...opened, reopen: () => openStore(opened.folder, opened.database).store };
}

objectStoreSuite(setUp);

/** Makes the next use of a method of every open file fail once, as a full disk does. */
async function failOnce(method: 'writeFile' | 'sync', code: string): Promise<void> {
  const handle = await open(import.meta.filename, 'r');
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  await handle.close();
  const spy = vi.spyOn(prototype, method);
  spy.mockRejectedValueOnce(Object.assign(new Error(code), { code }));
  onTestFinished(() => spy.mockRestore());
}

test('a key is data, never part of a path', async () => {
  const { store, folder } = setUp();
  for (const key of ['..', 'a/../b', '/etc/passwd', '//', 'x'.repeat(1024), 'a', 'a/', 'a/b']) {
    await store.put(BUCKET, key, Buffer.from('x'));
    expect(String(await store.read(BUCKET, key))).toBe('x');
  }
  expect((await store.list(BUCKET, { prefix: 'a' })).objects.map(({ key }) => key)).toEqual([
    'a',
    'a/',
    'a/../b',
    'a/b',
  ]);
  expect(filesIn(folder)).toEqual([pathOf('x')]);
});

test('equal contents are kept once, until the last object with it is gone', async () => {
  const { store, folder } = setUp();
  await store.put(BUCKET, 'a', Buffer.from('same'));
  await store.put('other-bucket', 'b', Buffer.from('same'));
  expect(filesIn(folder)).toEqual([pathOf('same')]);
  await store.put(BUCKET, 'a', Buffer.from('new'));
  expect(filesIn(folder)).toEqual([pathOf('new'), pathOf('same')].sort());
  await store.delete('other-bucket', 'b');
  expect(filesIn(folder)).toEqual([pathOf('new')]);
  await store.put(BUCKET, 'a', Buffer.from('new'));
  expect(String(await store.read(BUCKET, 'a'))).toBe('new');
});

test('who reads an object gets all of it while it is overwritten and deleted', async () => {
  const { store, folder } = setUp();
  const content = Buffer.alloc(500_000, 'old');
  await store.put(BUCKET, 'key', content);
  const [first, second] = [await store.get(BUCKET, 'key'), await store.get(BUCKET, 'key')];
  await store.put(BUCKET, 'key', Buffer.from('new'));
  expect((await buffer(first!.body)).equals(content)).toBe(true);
  await store.delete(BUCKET, 'key');
  expect(filesIn(folder)).toEqual([]);
  expect((await buffer(second!.body)).equals(content)).toBe(true);
});

const damages: Record<string, (file: string, content: Buffer) => void> = {
  'a changed byte': (file, content) =>
    writeFileSync(file, Buffer.from(content).fill('X', content.length - 1)),
  'a missing byte': (file, content) => truncateSync(file, content.length - 1),
  'an added byte': (file) => appendFileSync(file, 'x'),
  'a missing file': (file) => rmSync(file),
};

for (const [what, damage] of Object.entries(damages)) {
  test.each([10, 200_000])(`${what} is noticed before all of %i bytes are delivered`, async (size) => {
    const { store, folder } = setUp();
    const content = Buffer.alloc(size, 'content');
    await store.put(BUCKET, 'key', content);
    damage(join(folder, pathOf(content)), content);
    await expect(store.read(BUCKET, 'key')).rejects.toThrow(ObjectDamaged);
    let delivered = 0;
    const reading = async () => {
      const object = await store.get(BUCKET, 'key');
      for await (const chunk of object!.body) delivered += chunk.length;
    };
    await expect(reading()).rejects.toThrow('object my-bucket/key is damaged');
    expect(delivered).toBeLessThan(size);
    await store.put(BUCKET, 'key', content);
    expect((await store.read(BUCKET, 'key'))?.equals(content)).toBe(true);
  });
}

test.each(['writeFile', 'sync'] as const)(
  'a disk that is full at %s fails the put and leaves nothing behind',
  async (method) => {
    const { store, folder } = setUp();
    await store.put(BUCKET, 'key', Buffer.from('before'));
    await failOnce(method, 'ENOSPC');
    await expect(store.put(BUCKET, 'key', Buffer.from('after'))).rejects.toThrow(StorageFull);
    expect(filesIn(folder)).toEqual([pathOf('before')]);
    expect(String(await store.read(BUCKET, 'key'))).toBe('before');
    await store.put(BUCKET, 'key', Buffer.from('after'));
    expect(String(await store.read(BUCKET, 'key'))).toBe('after');
  },
);

test('an index that is full fails the put and leaves nothing behind', async () => {
  const { store, folder, database } = setUp();
  const { pages } = database
    .prepare<{ pages: number }>('SELECT page_count AS pages FROM pragma_page_count')
    .get()!;
  database.prepare(`PRAGMA max_page_count = ${pages}`).get();
  const puts = Array.from({ length: 20 }, (_, i) =>
    store.put(BUCKET, `${i}`.repeat(500), Buffer.from(`${i}`)),
  );
  const failed = (await Promise.allSettled(puts)).filter((result) => result.status === 'rejected');
  expect(failed.length).toBeGreaterThan(0);
  for (const { reason } of failed) expect(reason).toBeInstanceOf(StorageFull);
  const { objects } = await store.list(BUCKET);
  expect(objects).toHaveLength(20 - failed.length);
  expect(filesIn(folder)).toHaveLength(objects.length);
});

test('a body that fails half-way stores nothing', async () => {
  const { store, folder } = setUp();
  const body = Readable.from(
    (async function* () {
      yield 'half';
      throw new Error('connection lost');
    })(),
  );
  await expect(store.put(BUCKET, 'key', body)).rejects.toThrow('connection lost');
  const ended = new Readable({ read() {} });
  const put = store.put(BUCKET, 'key', ended);
  ended.destroy(new Error('gone before the first byte'));
  await expect(put).rejects.toThrow('gone before the first byte');
  expect(await store.head(BUCKET, 'key')).toBeUndefined();
  expect(filesIn(folder)).toEqual([]);
});

test('a sweep removes what a killed daemon left and nothing else', async () => {
  const { store, folder } = setUp();
  await store.put(BUCKET, 'key', Buffer.from('kept'));
  mkdirSync(join(folder, pathOf('orphan'), '..'), { recursive: true });
  writeFileSync(join(folder, pathOf('orphan')), 'orphan');
  writeFileSync(join(folder, 'tmp', 'half-a-put'), 'half');
  writeFileSync(join(folder, 'readme.txt'), 'not ours');
  const body = new Readable({ read() {} });
  body.push('in ');
  const put = store.put(BUCKET, 'uploading', body);
  await eventually(() => filesIn(folder).length === 5);
  expect(await store.sweep()).toEqual({ temporary: 1, orphans: 1 });
  expect(await store.sweep()).toEqual({ temporary: 0, orphans: 0 });
  body.push('progress');
  body.push(null);
  await put;
  expect(String(await store.read(BUCKET, 'uploading'))).toBe('in progress');
  expect(filesIn(folder)).toEqual([pathOf('kept'), pathOf('in progress'), 'readme.txt'].sort());
});

test('a sweep of a store that was never used finds nothing', async () => {
  expect(await setUp().store.sweep()).toEqual({ temporary: 0, orphans: 0 });
});

test('closing breaks off uploads and downloads and leaves no file open', async () => {
  const { store, folder } = setUp();
  await store.put(BUCKET, 'key', Buffer.alloc(1_000_000));
  const object = await store.get(BUCKET, 'key');
  const untouched = await store.get(BUCKET, 'key');
  const endless = store.put(BUCKET, 'endless', new Readable({ read() {} }));
  const late = store.get(BUCKET, 'key');
  const settled = Promise.allSettled([endless, pipeline(object!.body, async (body) => buffer(body))]);
  await store[Symbol.asyncDispose]();
  for (const result of await settled) expect(result.status).toBe('rejected');
  const { body: lately } = (await late)!;
  await eventually(() => untouched!.body.closed && lately.closed);
  expect(filesIn(folder).filter((name) => name.startsWith('tmp'))).toEqual([]);
  await expect(store.read(BUCKET, 'key')).rejects.toThrow('closing');
  await expect(store.put(BUCKET, 'key', Buffer.from(''))).rejects.toThrow('closing');
});

test('presigned URLs come from the signer', async () => {
  const { store } = setUp();
  expect(await store.presignGet(BUCKET, 'a', 5000)).toBe('my-bucket|a|5000');
  expect(await store.presignGet(BUCKET, 'a', 5000, 'http://other:1/')).toBe(
    'http://other:1/my-bucket|a|5000',
  );
});

test('blobs are readable by their owner only', async () => {
  const { store, folder } = setUp();
  await store.put(BUCKET, 'key', Buffer.from('x'));
  const handle = await open(join(folder, pathOf('x')));
  const { mode } = await handle.stat();
  await handle.close();
  expect(mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, pathOf('x')), 'utf8')).toBe('x');
});
