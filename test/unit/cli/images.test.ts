import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAge, describeSize } from '../../../src/cli/amounts.ts';
import { checkDocker } from '../../../src/cli/doctor/docker-check.ts';
import { EXIT } from '../../../src/cli/exit-codes.ts';
import { FakeEngine } from '../docker/fake-engine.ts';
import { Terminal, type TerminalOptions } from './terminal.ts';

let engine: FakeEngine;

beforeEach(async () => {
  engine = await new FakeEngine().listen();
  engine.on('GET /images/json', { body: [] }).on('GET /containers/json', { body: [] });
});

afterEach(() => engine[Symbol.asyncDispose]());

const terminal = (options: TerminalOptions = {}) =>
  new Terminal({ ...options, env: { DOCKER_HOST: `unix://${engine.socket}`, ...options.env } });

/** The tag that a build asked for is there from then on. */
function builds(): void {
  engine.on('POST /build', (request, response) => {
    request.resume().on('end', () => {
      const tag = new URL(request.url!, 'http://engine').searchParams.get('t')!;
      const names = [tag, tag.replace(/-\w+$/, '')];
      engine.on(`GET /images/${tag}/json`, { body: { Id: 'sha256:1', RepoTags: names } });
      response.end('{"stream":"Step 1/2 : FROM x"}\n');
    });
  });
}

describe('images build', () => {
  it('prints a line for what it does and one for what came out', async () => {
    engine.on('GET /images/base:1/json', { body: {} });
    builds();
    using user = terminal();
    expect(await user.run('images', 'build', 'node', '--base-images', 'base:1')).toBe(EXIT.ok);
    expect(user.stdout).toMatch(
      /^· Building the node 20 image …\n✓ node 20 {2}lambdock\/node:20-\w{12} {2}in /,
    );
  });

  it('keeps to one line on a terminal, which is no longer than that', async () => {
    engine.on('GET /images/base:1/json', { body: {} });
    builds();
    using user = terminal({ columns: 24, env: { NO_COLOR: '1' } });
    await user.run('images', 'build', 'node', '--base-images', 'base:1');
    expect(user.stdout).toContain('\r\u001b[2K· Building the node 20…');
    expect(user.stdout.split('\n')).toHaveLength(2);
  });

  it('builds the others when one fails, and says of that what helps', async () => {
    engine.on('GET /images/base:1/json', { body: {} });
    engine.on('POST /images/create', { status: 404, body: { message: 'pull access denied' } });
    builds();
    using user = terminal();
    const choice = 'base:1,python=gone:1';
    expect(await user.run('images', 'build', '--base-images', choice)).toBe(EXIT.failed);
    expect(user.stdout.match(/^✓ .*?(?= {2})/gm)).toEqual(['✓ golang 1.22', '✓ node 20']);
    expect(user.stderr).toContain("✗ python 3.12  The python 3.12 image needs gone:1, which can't be pulled");
    expect(user.stderr).toContain('\n  - name a base image that is here: --base-images python=<image>\n');
    expect(user.stderr).toContain('1 image could not be built');
  });

  it('prints only JSON with --json', async () => {
    engine.on('GET /images/base:1/json', { body: {} });
    builds();
    using user = terminal();
    await user.run('images', 'build', 'node:20', '--json', '--base-images', 'base:1');
    expect(JSON.parse(user.stdout)).toEqual([
      { runtime: 'node 20', id: 'sha256:1', tag: expect.stringMatching(/^lambdock\/node:20-/) },
    ]);
  });

  it('ends when interrupted', async () => {
    engine.on('GET /images/base:1/json', { body: {} });
    engine.on('POST /build', (request) => void request.resume());
    using user = terminal();
    const running = user.run('images', 'build', 'node', '--base-images', 'base:1');
    await expect.poll(() => engine.count('POST /build')).toBe(1);
    user.interrupt();
    expect(await running).toBe(EXIT.failed);
    expect(user.stderr).toContain('Interrupted');
  });
});

describe('images ls', () => {
  it('also tells what is not built', async () => {
    const tag = 'lambdock/node:20-000000000001';
    engine.on('GET /images/json', {
      body: [
        {
          Id: 'sha256:1',
          RepoTags: [tag],
          Labels: { 'io.lambdock.image': 'node 20' },
          Size: 248_000_000,
          Created: 1,
        },
      ],
    });
    engine.on('GET /containers/json', { body: [{ Id: 'c', ImageID: 'sha256:1', Names: ['/one'] }] });
    using user = terminal();
    expect(await user.run('images', 'ls')).toBe(EXIT.ok);
    const rows = user.stdout.trimEnd().split('\n');
    expect(rows[0]).toMatch(/^RUNTIME +IMAGE +SIZE +AGE +STATE +CONTAINERS$/);
    expect(rows[1]).toMatch(/^node 20 +lambdock\/node:20-000000000001 +248 MB +\d+ d +outdated +1$/);
    expect(rows.slice(2).map((row) => row.replace(/ +/g, ' '))).toEqual([
      expect.stringMatching(/^golang 1\.22 lambdock\/golang:1\.22-\w{12} not built$/),
      expect.stringMatching(/^node 20 lambdock\/node:20-\w{12} not built$/),
      expect.stringMatching(/^python 3\.12 lambdock\/python:3\.12-\w{12} not built$/),
    ]);
  });
});

describe('images prune', () => {
  it('says when there is nothing to remove', async () => {
    using user = terminal();
    expect(await user.run('images', 'prune')).toBe(EXIT.ok);
    expect(user.stdout).toBe('Nothing was removed: no image is outdated and unused\n');
  });

  it('says what it removed, what it kept and why, and what that freed', async () => {
    const [gone, kept] = ['lambdock/node:18-000000000001', 'lambdock/node:20-000000000002'];
    const image = (id: string, tag: string) => ({
      Id: id,
      RepoTags: [tag],
      Labels: { 'io.lambdock.image': 'node 18' },
      Size: 5_000_000,
      Created: 1,
    });
    engine.on('GET /images/json', { body: [image('sha256:1', gone), image('sha256:2', kept)] });
    engine.on('GET /containers/json', { body: [{ Id: 'c', ImageID: 'sha256:2', Names: ['/busy'] }] });
    engine.on(`DELETE /images/${gone}`, { body: [{ Untagged: gone }, { Deleted: 'sha256:1' }] });
    engine.on(`GET /images/${gone}/json`, { body: { Id: 'sha256:1', RootFS: { Layers: ['a'] }, Size: 1 } });
    using user = terminal();
    expect(await user.run('images', 'prune')).toBe(EXIT.ok);
    expect(user.stdout).toBe(
      `removed  ${gone}\nkept     ${kept}  in use by busy\nRemoved 1 image, which freed 5 MB\n`,
    );
  });
});

describe('images', () => {
  it('without an engine says where it looked for one and what helps', async () => {
    using user = terminal({ env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    expect(await user.run('images', 'ls')).toBe(EXIT.failed);
    expect(user.stderr).toBe(
      'error: DOCKER_HOST is unix:///nowhere/docker.sock, where no Docker engine answers (ENOENT)\n' +
        '  - start Docker (Docker Desktop, or: sudo systemctl start docker)\n' +
        '  - unset DOCKER_HOST, or set it to another engine\n',
    );
  });

  it.each([
    [['images'], "missing required argument 'action'"],
    [['images', 'list'], 'Allowed choices are build, ls, prune'],
    [['images', 'build', 'ruby'], 'There is no runtime "ruby"\n  - choose of: golang, node, python'],
  ])('%j is a mistake that is explained', async (argv, message) => {
    using user = terminal();
    expect(await user.run(...argv)).toBe(EXIT.usage);
    expect(user.stderr).toContain(message);
  });
});

describe('doctor', () => {
  const check = (driver: 'auto' | 'process' | 'docker', baseImages = ['base:1'], socket = engine.socket) =>
    checkDocker({ driver, baseImages }, { DOCKER_HOST: `unix://${socket}` }, '/nowhere');

  it('is content with an engine and base images', async () => {
    engine.on('GET /images/base:1/json', { body: {} });
    expect(await check('auto')).toEqual({
      name: 'Docker',
      state: 'ok',
      detail: `27.0.0 at unix://${engine.socket}`,
    });
  });

  it.each([
    ['auto', 'warning'],
    ['docker', 'missing'],
  ] as const)(
    'with the driver %s takes the lack of an engine for a thing that is %s',
    async (driver, state) => {
      expect(await check(driver, [], '/nowhere/docker.sock')).toMatchObject({
        state,
        detail: expect.stringContaining('no Docker engine answers'),
        advice: expect.stringMatching(/^start Docker.*--driver process$/),
      });
    },
  );

  it('says which image is lacking, and how to name one', async () => {
    expect(await check('auto')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('nor base:1 to build it on'),
      advice: expect.stringContaining('--base-images'),
    });
  });

  it('does not look for what is not used', async () => {
    expect(await check('process')).toMatchObject({ state: 'ok' });
    expect(engine.requests).toEqual([]);
  });
});

it.each([
  [500, '1 kB'],
  [248_911_141, '249 MB'],
  [1_240_000_000, '1.2 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(describeSize(bytes)).toBe(text);
});

it.each([
  [-5, '0 s'],
  [59_000, '59 s'],
  [3_599_000, '59 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('%i ms ago is %s', (age, text) => {
  expect(describeAge(age)).toBe(text);
});
