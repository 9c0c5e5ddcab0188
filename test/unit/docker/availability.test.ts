import { describe, expect, it } from 'vitest';
import { imagesAvailable } from '../../../src/workloads/docker/images/availability.ts';
import { planImage } from '../../../src/workloads/docker/images/image-plan.ts';
import { RuntimeFolder } from '../../support/runtime-folder.ts';
import { FakeEngine, VERSION } from './fake-engine.ts';

async function setUp() {
  const engine = await new FakeEngine().listen();
  const runtime = new RuntimeFolder();
  const options = { serverDirectory: runtime.servers, baseImages: [], auths: {} };
  return {
    engine,
    tag: (await planImage(runtime.definition, options)).tag,
    ask: (podman = false, auths = {}) =>
      imagesAvailable({ endpoint: engine.endpoint, version: { ...VERSION, podman } }, [runtime.definition], {
        ...options,
        auths,
      }),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      runtime[Symbol.dispose]();
    },
  };
}

const LACKING = 'there is no fake 1 image, nor fake-base:1 to build it on';

describe('images can be had', () => {
  it('when they are there, without asking a registry', async () => {
    await using set = await setUp();
    const { engine, tag, ask } = set;
    engine.on(`GET /images/${tag}/json`, { body: {} });
    expect(await ask()).toEqual({ usable: true });
    expect(engine.count('GET /distribution/fake-base:1/json')).toBe(0);
  });

  it('when what they are built on is there', async () => {
    await using set = await setUp();
    const { engine, ask } = set;
    engine.on('GET /images/fake-base:1/json', { body: {} });
    expect(await ask()).toEqual({ usable: true });
  });

  it('when the registry has what they are built on, for who is logged in there', async () => {
    await using set = await setUp();
    const { engine, ask } = set;
    engine.on('GET /distribution/fake-base:1/json', (request, response) => {
      response.statusCode = request.headers['x-registry-auth'] ? 200 : 401;
      response.end('{"message":"unauthorized"}');
    });
    expect(await ask()).toMatchObject({ usable: false });
    const auth = Buffer.from('me:secret').toString('base64');
    expect(await ask(false, { 'https://index.docker.io/v1/': { auth } })).toEqual({ usable: true });
  });
});

describe('images can’t be had', () => {
  it('when the registry can’t be reached', async () => {
    await using set = await setUp();
    const { engine, ask } = set;
    engine.on('GET /distribution/fake-base:1/json', {
      status: 500,
      body: { message: 'dial tcp: lookup registry.test: no such host' },
    });
    expect(await ask()).toEqual({
      usable: false,
      why: `${LACKING}, which can't be pulled: its registry can't be reached (dial tcp: lookup registry.test: no such host)`,
    });
  });

  it('when the registry does not answer in time', async () => {
    await using set = await setUp();
    const { engine, ask } = set;
    engine.on('GET /distribution/fake-base:1/json', () => {});
    expect(await ask()).toEqual({
      usable: false,
      why: `${LACKING}, which can't be pulled: its registry does not answer`,
    });
  });

  it('from Podman, which can’t ask a registry', async () => {
    await using set = await setUp();
    const { engine, ask } = set;
    expect(await ask(true)).toEqual({ usable: false, why: LACKING });
    expect(engine.count('GET /distribution/fake-base:1/json')).toBe(0);
  });
});
