import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { User } from '../support/cli.ts';
import { createFunction, eventually, startDaemon } from '../support/daemon.ts';
import { type FakeAnswer, fakeS3 } from '../support/fake-s3.ts';
import { freePort } from '../support/free-ports.ts';
import { answering, get, link, sourceFolder } from '../support/functions.ts';
import { HAS_MINIO, MinioServer } from '../support/minio.ts';

const BUCKET = 'aws-lambda-clone';

interface ObjectsHealth {
  name: string;
  state: string;
  endpoint?: string;
  detail?: string;
}

async function objectsHealth(url: string): Promise<ObjectsHealth> {
  const health = (await (await fetch(`${url}/_lambdock/health`)).json()) as { objects: ObjectsHealth };
  return health.objects;
}

const send = (method: string, url: string, body: object) =>
  fetch(`${url}/lambda`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const post = (url: string, code: string) =>
  send('POST', url, { title: 'test', runtime: 'node', version: '20', code });

async function codeOf(url: string, id: string): Promise<string> {
  return ((await (await fetch(`${url}/lambda?id=${id}`)).json()) as { code: string }).code;
}

async function idsOf(url: string): Promise<string[]> {
  const answer = await fetch(`${url}/lambda/list?limit=1000`);
  return ((await answer.json()) as { lambdas: { id: string }[] }).lambdas.map(({ id }) => id);
}

async function keysIn(minio: MinioServer): Promise<string[]> {
  const keys: string[] = [];
  for await (const { name } of minio.client().listObjectsV2(BUCKET, '', true)) keys.push(name!);
  return keys;
}

async function notices(url: string): Promise<string[]> {
  const text = await (await fetch(`${url}/_lambdock/journal?types=notice&follow=false`)).text();
  return [...text.matchAll(/"message":("(?:[^"\\]|\\.)*")/g)].map(([, message]) => JSON.parse(message!));
}

async function failureToStart(args: string[]): Promise<string> {
  const daemon = await startDaemon({ args }).catch((error: Error) => error.message);
  if (typeof daemon === 'string') return daemon;
  await daemon.stop();
  throw new Error('it started');
}

describe.runIf(HAS_MINIO)('with code in MinIO', () => {
  test('code is kept under the function’s id, and nowhere else', async () => {
    await using minio = await MinioServer.start();
    await using daemon = await startDaemon({ args: minio.flags });
    expect(await objectsHealth(daemon.url)).toEqual({ name: 'minio', endpoint: minio.endpoint, state: 'ok' });
    const id = await createFunction(daemon.url, { code: answering('one') });
    expect(await keysIn(minio)).toEqual([id]);
    expect((await send('PATCH', daemon.url, { id, code: answering('two') })).status).toBe(200);
    expect((await get(`${daemon.url}/endpoint/${id}`)).text).toBe('two');
    expect(await codeOf(daemon.url, id)).toBe(answering('two'));
    expect(await keysIn(minio)).toEqual([id]);
  });

  test('MinIO killed under load and back: endpoints never fail, creates are refused meanwhile, nothing is lost', async () => {
    await using minio = await MinioServer.start();
    await using daemon = await startDaemon({ args: minio.flags });
    using source = sourceFolder({ 'handler.mjs': answering('linked 1') });
    const { endpoint: linked, id: linkedId } = await link(daemon.url, source.path);
    const first = await createFunction(daemon.url, { code: answering('first') });
    const endpoint = `${daemon.url}/endpoint/${first}`;
    expect((await get(endpoint)).text).toBe('first');
    expect((await get(linked)).text).toBe('linked 1');

    let done = false;
    let served = 0;
    const acknowledged = new Map<string, string>();
    const refusals: { status: number; retryAfter: string | null; error: string }[] = [];
    const callers = Array.from({ length: 4 }, async () => {
      for (; !done; served++) expect(await get(endpoint)).toEqual({ status: 200, text: 'first' });
    });
    const creators = Array.from({ length: 3 }, async (_, creator) => {
      for (let n = 0; !done; n++) {
        const code = answering(`${creator} ${n}`);
        const response = await post(daemon.url, code);
        if (response.status === 200) {
          acknowledged.set((await response.json()) as string, code);
          continue;
        }
        const { error } = (await response.json()) as { error: string };
        refusals.push({ status: response.status, retryAfter: response.headers.get('retry-after'), error });
      }
    });
    await eventually(() => acknowledged.size >= 10);
    await minio.kill();
    await eventually(() => refusals.length >= 10);
    const away = await objectsHealth(daemon.url);
    expect(away.state).toBe('unavailable');
    expect(away.detail).toContain("can't be reached (ECONN");

    // What stores no code goes on.
    const servedBefore = served;
    expect(await codeOf(daemon.url, first)).toBe(answering('first'));
    expect((await send('PATCH', daemon.url, { id: first, title: 'renamed' })).status).toBe(200);
    expect((await send('PATCH', daemon.url, { id: first, code: answering('refused') })).status).toBe(503);
    writeFileSync(source.file('handler.mjs'), answering('linked 2'));
    await eventually(async () => (await get(linked)).text === 'linked 2');
    await eventually(() => served > servedBefore + 50);

    await minio.restart();
    const before = acknowledged.size;
    await eventually(() => acknowledged.size >= before + 10);
    done = true;
    await Promise.all([...callers, ...creators]);
    expect((await objectsHealth(daemon.url)).state).toBe('ok');
    for (const { status, retryAfter, error } of refusals) {
      expect([status, retryAfter]).toEqual([503, '2']);
      expect(error).toContain(`MinIO at ${minio.endpoint}`);
    }
    const made = new Set([...acknowledged.keys(), first]);
    expect(new Set(await idsOf(daemon.url))).toEqual(new Set([...made, linkedId]));
    for (const [id, code] of acknowledged) expect(await codeOf(daemon.url, id)).toBe(code);
    expect(await get(endpoint)).toEqual({ status: 200, text: 'first' });
    // A put whose answer was lost may have left an object, which is nobody's.
    await eventually(async () => (await keysIn(minio)).every((key) => made.has(key)));
    await expect
      .poll(() => notices(daemon.url))
      .toEqual([
        expect.stringContaining("Code can't be stored: MinIO"),
        `MinIO at ${minio.endpoint} is there again`,
      ]);
  });

  test('a MinIO that takes connections and never answers is told within seconds, and waited for', async () => {
    await using minio = await MinioServer.start();
    using folder = sourceFolder({});
    const dataDir = join(folder.path, 'data');
    await using daemon = await startDaemon({ args: minio.flags, dataDir });
    const id = await createFunction(daemon.url, { code: answering('one') });
    minio.freeze();
    try {
      const asked = performance.now();
      const answers = await Promise.all([1, 2, 3].map((n) => post(daemon.url, answering(String(n)))));
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
      expect(((await answers[0]!.json()) as { error: string }).error).toContain('does not answer');
      expect((await get(`${daemon.url}/endpoint/${id}`)).text).toBe('one');
      const began = performance.now();
      expect((await post(daemon.url, answering('4'))).status).toBe(503);
      expect(performance.now() - began).toBeLessThan(began - asked); // it is known to be away
    } finally {
      minio.resume();
    }
    await eventually(async () => (await objectsHealth(daemon.url)).state === 'ok');
    const later = await createFunction(daemon.url, { code: answering('later') });
    expect((await idsOf(daemon.url)).sort()).toEqual([id, later].sort());
    // Requests that it had taken before may have been carried out since.
    await daemon.stop();
    await using again = await startDaemon({ args: minio.flags, dataDir });
    await eventually(async () => (await keysIn(minio)).length <= 2);
    expect((await get(`${again.url}/endpoint/${later}`)).text).toBe('later');
  });

  test('a daemon starts without MinIO, and takes it up when it comes', async () => {
    await using minio = await MinioServer.start();
    using folder = sourceFolder({});
    const dataDir = join(folder.path, 'data');
    const first = await startDaemon({ args: minio.flags, dataDir });
    const id = await createFunction(first.url, { code: answering('kept') });
    const lost = await createFunction(first.url, { code: answering('unpacked again') });
    await first.stop();
    rmSync(join(dataDir, 'packages'), { recursive: true });
    await minio.kill();
    await using daemon = await startDaemon({ args: minio.flags, dataDir });
    expect(await objectsHealth(daemon.url)).toMatchObject({ name: 'minio', state: 'unavailable' });
    expect((await post(daemon.url, answering('x'))).status).toBe(503);
    expect((await fetch(`${daemon.url}/lambda?id=${id}`)).status).toBe(503);
    expect((await fetch(`${daemon.url}/endpoint/${id}`)).status).toBeGreaterThanOrEqual(500);
    await minio.restart();
    await eventually(async () => (await get(`${daemon.url}/endpoint/${id}`)).text === 'kept');
    await eventually(async () => (await get(`${daemon.url}/endpoint/${lost}`)).text === 'unpacked again');
    expect(await codeOf(daemon.url, id)).toBe(answering('kept'));
  });

  test('reset works without MinIO, whose objects go when it is back', async () => {
    await using minio = await MinioServer.start();
    await using daemon = await startDaemon({ args: minio.flags });
    await createFunction(daemon.url, { code: answering('one') });
    await minio.kill();
    const reset = await fetch(`${daemon.url}/_lambdock/reset`, { method: 'POST' });
    expect([reset.status, await reset.json()]).toEqual([200, { removed: 1 }]);
    await minio.restart();
    await eventually(async () => (await keysIn(minio)).length === 0);
  });

  test('a MinIO that has lost everything gets back what is unpacked here', async () => {
    await using minio = await MinioServer.start();
    await using daemon = await startDaemon({ args: minio.flags });
    const id = await createFunction(daemon.url, { code: answering('one') });
    await minio.kill();
    expect((await post(daemon.url, answering('refused'))).status).toBe(503);
    minio.wipe();
    await minio.restart();
    await eventually(async () => (await keysIn(minio).catch((): string[] => [])).includes(id));
    expect(await codeOf(daemon.url, id)).toBe(answering('one'));
  });

  test('two daemons share a MinIO, and neither touches the other’s code', async () => {
    await using minio = await MinioServer.start();
    await using one = await startDaemon({ args: minio.flags });
    const kept = await createFunction(one.url, { code: answering('one') });
    await using two = await startDaemon({ args: minio.flags });
    const other = await createFunction(two.url, { code: answering('two') });
    expect((await fetch(`${two.url}/_lambdock/reset`, { method: 'POST' })).status).toBe(200);
    expect(await keysIn(minio)).toEqual([kept]);
    expect((await fetch(`${two.url}/endpoint/${other}`)).status).toBe(404);
    expect(await codeOf(one.url, kept)).toBe(answering('one'));
  });

  test('a bucket with versioning is used, and its versioning turned off', async () => {
    await using minio = await MinioServer.start();
    await minio.client().makeBucket(BUCKET);
    await minio.client().setBucketVersioning(BUCKET, { Status: 'Enabled' });
    await using daemon = await startDaemon({ args: minio.flags });
    await createFunction(daemon.url, { code: answering('one') });
    expect(await minio.client().getBucketVersioning(BUCKET)).toEqual({ Status: 'Suspended' });
    await expect
      .poll(() => notices(daemon.url))
      .toEqual([expect.stringContaining('versioning is turned off')]);
  });

  test('an ephemeral daemon takes its code with it', async () => {
    await using minio = await MinioServer.start();
    await using one = await startDaemon({ args: minio.flags });
    const kept = await createFunction(one.url, { code: answering('one') });
    const user = new User();
    const running = user.launch('start', '--ephemeral', '--port', '0', '--json', ...minio.flags);
    const { url } = JSON.parse((await running.shows(/\{.*\}/))[0]) as { url: string };
    await createFunction(url, { code: answering('two') });
    expect(await keysIn(minio)).toHaveLength(2);
    await user[Symbol.asyncDispose]();
    expect(await keysIn(minio)).toEqual([kept]);
  });

  test('wrong credentials end the start with one message; MinIO’s own variables will do', async () => {
    await using minio = await MinioServer.start();
    const at = ['--objects=minio', `--minio-endpoint=${minio.endpoint}`];
    expect(await failureToStart([...at, '--minio-secret-key=wrong-password'])).toMatch(
      /error: MinIO at http:.* refuses the credentials of minioadmin \(InvalidAccessKeyId\)\n {2}- set minioAccessKey and minioSecretKey/,
    );
    expect(await failureToStart([...minio.flags, '--minio-secret-key=wrong-password'])).toMatch(
      /refuses the credentials of lambdock-test \(SignatureDoesNotMatch\)/,
    );
    await using daemon = await startDaemon({
      args: at,
      env: { MINIO_ROOT_USER: 'lambdock-test', MINIO_ROOT_PASSWORD: 'lambdock-test-secret' },
    });
    expect((await objectsHealth(daemon.url)).state).toBe('ok');
  });
});

const REFUSALS: [what: string, (path: string, method: string) => FakeAnswer | undefined, RegExp][] = [
  [
    'a bucket that is another’s',
    (_path, method) =>
      method === 'PUT' ? { status: 409, code: 'BucketAlreadyExists' } : { status: 404, code: 'NoSuchBucket' },
    /bucket aws-lambda-clone of MinIO at http:\S+ belongs to somebody else\n {2}- use credentials of its owner/,
  ],
  [
    'a bucket that may not be used',
    () => ({ status: 403, code: 'AccessDenied' }),
    /denies minioadmin the use of bucket aws-lambda-clone \(AccessDenied\).*\n {2}- allow that user/,
  ],
  [
    'a clock that is wrong',
    () => ({ status: 403, code: 'RequestTimeTooSkewed' }),
    /clocks of this machine and of MinIO .* differ by more than 15 minutes\n {2}- correct/,
  ],
  [
    'another region',
    () => ({ status: 400, code: 'AuthorizationHeaderMalformed' }),
    /is not in region us-east-1\n {2}- set minioRegion/,
  ],
  [
    'the console, or any other web server',
    () => ({ status: 200, body: '<html><body>MinIO Console</body></html>', type: 'text/html' }),
    /is not MinIO's S3 API\n {2}- give the port of the API/,
  ],
];

test.each(REFUSALS)('%s ends the start with one message', async (_what, answer, message) => {
  await using server = await fakeS3((req) => answer(req.url!, req.method!));
  expect(await failureToStart([`--minio-endpoint=${server.endpoint}`])).toMatch(message);
});

test('TLS where there is none ends the start with one message', async () => {
  await using server = await fakeS3(() => ({ status: 200 }));
  const failure = await failureToStart([`--minio-endpoint=${server.endpoint.replace('http:', 'https:')}`]);
  expect(failure).toMatch(/does not speak TLS\n {2}- use http:\/\/127/);
});

test('a server that never answers does not keep a daemon from starting', async () => {
  await using server = await fakeS3(() => undefined);
  await using daemon = await startDaemon({ args: [`--minio-endpoint=${server.endpoint}`] });
  await eventually(async () => (await objectsHealth(daemon.url)).state === 'unavailable');
  expect((await objectsHealth(daemon.url)).detail).toContain('does not answer');
});

test('a server that is overloaded is asked again, a few times', async () => {
  let busy = 0;
  const head = { status: 200, body: '<VersioningConfiguration/>' };
  await using server = await fakeS3((req) => {
    if (req.method !== 'PUT') return head;
    busy++;
    return busy % 3 === 0 ? { status: 200 } : { status: 503, code: 'SlowDown' };
  });
  await using daemon = await startDaemon({ args: [`--minio-endpoint=${server.endpoint}`] });
  expect((await post(daemon.url, answering('one'))).status).toBe(200);
  expect(busy).toBe(3);
});

test('a full MinIO is told as full, and is written to again once it has space', async () => {
  let full = true;
  await using server = await fakeS3((req) => {
    if (req.method === 'PUT') return full ? { status: 507, code: 'XMinioStorageFull' } : { status: 200 };
    if (req.method === 'DELETE') return { status: 204 };
    return req.method === 'HEAD' ? { status: 404 } : { status: 200, body: '<VersioningConfiguration/>' };
  });
  await using daemon = await startDaemon({ args: [`--minio-endpoint=${server.endpoint}`] });
  const refused = await post(daemon.url, answering('one'));
  expect(refused.status).toBe(507);
  expect((await objectsHealth(daemon.url)).state).toBe('full');
  full = false;
  expect((await post(daemon.url, answering('one'))).status).toBe(200);
  expect((await objectsHealth(daemon.url)).state).toBe('ok');
});

test('without an endpoint, and nothing where MinIO would be, the start says how to get one', async () => {
  const port = await freePort();
  await using daemon = await startDaemon({ args: [`--minio-endpoint=http://127.0.0.1:${port}`] });
  expect((await objectsHealth(daemon.url)).state).toBe('unavailable');
  const failure = await failureToStart(['--objects=minio']);
  expect(failure).toMatch(/error: no MinIO runs at http:\/\/127\.0\.0\.1:9000\n {2}- start one: docker run/);
});
