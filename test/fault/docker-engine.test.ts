import { existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { User } from '../support/cli.ts';
import { BASE_IMAGE } from '../support/containers.ts';
import { createFunction, eventually, type RunningDaemon } from '../support/daemon.ts';
import { driverHealth, labelOf, logOf } from '../support/docker.ts';
import { AS_NOBODY, OWN_ENGINE, OwnEngine } from '../support/engine.ts';
import { answering, get } from '../support/functions.ts';

/** Requests wait for a function this long; nothing takes longer, whatever the engine does. */
const HOLD = 12_000;

/** Changes when the bridge of the machine's own engine is made anew. */
function machineBridge(): string | undefined {
  const file = '/sys/class/net/docker0/ifindex';
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

describe.runIf(OWN_ENGINE)('a Docker engine', () => {
  const bridge = machineBridge();
  let engine: OwnEngine;

  beforeAll(async () => {
    engine = await OwnEngine.start(BASE_IMAGE);
  });
  beforeEach(() => engine.start());
  afterAll(async () => {
    await engine?.[Symbol.asyncDispose]();
    expect(machineBridge()).toBe(bridge);
  });

  function start(...args: string[]): Promise<RunningDaemon> {
    return engine.startDaemon({ args: ['--hold-timeout', `${HOLD}ms`, ...args] });
  }

  async function containersOf(label: string): Promise<string[]> {
    const ids = await engine.docker('ps', '-aq', '--no-trunc', '--filter', `label=${label}`);
    return ids.split('\n').filter(Boolean);
  }

  /** All that there is of a daemon's is what it knows of. */
  async function expectNothingOrphaned(daemon: RunningDaemon): Promise<void> {
    const label = await labelOf(daemon);
    await eventually(
      async () => (await containersOf(label)).length === (await driverHealth(daemon)).containers,
    );
  }

  async function notice(daemon: RunningDaemon): Promise<string> {
    return (await driverHealth(daemon)).notice ?? '';
  }

  /** What is answered while there is no container to be had, in time. */
  async function expectRefused(url: string): Promise<string> {
    const began = performance.now();
    const { status, text } = await get(url);
    expect(performance.now() - began).toBeLessThan(HOLD + 20_000);
    expect(status).toBe(502);
    return (JSON.parse(text) as { error: string }).error;
  }

  test('that is restarted gets its functions back by themselves, and health says so meanwhile', async () => {
    await using daemon = await start();
    const id = await createFunction(daemon.url, {
      code: 'export default (req, res) => { console.log(req.path); res.end("here"); };',
    });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    const other = `${daemon.url}/endpoint/${await createFunction(daemon.url, { code: answering('there') })}`;
    expect((await get(`${endpoint}/before`)).text).toBe('here');
    expect((await get(other)).text).toBe('there');
    expect(await notice(daemon)).toBe('');

    await engine.end('SIGTERM');
    await eventually(async () => /Docker does not answer/.test(await notice(daemon)));
    const late = `${daemon.url}/endpoint/${await createFunction(daemon.url, { code: answering('late') })}`;
    expect(await expectRefused(late)).toMatch(/Docker (does not answer|went away)/);

    await engine.start();
    const began = performance.now();
    await eventually(async () => (await get(`${endpoint}/after`)).text === 'here');
    await eventually(async () => (await get(other)).text === 'there');
    await eventually(async () => (await get(late)).text === 'late');
    console.log(`all functions answer ${Math.round(performance.now() - began)} ms after Docker does`);
    expect(await notice(daemon)).toBe('');
    await eventually(async () => (await logOf(daemon.url, id)).at(-1)?.text === '/after');
    const written = (await logOf(daemon.url, id)).map(({ text }) => text);
    expect(written.filter((text) => text === '/before')).toHaveLength(1);
    await expectNothingOrphaned(daemon);
    expect(daemon.output()).toMatch(/Docker does not answer .*[\s\S]*Docker answers again/);
    expect(daemon.output()).not.toMatch(/internal error/);
  });

  test('that is killed leaves its functions running until it is back, and no line of their logs is lost', async () => {
    await using daemon = await start('--no-standby');
    const id = await createFunction(daemon.url, {
      code: `let n = 0; setInterval(() => console.log(++n), 20);
export default (req, res) => res.end(process.env.HOSTNAME);`,
    });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    const container = (await get(endpoint)).text;
    await eventually(async () => (await logOf(daemon.url, id)).length > 20);
    await engine.end('SIGKILL');
    await eventually(async () => (await notice(daemon)) !== '');
    expect(await get(endpoint)).toEqual({ status: 200, text: container });
    // The new engine ends the old one's containers.
    await engine.start();
    const next = await eventually(async () => {
      const { status, text } = await get(endpoint);
      return status === 200 && text !== container && text;
    });
    expect(next).not.toBe(container);
    const numbers = (await logOf(daemon.url, id)).map(({ text }) => Number(text));
    const run = numbers.slice(0, numbers.lastIndexOf(1));
    expect(run).toEqual(Array.from(run, (_, index) => index + 1));
    await expectNothingOrphaned(daemon);
    expect((await driverHealth(daemon)).containers).toBe(1);
  });

  test('that is killed while it makes containers leaves none behind', async () => {
    await using daemon = await start();
    const endpoints: string[] = [];
    for (let n = 0; n < 8; n++) {
      const id = await createFunction(daemon.url, { code: answering(`f${n}`) });
      endpoints.push(`${daemon.url}/endpoint/${id}`);
    }
    const label = await labelOf(daemon);
    const first = endpoints.map((endpoint) => get(endpoint));
    await eventually(async () => (await containersOf(label)).length >= 2);
    await engine.end('SIGKILL');
    await Promise.all(first);
    await engine.start();
    for (const [n, endpoint] of endpoints.entries())
      await eventually(async () => (await get(endpoint)).text === `f${n}`);
    await expectNothingOrphaned(daemon);
  });

  test('that hangs is told of as such, and goes on where it was', async () => {
    await using daemon = await start();
    const here = `${daemon.url}/endpoint/${await createFunction(daemon.url, { code: answering('here') })}`;
    expect((await get(here)).text).toBe('here');
    await eventually(async () => (await driverHealth(daemon)).standbys === 1);
    await engine.signal('SIGSTOP');
    try {
      expect((await get(here)).text).toBe('here');
      // A container is ready for one of them at most.
      const codes = ['one', 'two', 'three'];
      const ids = await Promise.all(
        codes.map((text) => createFunction(daemon.url, { code: answering(text) })),
      );
      const endpoints = ids.map((id) => `${daemon.url}/endpoint/${id}`);
      const answers = await Promise.all(endpoints.map((endpoint) => get(endpoint)));
      expect(answers.filter(({ status }) => status === 502).length).toBeGreaterThanOrEqual(2);
      for (const { status, text } of answers)
        if (status !== 200) expect(text).toMatch(/Docker does not answer.*(restart|start) (it|Docker)/);
      expect(await notice(daemon)).toMatch(/^Docker does not answer \(no answer within/);
      // Now that it is known, nobody waits.
      const began = performance.now();
      const last = await createFunction(daemon.url, { code: answering('last') });
      await expectRefused(`${daemon.url}/endpoint/${last}`);
      expect(performance.now() - began).toBeLessThan(HOLD - 2_000);
      expect((await fetch(`${daemon.url}/lambda?id=${last}`, { method: 'DELETE' })).status).toBe(200);

      await engine.signal('SIGCONT');
      for (const [n, endpoint] of endpoints.entries())
        await eventually(async () => (await get(endpoint)).text === codes[n]);
      expect((await get(here)).text).toBe('here');
      expect(await notice(daemon)).toBe('');
      await expectNothingOrphaned(daemon);
    } finally {
      await engine.signal('SIGCONT');
    }
  });

  test('that hangs keeps the daemon from stopping only for a moment, and the next one cleans up', async () => {
    const dataDir = join(engine.folder, 'hung');
    const daemon = await engine.startDaemon({ dataDir });
    const id = await createFunction(daemon.url, { code: answering('here') });
    expect((await get(`${daemon.url}/endpoint/${id}`)).text).toBe('here');
    await engine.signal('SIGSTOP');
    const began = performance.now();
    try {
      expect(await daemon.stop()).toBe(0);
    } finally {
      await engine.signal('SIGCONT');
    }
    console.log(`stopped ${Math.round(performance.now() - began)} ms after Docker hung`);
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(daemon.output()).toMatch(
      /Docker does not answer.*; the next start removes [12] containers? and what else is left/,
    );
    await using second = await engine.startDaemon({ dataDir });
    expect((await get(`${second.url}/endpoint/${id}`)).text).toBe('here');
    await expectNothingOrphaned(second);
  });

  test('whose disk is full is told of as such', async () => {
    await using daemon = await start('--no-standby');
    const first = await createFunction(daemon.url, { code: answering('first') });
    expect((await get(`${daemon.url}/endpoint/${first}`)).text).toBe('first');
    const filler = join(engine.data, 'filler');
    const { bavail, bsize } = statfsSync(engine.data);
    try {
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
    }
    const second = await createFunction(daemon.url, { code: answering('second') });
    expect(await expectRefused(`${daemon.url}/endpoint/${second}`)).toMatch(
      /no space left on device.*Docker’s disk is full.*docker system df/,
    );
    expect((await get(`${daemon.url}/endpoint/${first}`)).text).toBe('first');
    rmSync(filler);
    await eventually(async () => (await get(`${daemon.url}/endpoint/${second}`)).text === 'second');
    await expectNothingOrphaned(daemon);
  });

  test('that is away at the daemon’s stop is cleaned by the daemon’s next start', async () => {
    const dataDir = join(engine.folder, 'away');
    const first = await engine.startDaemon({ dataDir });
    const label = await labelOf(first);
    const id = await createFunction(first.url, { code: answering('here') });
    expect((await get(`${first.url}/endpoint/${id}`)).text).toBe('here');
    await engine.end('SIGKILL');
    await eventually(async () => (await notice(first)) !== '');
    const began = performance.now();
    expect(await first.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(first.output()).toMatch(
      /Docker does not answer.*; the next start removes [12] containers? and what else is left/,
    );
    await engine.start();
    expect((await containersOf(label)).length).toBeGreaterThan(0);
    await using second = await engine.startDaemon({ dataDir });
    expect((await get(`${second.url}/endpoint/${id}`)).text).toBe('here');
    await expectNothingOrphaned(second);
  });

  test('that is not for this user is told of with the ways out', async () => {
    await using user = new User({ DOCKER_HOST: engine.host }, AS_NOBODY);
    const { code, stdout, stderr } = await user.run('start', '--driver', 'docker', '--port', '0');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      `error: DOCKER_HOST is ${engine.host}, which this user may not open (EACCES)`,
      '  - join the docker group and log in again: sudo usermod -aG docker $USER',
      '  - use rootless Docker: dockerd-rootless-setuptool.sh install',
      '  - unset DOCKER_HOST, or set it to another engine',
      '  - run functions as processes of this machine: --driver process',
      '',
    ]);
  });
});
