import { homedir } from 'node:os';
import { join } from 'node:path';
import { readDefinitions } from '../execution/runtimes/definition.ts';
import type { PackageInfo } from '../package-info.ts';
import type { Engine } from '../workloads/docker/engine/engine.ts';
import { EngineUnavailable } from '../workloads/docker/engine/engine-unavailable.ts';
import type { FoundEngine } from '../workloads/docker/engine/locate-engine.ts';
import type { Availability } from '../workloads/docker/images/availability.ts';
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
  const env = processEnvironment();
  if (config.driver === 'docker') {
    // While the engine answers there is time to load what speaks to it.
    const [found, load] = await Promise.all([locateEngine(env, homedir()), loadContainers()]);
    return load(found);
  }
  let found: FoundEngine;
  try {
    found = await locateEngine(env, homedir());
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    return { kind: 'process', notice: `as processes, not in containers: ${error.message}` };
  }
  const [images, load] = await Promise.all([imagesFor(found, config, root), loadContainers()]);
  return images.usable
    ? load(found)
    : { kind: 'process', notice: `as processes, not in containers: ${images.why}` };
}

/** Loads all that runs containers; resolves with what then makes a choice of it. */
async function loadContainers(): Promise<(found: FoundEngine) => Promise<DriverChoice>> {
  const [{ connectEngine }, { openContainerBackend }, { CodeListener }] = await Promise.all([
    import('../workloads/docker/engine/engine.ts'),
    import('./container-backend.ts'),
    import('./code-listener.ts'),
    import('dockerode'),
  ]);
  return async ({ endpoint, version }) => ({
    kind: 'docker',
    engine: await connectEngine(endpoint, version),
    openContainerBackend,
    CodeListener,
  });
}

async function imagesFor(found: FoundEngine, { baseImages }: Config, root: string): Promise<Availability> {
  const [{ imagesAvailable }, { readDockerConfig }] = await Promise.all([
    import('../workloads/docker/images/availability.ts'),
    import('../workloads/docker/engine/docker-config.ts'),
  ]);
  return imagesAvailable(found, readDefinitions(join(root, 'runtimes')), {
    serverDirectory: join(root, 'dist', 'runtimes'),
    baseImages,
    auths: readDockerConfig(processEnvironment(), homedir()).auths,
  });
}
