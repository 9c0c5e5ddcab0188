import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { ImageFailure } from '../../../src/workloads/docker/images/image-failure.ts';
import { planImage } from '../../../src/workloads/docker/images/image-plan.ts';
import { RuntimeImages } from '../../../src/workloads/docker/images/runtime-images.ts';
import { RuntimeFolder } from '../../support/runtime-folder.ts';
import { FakeEngine } from './fake-engine.ts';

const ID = 'sha256:0123';

async function setUp(options: { base?: boolean; auths?: Record<string, { auth: string }> } = {}) {
  const engine = await new FakeEngine().listen();
  const runtime = new RuntimeFolder();
  const plan = { serverDirectory: runtime.servers, baseImages: [] };
  const { tag } = await planImage(runtime.definition, plan);
  const said: string[] = [];
  const images = new RuntimeImages({
    ...plan,
    engine: await engine.connect(),
    clock: new ManualClock(),
    auths: options.auths ?? {},
    onProgress: (topic, message, done) => said.push(`${topic}: ${message}${done ? ' (done)' : ''}`),
    progressInterval: 0,
  });
  if (options.base !== false) engine.on('GET /images/fake-base:1/json', { body: { Id: 'sha256:base' } });
  const becomesThere = () => {
    engine.on(`GET /images/${tag}/json`, { body: { Id: ID, RepoTags: [tag] } });
    engine.on(`POST /images/${tag}/tag`, { status: 201 });
  };
  /** Answers a build with these messages, and has the image then. */
  const builds = (...lines: object[]) =>
    engine.on('POST /build', async (request, response) => {
      await buffer(request);
      becomesThere();
      response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    });
  const failure = () =>
    images.ensure(runtime.definition).then(
      () => expect.fail('it did not reject'),
      (error: unknown) => {
        expect(error).toBeInstanceOf(ImageFailure);
        return error as ImageFailure;
      },
    );
  return {
    engine,
    runtime,
    images,
    tag,
    said,
    becomesThere,
    builds,
    failure,
    async [Symbol.asyncDispose]() {
      await images[Symbol.asyncDispose]();
      await engine[Symbol.asyncDispose]();
      runtime[Symbol.dispose]();
    },
  };
}

const step = (number: number, instruction: string) => ({ stream: `Step ${number}/2 : ${instruction}` });

describe('an image', () => {
  it('that is there is taken as it is', async () => {
    await using set = await setUp();
    const { images, runtime, engine, tag, said, becomesThere } = set;
    becomesThere();
    expect(await images.ensure(runtime.definition)).toEqual({ id: ID, tag });
    expect(engine.count('POST /build')).toBe(0);
    expect(said).toEqual([]);
  });

  it('that is not there is built, step by step, and gets the name that users know', async () => {
    await using set = await setUp();
    const { images, runtime, engine, tag, said, builds } = set;
    builds(step(1, 'FROM ${BASE_IMAGE}'), { stream: '\n' }, step(2, 'COPY main.txt /'));
    expect(await images.ensure(runtime.definition)).toEqual({ id: ID, tag });
    expect(said).toEqual([
      'fake 1 image: Building the fake 1 image …',
      'fake 1 image: Building the fake 1 image: step 1 of 2 …',
      'fake 1 image: Building the fake 1 image: step 2 of 2 …',
      expect.stringMatching(/^fake 1 image: Built the fake 1 image in \d+\.\d s \(done\)$/),
    ]);
    const build = engine.requests.find((one) => one.startsWith('POST /build'))!;
    expect(build).toContain('labels={"io.lambdock.image":"fake 1"}');
    expect(build).toContain('buildargs={"BASE_IMAGE":"fake-base:1"}');
    expect(engine.requests).toContain(`POST /images/${tag}/tag?repo=lambdock-test/fake&tag=1`);
  });

  it('is built once for all who ask at the same time', async () => {
    await using set = await setUp();
    const { images, runtime, engine, builds } = set;
    builds(step(1, 'FROM x'));
    const all = await Promise.all(Array.from({ length: 8 }, () => images.ensure(runtime.definition)));
    expect(new Set(all.map(({ id }) => id))).toEqual(new Set([ID]));
    expect(engine.count('POST /build')).toBe(1);
  });

  it('is built further while anybody waits, and its build is ended when all have given up', async () => {
    await using set = await setUp();
    const { images, runtime, engine } = set;
    const ended = new Promise<void>((resolve) => {
      engine.on('POST /build', (request, response) => {
        request.resume();
        response.write(`${JSON.stringify(step(1, 'RUN sleep'))}\n`);
        response.once('close', resolve);
      });
    });
    const [first, second] = [new AbortController(), new AbortController()];
    const waiting = [first, second].map(({ signal }) => images.ensure(runtime.definition, signal));
    const outcomes = Promise.allSettled(waiting);
    await expect.poll(() => engine.count('POST /build')).toBe(1);
    first.abort(new Error('first left'));
    await expect(waiting[0]).rejects.toThrow('first left');
    second.abort(new Error('second left'));
    await ended;
    expect((await outcomes)[1]).toMatchObject({ reason: { message: 'second left' } });
  });

  it('that was given up is built anew for the next who asks', async () => {
    await using set = await setUp();
    const { images, runtime, engine, builds } = set;
    const arrived = new Promise<void>((resolve) => {
      engine.on('POST /build', (request) => {
        request.resume();
        resolve();
      });
    });
    const abort = new AbortController();
    const given = images.ensure(runtime.definition, abort.signal).catch(() => 'given up');
    await arrived;
    abort.abort();
    builds(step(1, 'FROM x'));
    expect(await images.ensure(runtime.definition)).toMatchObject({ id: ID });
    expect(await given).toBe('given up');
  });

  it('of changed files is built after the one that is being built', async () => {
    await using set = await setUp();
    const { images, runtime, engine } = set;
    const held: (() => void)[] = [];
    engine.on('POST /build', async (request, response) => {
      await buffer(request);
      const tag = new URL(request.url!, 'http://engine').searchParams.get('t')!;
      held.push(() => {
        engine.on(`GET /images/${tag}/json`, { body: { Id: tag, RepoTags: [runtime.definition.image] } });
        response.end(JSON.stringify(step(1, 'FROM x')));
      });
    });
    const first = images.ensure(runtime.definition);
    await expect.poll(() => held.length).toBe(1);
    runtime.write('main.txt', 'two');
    const lookups = engine.requests.length;
    const second = images.ensure(runtime.definition);
    await expect.poll(() => engine.requests.length).toBeGreaterThan(lookups);
    expect(held).toHaveLength(1);
    held[0]!();
    await expect.poll(() => held.length).toBe(2);
    held[1]!();
    expect((await first).id).not.toBe((await second).id);
  });
});

describe('a base image', () => {
  it('is pulled where it is not there, with what has arrived', async () => {
    await using set = await setUp({ base: false });
    const { images, runtime, engine, said, builds } = set;
    engine.on('POST /images/create', {
      lines: [
        { status: 'Pulling from fake-base', id: '1' },
        { status: 'Downloading', id: 'a', progressDetail: { current: 1_000_000, total: 4_000_000 } },
        { status: 'Downloading', id: 'b', progressDetail: { current: 2_000_000, total: 6_000_000 } },
        { status: 'Download complete', id: 'a' },
        { status: 'Extracting', id: 'a', progressDetail: { current: 1, total: 4 } },
      ],
    });
    builds(step(1, 'FROM x'));
    await images.ensure(runtime.definition);
    expect(engine.requests).toContain('POST /images/create?fromImage=fake-base:1');
    expect(said.slice(0, 4)).toEqual([
      'fake 1 image: Pulling fake-base:1 for the fake 1 image …',
      'fake 1 image: Pulling fake-base:1 for the fake 1 image: 1 of 4 MB …',
      'fake 1 image: Pulling fake-base:1 for the fake 1 image: 3 of 10 MB …',
      'fake 1 image: Pulling fake-base:1 for the fake 1 image: 6 of 10 MB …',
    ]);
  });

  it('is asked for by who is logged in', async () => {
    const auth = Buffer.from('me:pass:word').toString('base64');
    await using set = await setUp({ base: false, auths: { 'https://index.docker.io/v1/': { auth } } });
    let header: unknown;
    set.engine.on('POST /images/create', (request, response) => {
      header = request.headers['x-registry-auth'];
      response.end();
    });
    set.builds(step(1, 'FROM x'));
    await set.images.ensure(set.runtime.definition);
    expect(JSON.parse(Buffer.from(header as string, 'base64url').toString())).toEqual({
      username: 'me',
      password: 'pass:word',
      serveraddress: 'https://index.docker.io/v1/',
    });
  });

  it.each([
    [{ status: 404, body: { message: 'manifest for fake-base:1 not found' } }, 'has no such version'],
    [{ status: 404, body: { message: 'pull access denied for fake-base' } }, 'wants "docker login" first'],
    [{ status: 500, body: { message: 'dial tcp: lookup r.test: no such host' } }, "can't be reached"],
    [{ lines: [{ error: 'x', errorDetail: { message: 'toomanyrequests: slow down' } }] }, 'docker login'],
  ])('that can’t be pulled (%j) is told with both ways out', async (answer, why) => {
    await using set = await setUp({ base: false });
    const { engine, failure } = set;
    engine.on('POST /images/create', answer);
    const { problem, ways, message, detail } = await failure();
    expect(problem).toContain("The fake 1 image needs fake-base:1, which can't be pulled: ");
    expect(problem).toContain(why);
    expect(ways).toEqual([
      'name a base image that is here: --base-images fake=<image>',
      'run functions as processes of this machine: --driver process',
    ]);
    expect(message).not.toContain('\n');
    expect(detail.kind).toBe('setup');
  });
});

describe('a build that fails', () => {
  it('is told with its step, what the tool said last, and all of it as the stack', async () => {
    await using set = await setUp();
    const { failure, builds, said } = set;
    builds(
      step(1, 'FROM x'),
      { stream: 'left from before\n' },
      step(2, 'RUN pip install flask'),
      { stream: ' ---> Running in 0123\n' },
      { stream: 'Collecting flask\n' },
      { stream: '\u001b[91mERROR: No matching distribution\u001b[0m\nbye\n' },
      { error: 'x', errorDetail: { message: "The command '/bin/sh -c x' returned a non-zero code: 1" } },
    );
    const { message, detail } = await failure();
    expect(message).toBe(
      'Building the fake 1 image failed at "RUN pip install flask": ERROR: No matching distribution ' +
        "(The command '/bin/sh -c x' returned a non-zero code: 1)",
    );
    expect(detail.stack).toBe('Collecting flask\nERROR: No matching distribution\nbye');
    expect(said.at(-1)).toBe('fake 1 image: The fake 1 image could not be made (done)');
  });

  it('for a Dockerfile that can’t be read says what the engine says', async () => {
    await using set = await setUp();
    const { engine, failure } = set;
    engine.on('POST /build', { status: 400, body: { message: 'unknown instruction: FORM' } });
    expect((await failure()).message).toBe('Building the fake 1 image failed: unknown instruction: FORM');
  });

  it.each([
    [[{ error: 'write /x: no space left on device' }]],
    [[step(1, 'RUN x'), { stream: 'cp: No space left on device\n' }, { error: 'code: 1' }]],
  ])('because the disk is full (%j) says which, and how to make room', async (lines) => {
    await using set = await setUp();
    const { engine, failure } = set;
    engine.on('POST /build', async (request, response) => {
      await buffer(request);
      response.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    });
    engine.on('GET /info', { body: { DockerRootDir: '/data/docker' } });
    const { problem, ways } = await failure();
    expect(problem).toBe("Docker's disk (/data/docker) is full: the fake 1 image does not fit");
    expect(ways.join(' ')).toMatch(/lambdock images prune.*docker system df/);
  });

  it('is tried again by the next who asks', async () => {
    await using set = await setUp();
    const { images, runtime, engine, builds, failure } = set;
    engine.on('POST /build', { status: 400, body: { message: 'no' } });
    await failure();
    builds(step(1, 'FROM x'));
    expect(await images.ensure(runtime.definition)).toMatchObject({ id: ID });
  });
});

it('an engine that goes away during a build is named, with what to do', async () => {
  await using set = await setUp();
  const { engine, failure } = set;
  engine.on('POST /build', async (request, response) => {
    request.resume();
    response.write(`${JSON.stringify(step(1, 'RUN x'))}\n`);
    await once(request, 'end');
    response.destroy();
  });
  expect((await failure()).message).toMatch(
    /^Docker went away before the fake 1 image was there.*start Docker/,
  );
});

it('an engine that refuses to say what it has is told as the image’s trouble', async () => {
  await using set = await setUp({ base: false });
  set.engine.on('GET /images/fake-base:1/json', { status: 500, body: { message: 'database is locked' } });
  expect((await set.failure()).message).toBe('Docker does not make the fake 1 image: database is locked');
});
