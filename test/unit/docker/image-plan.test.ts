import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseImage, withTag } from '../../../src/workloads/docker/images/base-image.ts';
import { type ImagePlan, planImage } from '../../../src/workloads/docker/images/image-plan.ts';
import { RuntimeFolder } from '../../support/runtime-folder.ts';

const plan = (runtime: RuntimeFolder, baseImages: string[] = []): ImagePlan =>
  planImage(runtime.definition, { serverDirectory: runtime.servers, baseImages });

describe('the tag of an image', () => {
  it('is the runtime’s own with 12 digits of what it is made from, and stays as long as that does', () => {
    using runtime = new RuntimeFolder();
    const { tag } = plan(runtime);
    expect(tag).toMatch(/^lambdock-test\/fake:1-[0-9a-f]{12}$/);
    expect(plan(runtime).tag).toBe(tag);
  });

  it('is the same for the same files in another place', () => {
    using one = new RuntimeFolder();
    using other = new RuntimeFolder();
    expect(plan(one).tag).toBe(plan(other).tag);
  });

  it.each<[string, (runtime: RuntimeFolder) => unknown]>([
    ['a byte of a file', (runtime) => runtime.write('main.txt', 'two')],
    ['a new file', (runtime) => runtime.write('deep/er/new.txt', '')],
    ['a file that may be executed', (runtime) => runtime.write('main.txt', 'one', 0o755)],
    ['the Dockerfile', (runtime) => runtime.write('Dockerfile', 'FROM fake-base:1\nCOPY main.txt /\n')],
    ['a built server', (runtime) => runtime.writeBuilt('server.mjs', '')],
  ])('changes with %s', async (_, change) => {
    using runtime = new RuntimeFolder();
    const before = plan(runtime);
    change(runtime);
    expect(plan(runtime).tag).not.toBe(before.tag);
  });

  it('changes with the base image', async () => {
    using runtime = new RuntimeFolder();
    const tags = await Promise.all(
      [[], ['other'], ['other:2'], ['fake=third']].map(async (choice) => plan(runtime, choice).tag),
    );
    expect(new Set(tags).size).toBe(4);
  });

  it('changes with a letter that moves from a file’s name into its content', () => {
    using one = new RuntimeFolder();
    using other = new RuntimeFolder();
    one.write('ab', 'c');
    other.write('a', 'bc');
    expect(plan(one).tag).not.toBe(plan(other).tag);
  });

  it.each<[string, (folder: string) => void]>([
    ['what Python compiled', (folder) => mkdirSync(join(folder, '__pycache__'))],
    ['a stray compiled file', (folder) => writeFileSync(join(folder, 'main.pyc'), 'x')],
    [
      'rights that only differ by the machine’s umask',
      (folder) => chmodSync(join(folder, 'main.txt'), 0o664),
    ],
  ])('does not change with %s', async (_, change) => {
    using runtime = new RuntimeFolder();
    const before = plan(runtime);
    change(runtime.definition.directory);
    expect(plan(runtime).tag).toBe(before.tag);
  });
});

describe('the context of a build', () => {
  it('is the runtime’s folder, without its Dockerfile', () => {
    using runtime = new RuntimeFolder();
    runtime.write('sub/tool', '', 0o700);
    expect(plan(runtime).files.map(({ path, executable }) => [path, executable])).toEqual([
      ['main.txt', false],
      ['sub/tool', true],
    ]);
  });

  it('is what was built of it, where it has to be built', () => {
    using runtime = new RuntimeFolder();
    runtime.writeBuilt('server.mjs', '');
    expect(plan(runtime).files.map(({ path }) => path)).toEqual(['server.mjs']);
  });
});

describe('the base image', () => {
  const dockerfile = 'ARG BASE_IMAGE=node:20-slim\nFROM ${BASE_IMAGE}\n';

  it.each([
    [[], 'node:20-slim'],
    [['all:1'], 'all:1'],
    [['all:1', 'node=own:1'], 'own:1'],
    [['node=own:1', 'all:1'], 'own:1'],
    [['python=own:1'], 'node:20-slim'],
  ])('of %j is %s', (choices, expected) => {
    expect(baseImage('node', dockerfile, choices)).toBe(expected);
  });

  it('is what a Dockerfile without the argument begins with', () => {
    expect(baseImage('node', '# x\nFROM --platform=linux/amd64 debian:12 AS base\n', [])).toBe('debian:12');
  });

  it.each([
    ['node', 'node:latest'],
    ['host:5000/node', 'host:5000/node:latest'],
    ['host:5000/node:20', 'host:5000/node:20'],
    ['node@sha256:00', 'node@sha256:00'],
    ['scratch', 'scratch'],
  ])('%s is pulled as %s', (reference, expected) => {
    expect(withTag(reference)).toBe(expected);
  });
});
