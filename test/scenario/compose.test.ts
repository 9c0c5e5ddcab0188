import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageInfo } from '../../src/package-info.ts';
import { ensureBuildImage, ensureMinioImage } from '../setup/platform-images.mjs';
import { ComposeProject } from '../support/compose.ts';
import { BASE_IMAGE, DOCKER, docker } from '../support/containers.ts';
import { eventually } from '../support/daemon.ts';
import { answering, get } from '../support/functions.ts';

const MINIO = process.env.LAMBDOCK_TEST_MINIO;
const IMAGE = 'lambdock-test-daemon:latest';
const TOKEN = 'a-token-that-the-user-chose';

describe.runIf(DOCKER && MINIO)('the whole platform in containers', () => {
  let platform: ComposeProject;

  beforeAll(async () => {
    const { root } = packageInfo();
    platform = new ComposeProject({
      LAMBDOCK_IMAGE: IMAGE,
      LAMBDOCK_NODE_IMAGE: BASE_IMAGE,
      LAMBDOCK_BUILD_IMAGE: await ensureBuildImage(root, BASE_IMAGE),
      LAMBDOCK_MINIO_IMAGE: await ensureMinioImage(MINIO!, BASE_IMAGE),
      LAMBDOCK_BASE_IMAGES: BASE_IMAGE,
    });
    await platform.run('build', 'lambdock');
  }, 300_000);

  afterAll(async () => {
    await platform?.run('down', '--volumes');
  }, 60_000);

  it('is described by a file that compose takes', async () => {
    expect(await platform.run('config', '--services')).toMatch(/^(minio\nlambdock|lambdock\nminio)\n$/);
  });

  it('comes up healthy, keeps its data when it goes down, and leaves nothing when told to', async () => {
    const first = await platform.up();
    const token = await eventually(async () => {
      return / token +(\S+)/.exec(await platform.run('logs', '--no-color', 'lambdock'))?.[1];
    });
    const health = await fetch(`${first}/_lambdock/health`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await health.json()).toMatchObject({ objects: { name: 'minio', state: 'ok' } });
    const id = await create(first, token);
    expect(await get(`${first}/endpoint/${id}`)).toEqual({ status: 200, text: 'from a container' });

    await platform.run('down');
    expect(await platform.leftovers()).toEqual(['volumes']);

    const second = await platform.up({ LAMBDOCK_TOKEN: TOKEN });
    expect(await get(`${second}/endpoint/${id}`)).toEqual({ status: 200, text: 'from a container' });
    expect(await create(second, TOKEN)).not.toBe(id);

    await platform.run('down', '--volumes');
    expect(await platform.leftovers()).toEqual([]);
  });

  it('is reached from this machine only, and changed with the token only', async () => {
    const url = await platform.up({ LAMBDOCK_TOKEN: TOKEN });
    const bindings = await docker(
      'inspect',
      '--format',
      '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}',
      await platform.container('lambdock'),
      await platform.container('minio'),
    );
    expect(bindings.split(/\s+/)).toEqual(['127.0.0.1']);
    expect((await fetch(`${url}/lambda`)).status).toBe(401);
    await expect(create(url, 'another-token-than-that')).rejects.toThrow('401');
  });

  it('takes commands inside without the token', async () => {
    const url = await platform.up({ LAMBDOCK_TOKEN: TOKEN });
    const id = await create(url, TOKEN);
    expect(await platform.run('exec', '-T', 'lambdock', 'lambdock', 'ps', '--json')).toContain(id);
  });

  it('has a daemon image that runs without rights and without writing to itself', async () => {
    const container = await docker(
      ...['run', '-d', '--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '-p', '127.0.0.1::4566'],
      ...['-e', 'LAMBDOCK_DRIVER=process', '-e', `LAMBDOCK_TOKEN=${TOKEN}`, IMAGE],
    );
    try {
      await eventually(async () => {
        const state = await docker(
          'inspect',
          '--format',
          '{{.State.Status}} {{.State.Health.Status}}',
          container,
        );
        if (state.startsWith('exited')) throw new Error(await docker('logs', container));
        return state === 'running healthy';
      });
      const url = `http://${await docker('port', container, '4566')}`;
      expect(await get(`${url}/endpoint/${await create(url, TOKEN)}`)).toMatchObject({ status: 200 });
      expect(await docker('exec', container, 'id', '-u')).toBe('65532');
    } finally {
      await docker('rm', '--force', '--volumes', container);
    }
  });
});

async function create(url: string, token: string): Promise<string> {
  const response = await fetch(`${url}/lambda`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      title: 'test',
      runtime: 'node',
      version: '20',
      code: answering('from a container'),
    }),
  });
  if (response.status !== 200)
    throw new Error(`create answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as string;
}
