import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ManualClock } from '../../src/clock/manual-clock.ts';
import { RealClock } from '../../src/clock/real-clock.ts';
import { MinioObjectStore } from '../../src/storage/objects/minio-object-store.ts';
import { ObjectDamaged } from '../../src/storage/objects/object-store.ts';
import { ACCESS_KEY, HAS_MINIO, MinioServer, SECRET_KEY } from '../support/minio.ts';
import { objectStoreSuite } from '../support/object-store-suite.ts';

const BUCKET = 'my-bucket';

describe.runIf(HAS_MINIO)('the object store on MinIO', () => {
  let server: MinioServer;
  beforeAll(async () => {
    server = await MinioServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function open(owner = 'me', options: { notices?: string[]; secretKey?: string } = {}) {
    const clock = new ManualClock();
    const store = new MinioObjectStore({
      endpoint: server.endpoint,
      accessKey: ACCESS_KEY,
      secretKey: options.secretKey ?? SECRET_KEY,
      region: 'us-east-1',
      bucket: BUCKET,
      owner,
      clock,
      engineClock: new RealClock(),
      onChange: () => {},
      onNotice: (message) => options.notices?.push(message),
    });
    onTestFinished(() => store[Symbol.asyncDispose]());
    return { store, clock };
  }

  async function setUp(owner = 'me') {
    const client = server.client();
    for (const { name } of await client.listBuckets()) await empty(name);
    return { ...open(owner), reopen: () => open(owner).store };
  }

  async function empty(bucket: string): Promise<void> {
    const client = server.client();
    await client.removeBucket(bucket).catch(async () => {
      // Deletes what is in it, all versions included.
      const options = { method: 'DELETE', bucketName: bucket, headers: { 'x-minio-force-delete': 'true' } };
      await client.makeRequestAsyncOmit(options, '', [204]);
    });
  }

  objectStoreSuite(setUp);

  test('keys that MinIO does not have, or takes for others, are refused', async () => {
    const { store } = await setUp();
    for (const key of ['..', '.', '../..', 'a/../b', '/', '//', '/etc/passwd', 'a//b', 'x'.repeat(256)])
      await expect(store.put(BUCKET, key, Buffer.from('x'))).rejects.toMatchObject({ part: 'key' });
    expect((await store.list(BUCKET)).objects).toEqual([]);
  });

  test.each([10, 200_000])(
    'a changed content is noticed before all of %i bytes are delivered',
    async (size) => {
      const { store } = await setUp();
      const content = Buffer.alloc(size, 'content');
      await store.put(BUCKET, 'key', content);
      const { metaData } = await server.client().statObject(BUCKET, 'key');
      await server.client().putObject(BUCKET, 'key', Buffer.alloc(size, 'others'), size, metaData);
      await expect(store.read(BUCKET, 'key')).rejects.toThrow(ObjectDamaged);
      let delivered = 0;
      const reading = async () => {
        const object = await store.get(BUCKET, 'key');
        for await (const chunk of object!.body) delivered += chunk.length;
      };
      await expect(reading()).rejects.toThrow('object my-bucket/key is damaged');
      expect(delivered).toBeLessThan(size);
    },
  );

  test("another's objects in the same bucket are read but not listed, however many there are", async () => {
    const { store } = await setUp();
    const other = open('another').store;
    for (let i = 0; i < 5; i++) {
      await other.put(BUCKET, `a${i}`, Buffer.from('theirs'));
      await store.put(BUCKET, `b${i}`, Buffer.from('mine'));
    }
    await server.client().putObject(BUCKET, 'by hand', 'nobody’s');
    const list = async (options = {}) => {
      const { objects, next } = await store.list(BUCKET, options);
      return { keys: objects.map(({ key }) => key), next };
    };
    expect(await list()).toEqual({ keys: ['b0', 'b1', 'b2', 'b3', 'b4'], next: undefined });
    expect(await list({ limit: 2 })).toEqual({ keys: ['b0', 'b1'], next: 'b1' });
    expect(await list({ limit: 2, after: 'b2' })).toEqual({ keys: ['b3', 'b4'], next: undefined });
    expect(String(await store.read(BUCKET, 'a0'))).toBe('theirs');
    expect(String(await store.read(BUCKET, 'by hand'))).toBe('nobody’s');
    expect((await buffer((await store.get(BUCKET, 'by hand'))!.body)).toString()).toBe('nobody’s');
    expect(await store.head(BUCKET, 'by hand')).toMatchObject({
      size: 10,
      sha256: expect.stringMatching(/^\w{64}$/),
    });
  });

  test('more objects than MinIO lists at once are all listed', async () => {
    const { store } = await setUp();
    const keys = Array.from({ length: 1_050 }, (_, i) => `k${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 50)
      await Promise.all(keys.slice(i, i + 50).map((key) => store.put(BUCKET, key, Buffer.from(key))));
    const listed: string[] = [];
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: { objects: { key: string }[]; next?: string } = await store.list(BUCKET, { after });
      listed.push(...page.objects.map(({ key }) => key));
      after = page.next;
    }
    expect(listed).toEqual(keys);
    expect((await store.list(BUCKET, { limit: 2_000 })).objects).toHaveLength(1_050);
  });

  test('a presigned URL is served by MinIO itself, under the host name that the reader uses', async () => {
    const { store } = await setUp();
    await store.put(BUCKET, 'a b/ü', Buffer.from('content'), 'text/plain');
    for (const base of [undefined, `http://localhost:${server.port}`]) {
      const url = await store.presignGet(BUCKET, 'a b/ü', 60_000, base);
      expect(new URL(url).origin).toBe(base ?? server.endpoint);
      const response = await fetch(url);
      expect([response.status, await response.text()]).toEqual([200, 'content']);
      expect((await fetch(url.replace('a%20b', 'a%20c'))).status).toBe(403);
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    }
  });

  test('a bucket that is removed under its feet is made again', async () => {
    const { store } = await setUp();
    await store.put(BUCKET, 'key', Buffer.from('x'));
    await empty(BUCKET);
    expect(await store.read(BUCKET, 'key')).toBeUndefined();
    await store.put(BUCKET, 'key', Buffer.from('y'));
    expect(String(await store.read(BUCKET, 'key'))).toBe('y');
  });

  test('versioning is turned off, once told, and nothing of what is replaced is kept', async () => {
    await setUp();
    const client = server.client();
    await client.makeBucket(BUCKET);
    await client.setBucketVersioning(BUCKET, { Status: 'Enabled' });
    const notices: string[] = [];
    const { store } = open('me', { notices });
    await store.check();
    await store.check();
    expect(notices).toEqual([expect.stringContaining('versioning is turned off')]);
    expect(await client.getBucketVersioning(BUCKET)).toEqual({ Status: 'Suspended' });
    await store.put(BUCKET, 'key', Buffer.from('one'));
    await store.put(BUCKET, 'key', Buffer.from('two'));
    await store.delete(BUCKET, 'key');
    expect((await store.list(BUCKET)).objects).toEqual([]);
  });

  test('versioning that can’t be turned off is told, and everything else works', async () => {
    await setUp();
    // A bucket with object locking must keep its versions.
    await server.client().makeBucket(BUCKET, 'us-east-1', { ObjectLocking: true });
    const notices: string[] = [];
    const { store } = open('me', { notices });
    await store.put(BUCKET, 'key', Buffer.from('one'));
    await store.put(BUCKET, 'key', Buffer.from('two'));
    expect(notices).toEqual([expect.stringContaining("can't be turned off")]);
    expect(String(await store.read(BUCKET, 'key'))).toBe('two');
    expect(await store.delete(BUCKET, 'key')).toBe(true);
    expect(await store.delete(BUCKET, 'key')).toBe(false);
    expect(await store.read(BUCKET, 'key')).toBeUndefined();
  });

  test('wrong credentials are told apart from everything else', async () => {
    const { store } = open('me', { secretKey: 'not the secret' });
    await expect(store.check()).rejects.toMatchObject({ transient: false });
    await expect(store.put(BUCKET, 'key', Buffer.from('x'))).rejects.toThrow(
      /refuses the credentials of lambdock-test .*SignatureDoesNotMatch.*minioSecretKey/,
    );
    expect(store.condition).toMatchObject({
      state: 'unavailable',
      detail: expect.stringContaining('credentials'),
    });
  });
});
