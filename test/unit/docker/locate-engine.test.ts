import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineEndpoint } from '../../../src/workloads/docker/engine/endpoint.ts';
import type { EngineUnavailable } from '../../../src/workloads/docker/engine/engine-unavailable.ts';
import {
  explain,
  firstThatAnswers,
  locateEngine,
} from '../../../src/workloads/docker/engine/locate-engine.ts';
import { type EnginePing, pingEngine } from '../../../src/workloads/docker/engine/ping-engine.ts';
import { FakeEngine } from './fake-engine.ts';

const socket = (path: string): EngineEndpoint => ({
  address: { kind: 'socket', path },
  source: { kind: 'usual' },
});

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it did not reject'),
    (error: unknown) => error as EngineUnavailable,
  );

describe('a ping', () => {
  it('says which engine answers', async () => {
    await using engine = await new FakeEngine().listen();
    expect(await pingEngine(engine.endpoint)).toEqual({
      state: 'answers',
      version: '27.0.0',
      apiVersion: '1.46',
      os: 'linux',
      podman: false,
      rootless: false,
    });
  });

  it.each([
    ['Podman Engine', { podman: true, rootless: false }],
    ['rootlesskit', { podman: false, rootless: true }],
  ])('knows %s', async (Name, expected) => {
    await using engine = await new FakeEngine().listen();
    engine.on('GET /version', {
      body: { Version: '5', ApiVersion: '1.41', Os: 'linux', Components: [{ Name }] },
    });
    expect(await pingEngine(engine.endpoint)).toMatchObject(expected);
  });

  it('knows a user’s own Podman', async () => {
    await using engine = await new FakeEngine().listen();
    const Components = [{ Name: 'Podman Engine' }];
    engine.on('GET /version', { body: { Version: '5', ApiVersion: '1.41', Os: 'linux', Components } });
    engine.on('GET /info', { body: { SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'] } });
    expect(await pingEngine(engine.endpoint)).toMatchObject({ podman: true, rootless: true });
  });

  it('finds nobody at a place that is not there, or that an engine left', async () => {
    await using engine = await new FakeEngine().listen();
    expect(await pingEngine(socket(join(engine.folder, 'none')))).toMatchObject({ state: 'absent' });
    expect(await pingEngine(socket('/etc/passwd/x'))).toMatchObject({ state: 'absent' });
  });

  it('gives up on who does not answer', async () => {
    await using engine = await new FakeEngine().listen();
    engine.on('GET /version', () => {});
    expect(await pingEngine(engine.endpoint, 50)).toEqual({
      state: 'silent',
      reason: 'no answer within 0.05 s',
    });
  });

  it.each([
    [{ status: 500, body: 'x' }],
    [{ body: { hello: 'world' } }],
    [{ body: 'text' }],
    [{ status: 404, body: { message: 'page not found' } }],
  ])('does not take %j for an engine', async (answer) => {
    await using engine = await new FakeEngine().listen();
    engine.on('GET /version', answer);
    expect(await pingEngine(engine.endpoint)).toMatchObject({ state: 'foreign' });
  });

  it('does not take another protocol for an engine', async () => {
    const server = createTcpServer((client) => client.end('220 mail.test ESMTP\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const address = { kind: 'tcp', host: '127.0.0.1', port } as const;
    expect(await pingEngine({ address, source: { kind: 'variable' } })).toMatchObject({ state: 'foreign' });
    // Neither does TLS get anywhere there.
    const tls = { ...address, tls: { verify: true } };
    expect(await pingEngine({ address: tls, source: { kind: 'variable' } })).toMatchObject({ state: 'tls' });
    server.close();
  });

  it('is told by an engine that only speaks TLS', async () => {
    await using engine = await new FakeEngine().listen();
    engine.on('GET /version', (_, response) => {
      response.statusCode = 400;
      response.end('Client sent an HTTP request to an HTTPS server.\n');
    });
    expect(await pingEngine(engine.endpoint)).toMatchObject({ state: 'tls' });
  });
});

describe('locating', () => {
  it('takes the first of the usual places that answers', async () => {
    await using engine = await new FakeEngine().listen();
    const found = await firstThatAnswers([socket('/nowhere/docker.sock'), engine.endpoint, socket('/other')]);
    expect(found.endpoint).toEqual(engine.endpoint);
  });

  it('says where it looked when there is none', async () => {
    const { message, ways } = await rejection(firstThatAnswers([socket('/nowhere/a'), socket('/nowhere/b')]));
    expect(message).toBe('No Docker engine was found');
    expect(ways[1]).toContain('none answered at /nowhere/a, /nowhere/b');
    expect(ways[0]).toContain('start Docker');
    expect(ways.at(-1)).toContain('--driver process');
  });

  it('tells of an engine that is there but broken, rather than of those that are not', async () => {
    await using engine = await new FakeEngine().listen();
    engine.on('GET /version', { status: 503 });
    const { message } = await rejection(firstThatAnswers([socket('/nowhere/a'), engine.endpoint]));
    expect(message).toContain(`${engine.socket}, where something else than a Docker engine answers`);
  });

  it('never falls through from what the user named', async () => {
    const { message } = await rejection(locateEngine({ DOCKER_HOST: 'unix:///nowhere/x' }, '/nowhere'));
    expect(message).toBe('DOCKER_HOST is unix:///nowhere/x, where no Docker engine answers (ENOENT)');
  });

  it('refuses Windows containers', async () => {
    await using engine = await new FakeEngine().listen();
    engine.on('GET /version', { body: { Version: '27', ApiVersion: '1.46', Os: 'windows' } });
    const { message, ways } = await rejection(firstThatAnswers([engine.endpoint]));
    expect(message).toContain('which runs windows containers');
    expect(ways[0]).toBe('switch Docker Desktop to Linux containers');
  });
});

describe('each failure has a next step', () => {
  const named: EngineEndpoint = {
    address: { kind: 'tcp', host: 'far.test', port: 2376 },
    source: { kind: 'context', name: 'far' },
  };
  type State = Exclude<EnginePing['state'], 'answers'>;

  it.each<[State, EngineEndpoint, string, string]>([
    ['denied', socket('/s'), 'Docker’s socket is /s, which this user may not open', 'usermod -aG docker'],
    ['silent', socket('/s'), 'Docker’s socket is /s, where a Docker engine does not answer', 'restart'],
    ['silent', named, 'The Docker context "far" is tcp://far.test:2376', 'can be reached'],
    ['absent', named, 'where no Docker engine answers', 'start the engine of that machine'],
    ['tls', named, 'no TLS connection can be made', 'DOCKER_CERT_PATH'],
    ['foreign', named, 'something else than a Docker engine answers', 'docker context use'],
  ])('%s', (state, endpoint, message, way) => {
    const error = explain(endpoint, { state, reason: 'WHY' });
    expect(error.message).toContain(message);
    expect(error.message).toContain('WHY');
    expect(error.ways[0]).toContain(way);
    expect(error.ways.at(-1)).toContain('--driver process');
    expect(error.message).not.toContain('\n');
  });
});
