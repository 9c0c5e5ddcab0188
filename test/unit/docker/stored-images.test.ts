import { describe, expect, it } from 'vitest';
import type { ImagePlan } from '../../../src/workloads/docker/images/image-plan.ts';
import { listStoredImages, pruneImages } from '../../../src/workloads/docker/images/stored-images.ts';
import { FakeEngine } from './fake-engine.ts';

const OLD = 'lambdock/node:20-000000000001';
const NEW = 'lambdock/node:20-000000000002';
const PYTHON = 'lambdock/python:3.12-000000000003';
const plans = [{ runtime: 'node 20', tag: NEW }] as ImagePlan[];

interface Image {
  id: string;
  tags: string[];
  runtime?: string;
  layers?: string[];
  size?: number;
}

/** An engine with these images and containers, of which it removes tags as Docker does. */
async function engineWith(images: Image[], containers: { image: string; name: string }[] = []) {
  const engine = await new FakeEngine().listen();
  const removed: string[] = [];
  engine.on('GET /images/json', (request, response) => {
    const ours = request.url!.includes('io.lambdock.image');
    const found = images.filter(({ tags, runtime }) => tags.length > 0 && (!ours || runtime));
    const body = found.map(({ id, tags, runtime, size = 100 }) => ({
      Id: id,
      RepoTags: tags,
      Labels: runtime ? { 'io.lambdock.image': runtime } : null,
      Size: size,
      Created: Number(id.slice(-1)),
    }));
    response.end(JSON.stringify(body));
  });
  engine.on('GET /containers/json', {
    body: containers.map(({ image, name }) => ({ Id: `c-${name}`, ImageID: image, Names: [`/${name}`] })),
  });
  for (const image of images) {
    const { id, layers = [], size: Size = 100 } = image;
    const inspect = { body: { Id: id, RootFS: { Layers: layers }, Size } };
    engine.on(`GET /images/${id}/json`, inspect);
    for (const tag of image.tags) {
      engine.on(`GET /images/${tag}/json`, inspect);
      engine.on(`DELETE /images/${tag}`, (_, response) => {
        removed.push(tag);
        image.tags = image.tags.filter((one) => one !== tag);
        const gone = image.tags.length === 0 ? [{ Deleted: id }] : [];
        response.end(JSON.stringify([{ Untagged: tag }, ...gone]));
      });
    }
  }
  return { fake: engine, removed, engine: await engine.connect() };
}

describe('listing', () => {
  it('shows ours by runtime, newest first, with who needs them', async () => {
    const images = [
      { id: 'sha256:1', tags: [OLD], runtime: 'node 20' },
      { id: 'sha256:3', tags: [PYTHON], runtime: 'python 3.12' },
      { id: 'sha256:2', tags: [NEW, 'lambdock/node:20'], runtime: 'node 20' },
    ];
    const { fake, engine } = await engineWith(images, [{ image: 'sha256:1', name: 'busy' }]);
    await using _ = fake;
    expect(await listStoredImages(engine, plans)).toMatchObject([
      { tag: NEW, current: true, containers: [] },
      { tag: OLD, current: false, containers: ['busy'] },
      { tag: PYTHON, current: false },
    ]);
  });

  it('leaves out what a user built on one of ours, although it has the label', async () => {
    const { fake, engine } = await engineWith([{ id: 'sha256:1', tags: ['my/app:1'], runtime: 'node 20' }]);
    await using _ = fake;
    expect(await listStoredImages(engine, plans)).toEqual([]);
    expect((await pruneImages(engine, plans)).removed).toEqual([]);
  });

  it('leaves out those of an installation that names its images otherwise', async () => {
    const other = { id: 'sha256:1', tags: ['other/node:20-000000000001'], runtime: 'node 20' };
    const { fake, engine } = await engineWith([other]);
    await using _ = fake;
    expect(await listStoredImages(engine, plans)).toEqual([]);
  });

  it.each(['localhost', 'docker.io'])('knows Podman’s names of local images: %s/…', async (registry) => {
    const { fake, engine } = await engineWith([
      { id: 'sha256:2', tags: [`${registry}/${NEW}`], runtime: 'node 20' },
    ]);
    await using _ = fake;
    expect(await listStoredImages(engine, plans)).toMatchObject([{ tag: NEW, current: true }]);
  });
});

describe('pruning', () => {
  it('removes outdated images with the name that still points to them, and says what that freed', async () => {
    const { fake, engine, removed } = await engineWith([
      { id: 'sha256:9', tags: ['base:1'], layers: ['a'], size: 70 },
      { id: 'sha256:1', tags: ['lambdock/node:20', OLD], runtime: 'node 20', layers: ['a', 'b'], size: 95 },
      { id: 'sha256:2', tags: [NEW], runtime: 'node 20', layers: ['a', 'c'] },
    ]);
    await using _ = fake;
    const result = await pruneImages(engine, plans);
    expect(result).toMatchObject({ removed: [{ tag: OLD }], kept: [], freedBytes: 25 });
    expect(removed).toEqual(['lambdock/node:20', OLD]);
  });

  it('keeps what a container needs, even one that has ended', async () => {
    const { fake, engine, removed } = await engineWith(
      [{ id: 'sha256:1', tags: [OLD], runtime: 'node 20' }],
      [{ image: 'sha256:1', name: 'ended' }],
    );
    await using _ = fake;
    expect(await pruneImages(engine, plans)).toMatchObject({
      removed: [],
      kept: [{ image: { tag: OLD }, why: 'in use by ended' }],
    });
    expect(removed).toEqual([]);
    expect(fake.requests).toContain('GET /containers/json?all=true');
  });

  it('only takes an old name off an image that is also the current one', async () => {
    const { fake, engine, removed } = await engineWith([
      { id: 'sha256:2', tags: [NEW, OLD, 'lambdock/node:20'], runtime: 'node 20' },
    ]);
    await using _ = fake;
    expect(await pruneImages(engine, plans)).toMatchObject({ removed: [{ tag: OLD }], freedBytes: 0 });
    expect(removed).toEqual([OLD]);
  });

  it('leaves an image to who gave it a name of their own', async () => {
    const { fake, engine, removed } = await engineWith([
      { id: 'sha256:1', tags: [OLD, 'mine:1'], runtime: 'node 20' },
    ]);
    await using _ = fake;
    expect((await pruneImages(engine, plans)).freedBytes).toBe(0);
    expect(removed).toEqual([OLD]);
  });

  it('touches only runtimes that are named', async () => {
    const { fake, engine, removed } = await engineWith([
      { id: 'sha256:1', tags: [OLD], runtime: 'node 20' },
      { id: 'sha256:3', tags: [PYTHON], runtime: 'python 3.12' },
    ]);
    await using _ = fake;
    await pruneImages(engine, plans, ['python 3.12']);
    expect(removed).toEqual([PYTHON]);
  });

  it('keeps what something else is built on', async () => {
    const { fake, engine } = await engineWith([{ id: 'sha256:1', tags: [OLD], runtime: 'node 20' }]);
    await using _ = fake;
    fake.on(`DELETE /images/${OLD}`, { status: 409, body: { message: 'has dependent child images' } });
    expect(await pruneImages(engine, plans)).toMatchObject({
      removed: [],
      kept: [{ why: 'something else is built on it' }],
    });
  });
});
