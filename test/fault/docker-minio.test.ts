import { describe, expect, test } from 'vitest';
import { createFunction, eventually, type RunningDaemon } from '../support/daemon.ts';
import {
  containersOfFunction,
  DOCKER,
  docker,
  driverHealth,
  startDockerDaemon,
  TestNetwork,
} from '../support/docker.ts';
import { answering, get } from '../support/functions.ts';
import { HAS_MINIO, MinioServer } from '../support/minio.ts';

async function killContainersOf({ url }: RunningDaemon, id: string): Promise<void> {
  const { label } = await driverHealth({ url });
  for (const container of await containersOfFunction(label, id)) await docker('kill', container);
}

describe.runIf(DOCKER && HAS_MINIO)('functions in containers with code in MinIO', () => {
  test('fetch it from MinIO itself where they can reach it, and get it from lambdock while that is away', async () => {
    await using network = await TestNetwork.create();
    await using minio = await MinioServer.start(network.host);
    await using daemon = await startDockerDaemon({ args: minio.flags });
    const id = await createFunction(daemon.url, { code: answering('one') });
    const endpoint = `${daemon.url}/endpoint/${id}`;
    expect((await get(endpoint)).text).toBe('one');
    expect((await driverHealth(daemon)).code).toBe(`MinIO at ${minio.endpoint}`);
    await minio.kill();
    expect((await get(endpoint)).text).toBe('one');
    await killContainersOf(daemon, id);
    await eventually(async () => (await get(endpoint)).text === 'one');
    await minio.restart();
    await eventually(async () => {
      const changed = await fetch(`${daemon.url}/lambda`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id, code: answering('two') }),
      });
      return changed.status === 200;
    });
    expect((await get(endpoint)).text).toBe('two');
  });

  test('get it through lambdock where MinIO is on an address that containers can’t reach', async () => {
    await using minio = await MinioServer.start();
    await using daemon = await startDockerDaemon({ args: minio.flags });
    const id = await createFunction(daemon.url, { code: answering('one') });
    expect((await get(`${daemon.url}/endpoint/${id}`)).text).toBe('one');
    expect((await driverHealth(daemon)).code).toMatch(/^lambdock at /);
  });
});
