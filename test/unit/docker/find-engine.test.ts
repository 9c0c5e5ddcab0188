import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDockerConfig } from '../../../src/workloads/docker/engine/docker-config.ts';
import { addressText } from '../../../src/workloads/docker/engine/endpoint.ts';
import { EngineUnavailable } from '../../../src/workloads/docker/engine/engine-unavailable.ts';
import { findEngine } from '../../../src/workloads/docker/engine/find-engine.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'docker-home-'));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function write(path: string, content: string | object): void {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

function writeContext(name: string, docker: object, folder = '.docker'): string {
  const id = createHash('sha256').update(name).digest('hex');
  write(join(folder, 'contexts/meta', id, 'meta.json'), { Name: name, Endpoints: { docker } });
  return id;
}

const find = (env: Record<string, string> = {}, platform: NodeJS.Platform = 'linux') =>
  findEngine(env, home, platform);

const texts = (env: Record<string, string> = {}, platform?: NodeJS.Platform) =>
  find(env, platform).map(({ address }) => addressText(address));

function errorOf(env: Record<string, string>): EngineUnavailable {
  try {
    find(env);
  } catch (error) {
    expect(error).toBeInstanceOf(EngineUnavailable);
    return error as EngineUnavailable;
  }
  throw new Error('nothing was wrong');
}

describe('without a word of the user', () => {
  it('the usual places are looked at, Docker before rootless, Desktop, Colima and Podman', () => {
    expect(texts({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual([
      'unix:///var/run/docker.sock',
      'unix:///run/user/7/docker.sock',
      `unix://${home}/.docker/run/docker.sock`,
      `unix://${home}/.docker/desktop/docker.sock`,
      `unix://${home}/.colima/default/docker.sock`,
      'unix:///run/user/7/podman/podman.sock',
      'unix:///run/podman/podman.sock',
    ]);
  });

  it('the context "default" means the same', () => {
    write('.docker/config.json', { currentContext: 'default' });
    expect(texts()).toContain('unix:///run/podman/podman.sock');
    expect(texts({ DOCKER_CONTEXT: 'default' })).toHaveLength(texts().length);
  });

  it('Windows has a named pipe', () => {
    expect(texts({}, 'win32')).toEqual(['npipe:////./pipe/docker_engine']);
  });
});

describe('DOCKER_HOST', () => {
  it.each([
    ['unix:///run/x.sock', 'unix:///run/x.sock'],
    ['unix://', 'unix:///var/run/docker.sock'],
    ['tcp://build.test', 'tcp://build.test:2375'],
    ['tcp://build.test:80', 'tcp://build.test:80'],
    ['build.test:4000', 'tcp://build.test:4000'],
    ['http://10.0.0.1:4000/', 'tcp://10.0.0.1:4000'],
    ['https://build.test', 'tcp://build.test:2376'],
    ['tcp://[::1]:4000', 'tcp://[::1]:4000'],
    ['npipe:////./pipe/other', 'npipe:////./pipe/other'],
  ])('%s is %s, and the only candidate', (DOCKER_HOST, expected) => {
    expect(texts({ DOCKER_HOST })).toEqual([expected]);
  });

  it('goes before DOCKER_CONTEXT and the context in use', () => {
    write('.docker/config.json', { currentContext: 'away' });
    const env = { DOCKER_HOST: 'unix:///x', DOCKER_CONTEXT: 'other' };
    expect(find(env)).toMatchObject([{ source: { kind: 'variable' } }]);
  });

  it.each([{ DOCKER_TLS_VERIFY: '1' }, { DOCKER_TLS_VERIFY: '0' }, { DOCKER_TLS: '1' }])(
    'is spoken to over TLS with %j',
    (variables: Record<string, string>) => {
      write('.docker/ca.pem', 'the ca');
      const [found] = find({ DOCKER_HOST: 'tcp://build.test', ...variables });
      expect(found!.address).toMatchObject({
        port: 2376,
        // Docker looks only at whether DOCKER_TLS_VERIFY is there.
        tls: { ca: Buffer.from('the ca'), verify: 'DOCKER_TLS_VERIFY' in variables },
      });
    },
  );

  it('takes its certificates from DOCKER_CERT_PATH', () => {
    for (const name of ['ca', 'cert', 'key']) write(`certs/${name}.pem`, name);
    const DOCKER_CERT_PATH = join(home, 'certs');
    const [found] = find({ DOCKER_HOST: 'tcp://build.test:1', DOCKER_CERT_PATH, DOCKER_TLS_VERIFY: '1' });
    expect(found!.address).toMatchObject({
      tls: { ca: Buffer.from('ca'), cert: Buffer.from('cert'), key: Buffer.from('key'), verify: true },
    });
  });

  it('with ssh:// is refused with a way that works', () => {
    const { message, ways } = errorOf({ DOCKER_HOST: 'ssh://me@build.test' });
    expect(message).toBe(
      'DOCKER_HOST is ssh://me@build.test, and lambdock does not speak to engines over SSH',
    );
    expect(ways[0]).toContain('ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock me@build.test');
    expect(ways.at(-1)).toContain('--driver process');
  });

  it.each(['fd://', 'tcp://', 'tcp://a:b', 'tcp://host:1/prefix'])('%s is not understood', (DOCKER_HOST) => {
    const { message, ways } = errorOf({ DOCKER_HOST });
    expect(message).toBe(`DOCKER_HOST is ${DOCKER_HOST}, which names no Docker engine`);
    expect(ways[0]).toContain('write it as unix:///var/run/docker.sock');
  });
});

describe('a context', () => {
  it('in use is taken from the configuration, with what its engine is', () => {
    write('.docker/config.json', { currentContext: 'colima' });
    writeContext('colima', { Host: 'unix:///home/me/.colima/docker.sock' });
    expect(find()).toEqual([
      {
        address: { kind: 'socket', path: '/home/me/.colima/docker.sock' },
        source: { kind: 'context', name: 'colima' },
      },
    ]);
  });

  it('of DOCKER_CONTEXT goes before the one in use', () => {
    write('.docker/config.json', { currentContext: 'colima' });
    writeContext('other', { Host: 'tcp://other.test:2375' });
    expect(texts({ DOCKER_CONTEXT: 'other' })).toEqual(['tcp://other.test:2375']);
  });

  it('lies where DOCKER_CONFIG says', () => {
    write('conf/config.json', { currentContext: 'mine' });
    writeContext('mine', { Host: 'unix:///mine' }, 'conf');
    expect(texts({ DOCKER_CONFIG: join(home, 'conf') })).toEqual(['unix:///mine']);
  });

  it('brings its certificates along', () => {
    const id = writeContext('tls', { Host: 'tcp://far.test:2376', SkipTLSVerify: true });
    write(`.docker/contexts/tls/${id}/docker/ca.pem`, 'the ca');
    expect(find({ DOCKER_CONTEXT: 'tls' })[0]!.address).toMatchObject({
      tls: { ca: Buffer.from('the ca'), verify: false },
    });
  });

  it('without certificates is spoken to in plain', () => {
    writeContext('plain', { Host: 'tcp://far.test:2375' });
    expect(find({ DOCKER_CONTEXT: 'plain' })[0]!.address).not.toHaveProperty('tls');
  });

  it('that does not exist is an error, not a reason to take another', () => {
    const { message, ways } = errorOf({ DOCKER_CONTEXT: 'gone' });
    expect(message).toBe(`The Docker context "gone" does not exist in ${home}/.docker`);
    expect(ways[0]).toContain('docker context ls');
  });

  it('over SSH is refused', () => {
    writeContext('far', { Host: 'ssh://far.test' });
    expect(errorOf({ DOCKER_CONTEXT: 'far' }).message).toMatch(/^The Docker context "far" is ssh:/);
  });
});

describe('the configuration of Docker', () => {
  it('that is broken is named', () => {
    write('.docker/config.json', '{');
    expect(errorOf({}).message).toBe(`Docker's file ${home}/.docker/config.json is no valid JSON object`);
  });

  it('need not be there', () => {
    expect(readDockerConfig({}, home)).toEqual({
      folder: `${home}/.docker`,
      currentContext: undefined,
      auths: {},
    });
  });
});
