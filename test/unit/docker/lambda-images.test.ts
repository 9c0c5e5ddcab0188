import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { CannotStart } from '../../../src/execution/environments/blueprint.ts';
import { awsImage } from '../../../src/workloads/docker/lambda/aws-images.ts';
import {
  LambdaImages,
  type LambdaImagesOptions,
} from '../../../src/workloads/docker/lambda/lambda-images.ts';
import { FakeEngine } from './fake-engine.ts';

const PREFIX = 'public.ecr.aws/lambda/';

describe('AWS’s image of a runtime', () => {
  it.each([
    ['nodejs22.x', 'nodejs:22'],
    ['python3.13', 'python:3.13'],
    ['java8.al2', 'java:8.al2'],
    ['java21', 'java:21'],
    ['dotnet8', 'dotnet:8'],
    ['ruby3.4', 'ruby:3.4'],
    ['provided.al2023', 'provided:al2023'],
    ['go1.x', 'provided:al2'],
  ])('of %s is %s', (runtime, image) => {
    expect(awsImage(runtime, PREFIX)).toBe(PREFIX + image);
  });

  it('is not known of another name', () => {
    expect(awsImage('cobol85', PREFIX)).toBeUndefined();
  });
});

describe('the image that a runtime runs in', () => {
  let fake: FakeEngine;
  let pulled: string[];
  const clock = new ManualClock();

  beforeEach(async () => {
    fake = await new FakeEngine().listen();
    pulled = [];
  });

  afterEach(() => fake[Symbol.asyncDispose]());

  const has = (name: string, Entrypoint: string[] | null = null) =>
    fake.on(`GET /images/${name}/json`, {
      body: { Id: `sha256:${name}`, Config: { Entrypoint, Env: ['PATH=/bin'] } },
    });

  const images = async (over: Partial<LambdaImagesOptions> = {}) =>
    new LambdaImages({
      engine: await fake.connect(),
      images: [],
      prefix: PREFIX,
      bases: {},
      clock,
      pull: async (reference) => {
        pulled.push(reference);
        throw new Error('there is no network');
      },
      ...over,
    });

  it('is the one that --lambda-images names most exactly', async () => {
    for (const name of ['all:1', 'node:2', 'exact:3']) has(name);
    const chosen = await images({ images: ['all:1', 'nodejs=node:2', 'nodejs22.x=exact:3'] });
    expect((await chosen.ofRuntime('nodejs22.x')).reference).toBe('exact:3');
    expect((await chosen.ofRuntime('nodejs20.x')).reference).toBe('node:2');
    expect((await chosen.ofRuntime('python3.13')).reference).toBe('all:1');
  });

  it('is AWS’s, by whose entry it is known', async () => {
    has(`${PREFIX}nodejs:22`, ['/lambda-entrypoint.sh']);
    expect(await (await images()).ofRuntime('nodejs22.x')).toMatchObject({
      aws: true,
      env: { PATH: '/bin' },
    });
  });

  it('is what the platform builds on where AWS’s can’t be had, which is found out once a minute', async () => {
    has('node:20-slim');
    const found = await images({ bases: { node: 'node:20-slim' } });
    expect(await found.ofRuntime('nodejs22.x')).toMatchObject({ reference: 'node:20-slim', aws: false });
    await found.ofRuntime('nodejs22.x');
    expect(pulled).toHaveLength(1);
    await clock.advance(61_000);
    await found.ofRuntime('nodejs22.x');
    expect(pulled).toHaveLength(2);
  });

  it('is missed with words that help', async () => {
    const error = await (await images()).ofRuntime('java21').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CannotStart);
    expect((error as CannotStart).error).toEqual({
      type: 'Runtime.Unsupported',
      message:
        'java21 runs in the image public.ecr.aws/lambda/java:21, which is not there: there is no network. Pull it, or name another one with --lambda-images java21=…',
    });
  });
});
