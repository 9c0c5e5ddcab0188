import { homedir } from 'node:os';
import { join } from 'node:path';
import { readDefinitions } from '../execution/runtimes/definition.ts';
import type { PackageInfo } from '../package-info.ts';
import type { Engine } from '../workloads/docker/engine/engine.ts';
import type { FoundEngine } from '../workloads/docker/engine/locate-engine.ts';
import type { CodeListener } from './code-listener.ts';
import { type Config, processEnvironment } from './config.ts';
import type { openContainerBackend } from './container-backend.ts';

/** What will run functions. */
export type DriverChoice =
  | { kind: 'process' /** Why not Docker, where that was looked for. */; notice?: string }
  | {
      kind: 'docker';
      engine: Engine;
      /** What only this driver needs is loaded for it alone. */
      openContainerBackend: typeof openContainerBackend;
      CodeListener: typeof CodeListener;
    };

/**
 * Decides as `--driver` says. `auto` takes Docker where its engine answers and the images that functions need are there or
 * can be got. Rejects with EngineUnavailable where `docker` was asked for and no engine can be used.
 */
export async function chooseDriver(config: Config, { root }: PackageInfo): Promise<DriverChoice> {
  if (config.driver === 'process') return { kind: 'process' };
  const { locateEngine } = await import('../workloads/docker/engine/locate-engine.ts');
  const { connectEngine } = await import('../workloads/docker/engine/engine.ts');
  const env = processEnvironment();
  const connect = async ({ endpoint, version }: FoundEngine): Promise<DriverChoice> => ({
    kind: 'docker',
    engine: await connectEngine(endpoint, version),
    ...(await import('./container-backend.ts')),
    ...(await import('./code-listener.ts')),
  });
  if (config.driver === 'docker') return connect(await locateEngine(env, homedir()));
  let found: FoundEngine;
  try {
    found = await locateEngine(env, homedir());
  } catch (error) {
    return { kind: 'process', notice: `no containers: ${(error as Error).message}` };
  }
  const { imagesAvailable } = await import('../workloads/docker/images/availability.ts');
  const images = await imagesAvailable(found, readDefinitions(join(root, 'runtimes')), {
    serverDirectory: join(root, 'dist', 'runtimes'),
    baseImages: config.baseImages,
  });
  return images.usable ? connect(found) : { kind: 'process', notice: `no containers: ${images.why}` };
}
