import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { EmbeddedObjectStore } from '../../../src/storage/objects/embedded-object-store.ts';
import { filesIn, freshDatabase, temporaryFolder } from './support.ts';

const BUCKET = 'my-bucket';
const NASTY_KEYS = [
  '..',
  '.',
  '../..',
  'a/../b',
  '/',
  '//',
  '/etc/passwd',
  'a',
  'A',
  'a/',
  'a\\b',
  'C:',
  'con',
  'é',
  'e\u0301',
  '🦊',
  '\uffee',
  '%2e%2e',
  "'; DROP TABLE objects; --",
  '\n',
  ' ',
  'tmp/x',
  '__proto__',
  'x'.repeat(1024),
];
const key = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...NASTY_KEYS) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 12 })
      .filter((text) => !text.includes('\0')),
  },
);
/** Few different ones, so that objects share their blobs. */
const content = fc.constantFrom('', 'one', 'two', 'x'.repeat(100_000));

type Step =
  | { put: string; key: string; streamed: boolean }
  | { delete: true; key: string }
  | { read: true; key: string };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: content, key, streamed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ delete: fc.constant(true as const), key }) },
  { weight: 1, arbitrary: fc.record({ read: fc.constant(true as const), key }) },
);

const bytes = (text: string) => Buffer.from(text);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** One database for all runs (it is emptied between them), a new folder for each. */
function stores(): () => { store: EmbeddedObjectStore; folder: string } {
  const database = freshDatabase();
  const root = temporaryFolder();
  let runs = 0;
  const opened: EmbeddedObjectStore[] = [];
  onTestFinished(async () => {
    for (const store of opened) await store[Symbol.asyncDispose]();
  });
  return () => {
    database.prepare('DELETE FROM objects').run();
    const folder = join(root, String(runs++));
    const store = new EmbeddedObjectStore({ folder, database, clock: new ManualClock(), presign: () => '' });
    opened.push(store);
    return { store, folder };
  };
}

async function listAll(store: EmbeddedObjectStore, limit: number, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = await store.list(BUCKET, { prefix, after, limit });
    keys.push(...page.objects.map((object) => object.key));
    after = page.next;
  }
  return keys;
}

async function expectSame(
  store: EmbeddedObjectStore,
  folder: string,
  model: Map<string, string>,
): Promise<void> {
  const sorted = [...model.keys()].sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
  expect(await listAll(store, 3, '')).toEqual(sorted);
  for (const prefix of ['a', '.', 'é', '/'])
    expect(await listAll(store, 2, prefix)).toEqual(sorted.filter((each) => each.startsWith(prefix)));
  for (const [each, expected] of model) expect(String(await store.read(BUCKET, each))).toBe(expected);
  const blobs = [...new Set(model.values())].map((each) => join(sha256(each).slice(0, 2), sha256(each)));
  expect(filesIn(folder)).toEqual(blobs.sort());
}

test('any sequence of batches of concurrent operations ends as a Map would', async () => {
  const next = stores();
  // Within a batch each key occurs once, so the outcome is certain; contents are shared, which is where races are.
  const batches = fc.array(fc.uniqueArray(step, { selector: (each) => each.key, maxLength: 8 }), {
    maxLength: 8,
  });
  const property = fc.asyncProperty(batches, async (given) => {
    const { store, folder } = next();
    const model = new Map<string, string>();
    for (const batch of given) {
      await Promise.all(
        batch.map(async (each) => {
          const before = model.get(each.key);
          if ('put' in each) {
            model.set(each.key, each.put);
            const body = each.streamed
              ? Readable.from([bytes(each.put)], { objectMode: false })
              : bytes(each.put);
            const info = await store.put(BUCKET, each.key, body);
            expect(info).toMatchObject({ key: each.key, size: each.put.length, sha256: sha256(each.put) });
          } else if ('delete' in each) {
            model.delete(each.key);
            expect(await store.delete(BUCKET, each.key)).toBe(before !== undefined);
          } else {
            const read = await store.read(BUCKET, each.key);
            expect(read && String(read)).toBe(before);
          }
        }),
      );
    }
    await expectSame(store, folder, model);
    rmSync(folder, { recursive: true, force: true });
  });
  await fc.assert(property, { numRuns: 60 });
});

test('concurrent operations on one key, with a sweep among them, leave one of their results, whole', async () => {
  const next = stores();
  const sameKey = fc.array(fc.oneof(content, fc.constantFrom('delete', 'read', 'sweep')), {
    minLength: 2,
    maxLength: 12,
  });
  const property = fc.asyncProperty(sameKey, async (given) => {
    const { store, folder } = next();
    const possible = given.filter((each) => !['delete', 'read', 'sweep'].includes(each));
    await Promise.all(
      given.map(async (each) => {
        if (each === 'delete') return store.delete(BUCKET, 'key');
        if (each === 'sweep') return store.sweep();
        if (each !== 'read') return store.put(BUCKET, 'key', bytes(each));
        const read = await store.read(BUCKET, 'key');
        return read && expect(possible).toContain(String(read));
      }),
    );
    const left = await store.read(BUCKET, 'key');
    if (left) expect(possible).toContain(String(left));
    await expectSame(store, folder, new Map(left ? [['key', String(left)]] : []));
    rmSync(folder, { recursive: true, force: true });
  });
  await fc.assert(property, { numRuns: 60 });
});
