import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import type { ManualClock } from '../../src/clock/manual-clock.ts';
import { InvalidObjectName } from '../../src/storage/errors.ts';
import type { ObjectStore } from '../../src/storage/objects/object-store.ts';
import { eventually } from './patience.ts';

export interface SuiteSetUp {
  store: ObjectStore;
  clock: ManualClock;
  /** Another store on the same objects, once the first is closed. */
  reopen(): ObjectStore;
}

const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

/** What every object store does. `setUp` gives an empty one, which is closed when the test has ended. */
export function objectStoreSuite(setUp: () => SuiteSetUp | Promise<SuiteSetUp>): void {
  const BUCKET = 'my-bucket';

  test('an object comes back with what is known about it', async () => {
    const { store } = await setUp();
    const info = await store.put(BUCKET, 'a/b.txt', Buffer.from('hällo'), 'text/plain; charset=utf-8');
    expect(info).toEqual({
      bucket: BUCKET,
      key: 'a/b.txt',
      size: 6,
      sha256: sha256('hällo'),
      contentType: 'text/plain; charset=utf-8',
      modified: '2026-01-01T00:00:00.000Z',
    });
    expect(await store.head(BUCKET, 'a/b.txt')).toEqual(info);
    expect(await store.list(BUCKET)).toEqual({ objects: [info] });
    const { body, ...rest } = (await store.get(BUCKET, 'a/b.txt'))!;
    expect(rest).toEqual(info);
    expect(await buffer(body)).toEqual(Buffer.from('hällo'));
    expect(await store.read(BUCKET, 'a/b.txt')).toEqual(Buffer.from('hällo'));
  });

  test('what is not there is undefined, and deleting it says so', async () => {
    const { store } = await setUp();
    await store.put(BUCKET, 'key', Buffer.from('x'));
    expect(await store.get(BUCKET, 'KEY')).toBeUndefined();
    expect(await store.read('other', 'key')).toBeUndefined();
    expect(await store.head(BUCKET, 'key/')).toBeUndefined();
    expect(await store.head('other', 'key')).toBeUndefined();
    expect(await store.list('other')).toEqual({ objects: [] });
    expect(await store.delete('other', 'key')).toBe(false);
    expect(await store.delete(BUCKET, 'k')).toBe(false);
    expect(await store.delete(BUCKET, 'key')).toBe(true);
    expect(await store.delete(BUCKET, 'key')).toBe(false);
  });

  test('a stream of megabytes is stored and read in pieces, an empty one too', async () => {
    const { store } = await setUp();
    const content = Buffer.alloc(3_000_001, 'abcdefg');
    await store.put(BUCKET, 'large', Readable.from([content.subarray(0, 7), content.subarray(7)]));
    await store.put(BUCKET, 'text', Readable.from(['é', 'è']));
    await store.put(BUCKET, 'empty', Readable.from([]));
    expect((await store.read(BUCKET, 'large'))?.equals(content)).toBe(true);
    const pieces: Buffer[] = [];
    for await (const piece of (await store.get(BUCKET, 'large'))!.body) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect(String(await store.read(BUCKET, 'text'))).toBe('éè');
    expect(await store.read(BUCKET, 'empty')).toHaveLength(0);
    expect(await buffer((await store.get(BUCKET, 'empty'))!.body)).toHaveLength(0);
  });

  test('an object is replaced whole, with its type and date', async () => {
    const { store, clock } = await setUp();
    await store.put(BUCKET, 'key', Buffer.from('before'), 'text/plain');
    await clock.advance(1_500);
    const info = await store.put(BUCKET, 'key', Buffer.from('after'), 'text/html');
    expect(info.modified).toBe('2026-01-01T00:00:01.500Z');
    expect(await store.head(BUCKET, 'key')).toEqual(info);
    expect(String(await store.read(BUCKET, 'key'))).toBe('after');
  });

  test('objects outlive the store', async () => {
    const { store, reopen } = await setUp();
    await store.put(BUCKET, 'key', Buffer.from('x'));
    await store[Symbol.asyncDispose]();
    expect(String(await reopen().read(BUCKET, 'key'))).toBe('x');
  });

  test('names that no bucket or object can have are refused by every method', async () => {
    const { store } = await setUp();
    const buckets = [
      '',
      'ab',
      'a'.repeat(64),
      'Upper',
      'under_score',
      '../x',
      'a..b',
      '.abc',
      'abc-',
      '10.0.0.1',
      'a/b',
      'bücket',
    ];
    const keys = ['', 'a\0b', 'x'.repeat(1025), 'ü'.repeat(513), '\ud800'];
    const uses: ((bucket: string, key: string) => Promise<unknown>)[] = [
      (bucket, key) => store.put(bucket, key, Buffer.from('x')),
      (bucket, key) => store.get(bucket, key),
      (bucket, key) => store.read(bucket, key),
      (bucket, key) => store.head(bucket, key),
      (bucket, key) => store.delete(bucket, key),
      (bucket, key) => store.presignGet(bucket, key, 1000),
    ];
    for (const use of uses) {
      for (const bucket of buckets)
        await expect(use(bucket, 'key')).rejects.toMatchObject({ part: 'bucket' });
      for (const key of keys) await expect(use(BUCKET, key)).rejects.toMatchObject({ part: 'key' });
    }
    await expect(store.list('..')).rejects.toThrow(InvalidObjectName);
    for (const bucket of ['abc', 'a.b-c', '123', 'aws-lambda-clone'])
      await store.put(bucket, 'x'.repeat(255), Buffer.from(''));
  });

  test('keys of all kinds of characters are kept apart, those that look like numbers too', async () => {
    const { store } = await setUp();
    const keys = [
      'é',
      'e\u0301',
      '🦊',
      '\uffee',
      '%2e%2e',
      "'; DROP TABLE objects; --",
      '\n',
      ' ',
      'a b+c',
      '<&>"\'',
      '__proto__',
      'a\\b',
      '0',
      '00',
      '1.0',
      '1e5',
      '0x10',
      '123456789012345678901234',
      'true',
    ];
    for (const key of keys) await store.put(BUCKET, key, Buffer.from(key));
    for (const key of keys) {
      expect(String(await store.read(BUCKET, key))).toBe(key);
      expect(await store.head(BUCKET, key)).toMatchObject({ key, sha256: sha256(key) });
    }
    const { objects } = await store.list(BUCKET);
    expect(objects.map(({ key, sha256 }) => ({ key, sha256 }))).toEqual(
      sorted(keys).map((key) => ({ key, sha256: sha256(key) })),
    );
  });

  test('keys are listed in the order of their bytes, by prefix and page', async () => {
    const { store } = await setUp();
    const keys = ['%', '_', 'a', 'a%b', 'a-', 'a.b', 'A', 'a\uffee', 'a🦊', 'a\u{10ffff}', 'b', 'c/d'];
    for (const key of keys) await store.put(BUCKET, key, Buffer.from('x'));
    await store.put('other-bucket', 'a', Buffer.from('x'));
    const all = sorted(keys);
    const list = async (options = {}) => {
      const { objects, next } = await store.list(BUCKET, options);
      return { keys: objects.map(({ key }) => key), next };
    };
    expect(await list()).toEqual({ keys: all, next: undefined });
    expect(await list({ limit: 2 })).toEqual({ keys: all.slice(0, 2), next: all[1] });
    expect(await list({ limit: all.length })).toEqual({ keys: all, next: undefined });
    expect(await list({ limit: 0 })).toEqual({ keys: [], next: undefined });
    expect(await list({ prefix: 'a', after: 'a' })).toMatchObject({
      keys: all.filter((key) => key.startsWith('a') && key !== 'a'),
    });
    expect(await list({ prefix: 'a\u{10ffff}' })).toMatchObject({ keys: ['a\u{10ffff}'] });
    expect(await list({ prefix: 'a', after: 'b' })).toMatchObject({ keys: [] });
    expect(await list({ prefix: 'a', after: 'A' })).toMatchObject({
      keys: all.filter((key) => key.startsWith('a')),
    });
    const paged: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: { keys: string[]; next: string | undefined } = await list({ after, limit: 5 });
      paged.push(...page.keys);
      after = page.next;
    }
    expect(paged).toEqual(all);
  });

  test('a body that fails half-way stores nothing', async () => {
    const { store } = await setUp();
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
  });

  test('many at once each get their own', async () => {
    const { store } = await setUp();
    const numbers = Array.from({ length: 60 }, (_, number) => String(number));
    await Promise.all(numbers.map((number) => store.put(BUCKET, `n${number}`, Buffer.from(number))));
    const read = await Promise.all(numbers.map((number) => store.read(BUCKET, `n${number}`)));
    expect(read.map(String)).toEqual(numbers);
  });

  test('of two that write one key at once one wins, whole', async () => {
    const { store } = await setUp();
    const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await Promise.all(contents.map((content) => store.put(BUCKET, 'key', Buffer.from(content))));
    const left = String(await store.read(BUCKET, 'key'));
    expect(contents).toContain(left);
    expect(await store.head(BUCKET, 'key')).toMatchObject({ sha256: sha256(left) });
  });

  test('a sweep removes nothing that is whole', async () => {
    const { store } = await setUp();
    await store.put(BUCKET, 'key', Buffer.from('kept'));
    await store.sweep();
    expect(String(await store.read(BUCKET, 'key'))).toBe('kept');
  });

  test('closing breaks off uploads and downloads', async () => {
    const { store } = await setUp();
    await store.put(BUCKET, 'key', Buffer.alloc(5_000_000));
    const object = await store.get(BUCKET, 'key');
    const untouched = await store.get(BUCKET, 'key');
    const endless = store.put(BUCKET, 'endless', new Readable({ read() {} }));
    const settled = Promise.allSettled([endless, pipeline(object!.body, async (body) => buffer(body))]);
    await store[Symbol.asyncDispose]();
    for (const result of await settled) expect(result.status).toBe('rejected');
    await eventually(() => untouched!.body.closed);
    await expect(store.read(BUCKET, 'key')).rejects.toThrow('closing');
    await expect(store.put(BUCKET, 'key', Buffer.from(''))).rejects.toThrow('closing');
  });
}

function sorted(keys: readonly string[]): string[] {
  return [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
