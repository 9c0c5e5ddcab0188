import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RealClock } from '../../src/clock/real-clock.ts';
import { connectEngine, type Engine } from '../../src/workloads/docker/engine/engine.ts';
import { locateEngine } from '../../src/workloads/docker/engine/locate-engine.ts';
import { imagesAvailable } from '../../src/workloads/docker/images/availability.ts';
import { ImageFailure } from '../../src/workloads/docker/images/image-failure.ts';
import { planImage } from '../../src/workloads/docker/images/image-plan.ts';
import { RuntimeImages } from '../../src/workloads/docker/images/runtime-images.ts';
import { listStoredImages, pruneImages } from '../../src/workloads/docker/images/stored-images.ts';
import { User } from '../support/cli.ts';
import { BASE_IMAGE, DOCKER, docker } from '../support/containers.ts';
import { RuntimeFolder } from '../support/runtime-folder.ts';

/** In the name of each runtime made up here, so that other runs on the same engine keep theirs. */
const RUN = `t${randomBytes(4).toString('hex')}`;

let engine: Engine;
let made = 0;

beforeAll(async () => {
  if (!DOCKER) return;
  const { endpoint, version } = await locateEngine(process.env, homedir());
  engine = await connectEngine(endpoint, version);
});

afterAll(async () => {
  if (!DOCKER) return;
  engine[Symbol.dispose]();
  const ours = (await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')).split('\n');
  const tags = ours.filter((tag) => tag.startsWith(`lambdock-test/${RUN}`));
  if (tags.length > 0) await docker('image', 'rm', ...tags);
});

function setUp(baseImages = [BASE_IMAGE]) {
  const runtime = new RuntimeFolder(`${RUN}${String.fromCharCode(97 + made++)}`);
  const plan = { serverDirectory: runtime.servers, baseImages };
  const said: string[] = [];
  const open = () =>
    new RuntimeImages({
      ...plan,
      engine,
      clock: new RealClock(),
      auths: {},
      onProgress: (_, message) => said.push(message),
      progressInterval: 0,
    });
  const images = open();
  return {
    runtime,
    images,
    open,
    said,
    plan: () => planImage(runtime.definition, plan),
    ensure: () => images.ensure(runtime.definition),
    options: plan,
    async [Symbol.asyncDispose]() {
      await images[Symbol.asyncDispose]();
      runtime[Symbol.dispose]();
    },
  };
}

describe.runIf(DOCKER)('the image of a runtime', () => {
  it('is built on first use, labelled and named, and then only found', async () => {
    await using set = setUp();
    const { runtime, ensure, said } = set;
    const image = await ensure();
    expect(said.join('\n')).toMatch(/step 3 of 4.*\n.*\n.*Built the .* image in \d+\.\d s$/s);
    const [inspected] = JSON.parse(await docker('image', 'inspect', image.id)) as [
      { RepoTags: string[]; Config: { Labels: Record<string, string> } },
    ];
    expect(inspected.RepoTags.sort()).toEqual([runtime.definition.image, image.tag].sort());
    expect(inspected.Config.Labels).toMatchObject({
      'io.lambdock.image': `${runtime.definition.runtime} 1`,
    });
    said.length = 0;
    expect(await ensure()).toEqual(image);
    expect(said).toEqual([]);
  });

  it('is built again when a file changes, with the file’s rights, and the name goes with it', async () => {
    await using set = setUp();
    const { runtime, ensure } = set;
    const before = await ensure();
    runtime.write('main.txt', '#!/bin/sh\necho changed\n', 0o755);
    const after = await ensure();
    expect(after.tag).not.toBe(before.tag);
    expect(await docker('run', '--rm', '--network', 'none', runtime.definition.image, '/main.txt')).toBe(
      'changed',
    );
  });

  it('gets its name back when that was taken away', async () => {
    await using set = setUp();
    const { id } = await set.ensure();
    await docker('image', 'rm', set.runtime.definition.image);
    expect((await set.ensure()).id).toBe(id);
    expect(await docker('image', 'inspect', '-f', '{{.Id}}', set.runtime.definition.image)).toBe(id);
  });

  it('is built once for many who ask at once, and two daemons do not get into each other’s way', async () => {
    await using set = setUp();
    set.runtime.write('Dockerfile', 'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN date +%N >/made\n');
    await using other = set.open();
    const all = await Promise.all([
      ...Array.from({ length: 6 }, () => set.ensure()),
      other.ensure(set.runtime.definition),
    ]);
    expect(new Set(all.map(({ tag }) => tag)).size).toBe(1);
    expect(new Set(all.slice(0, 6).map(({ id }) => id)).size).toBe(1);
    expect(set.said.filter((line) => line.startsWith('Built'))).toHaveLength(2);
  });

  it('that can’t be built is told with the step and with what the tool said', async () => {
    await using set = setUp();
    set.runtime.write(
      'Dockerfile',
      'ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nRUN echo first && echo "fatal error: no luck" >&2 && exit 3\n',
    );
    const error = await set.ensure().catch((reason: unknown) => reason as ImageFailure);
    expect(error).toBeInstanceOf(ImageFailure);
    expect((error as ImageFailure).message).toMatch(
      /failed at "RUN echo first.*": fatal error: no luck \(.*3\)$/,
    );
    // Docker keeps no order between the two streams.
    expect((error as ImageFailure).detail.stack?.split('\n').sort()).toEqual([
      'fatal error: no luck',
      'first',
    ]);
    expect(
      await docker('ps', '-aq', '--filter', `label=io.lambdock.image=${set.runtime.definition.runtime} 1`),
    ).toBe('');
  });

  it('whose base image can’t be got is told with the ways out', async () => {
    await using set = setUp(['lambdock-test/not-there:1']);
    const error = await set.ensure().catch((reason: unknown) => reason as ImageFailure);
    expect((error as ImageFailure).message).toMatch(
      /needs lambdock-test\/not-there:1, which can't be pulled: .*--base-images .*--driver process/,
    );
  });

  it('can be had or not, which is known in no time when it is there', async () => {
    await using set = setUp();
    const found = { endpoint: engine.endpoint, version: engine.version };
    const options = { ...set.options, auths: {} };
    expect(await imagesAvailable(found, [set.runtime.definition], options)).toEqual({ usable: true });
    const none = { ...options, baseImages: ['lambdock-test/not-there:1'] };
    expect(await imagesAvailable(found, [set.runtime.definition], none)).toMatchObject({
      usable: false,
      why: expect.stringContaining('nor lambdock-test/not-there:1 to build it on'),
    });
  });

  it('that is outdated is pruned, unless a container needs it', async () => {
    await using set = setUp();
    const { runtime, ensure } = set;
    const name = `${runtime.definition.runtime} 1`;
    const unused = await ensure();
    runtime.write('main.txt', 'x'.repeat(3_000_000));
    const used = await ensure();
    const container = await docker('create', used.tag, 'true');
    try {
      runtime.write('main.txt', 'three');
      const current = await ensure();
      const plans = [await set.plan()];
      const states = (await listStoredImages(engine, plans)).filter(({ runtime }) => runtime === name);
      expect(states.map(({ tag, current, containers }) => [tag, current, containers.length]).sort()).toEqual(
        [
          [unused.tag, false, 0],
          [used.tag, false, 1],
          [current.tag, true, 0],
        ].sort(),
      );
      const first = await pruneImages(engine, plans, [name]);
      expect(first.removed.map(({ tag }) => tag)).toEqual([unused.tag]);
      expect(first.kept).toMatchObject([
        { image: { tag: used.tag }, why: expect.stringMatching(/^in use by /) },
      ]);
      await docker('rm', container);
      const second = await pruneImages(engine, plans, [name]);
      expect(second.removed.map(({ tag }) => tag)).toEqual([used.tag]);
      expect(second.freedBytes).toBeGreaterThanOrEqual(3_000_000);
      expect(second.freedBytes).toBeLessThan(4_000_000);
      expect(await docker('image', 'ls', '-q', '--no-trunc', runtime.definition.image)).toBe(current.id);
    } finally {
      await docker('rm', '-f', container).catch(() => {});
    }
  });
});

describe.runIf(DOCKER)('lambdock images', () => {
  it('builds without a daemon, and then lists what it built', async () => {
    await using user = new User();
    const build = await user.run('images', 'build', 'node', '--base-images', BASE_IMAGE);
    expect(build).toMatchObject({ code: 0, stderr: '' });
    const tag = /^✓ node 20 {2}(lambdock\/node:20-[0-9a-f]{12}) {2}in /m.exec(build.stdout)?.[1];
    expect(tag).toBeDefined();
    const list = await user.run('images', 'ls', 'node', '--json', '--base-images', BASE_IMAGE);
    expect(JSON.parse(list.stdout)).toContainEqual(
      expect.objectContaining({ runtime: 'node 20', tag, state: 'current' }),
    );
    // What came out runs as nobody and has what functions need.
    expect(await docker('run', '--rm', '--network', 'none', tag!, 'id', '-u')).toBe('65532');
  });
});
