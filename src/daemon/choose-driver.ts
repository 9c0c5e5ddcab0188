import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readDefinitions } from '../execution/runtimes/definition.ts';
import type { PackageInfo } from '../package-info.ts';
import type { EngineEndpoint } from '../workloads/docker/engine/endpoint.ts';
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
  const [{ findEngine }, { firstThatAnswers }] = await Promise.all([
    import('../workloads/docker/engine/find-engine.ts'),
    import('../workloads/docker/engine/locate-engine.ts'),
  ]);
  try {
    const candidates = findEngine(processEnvironment(), homedir());
    // While an engine answers there is time to load what speaks to it. Where there is none, nothing of that is needed.
    const loading = candidates.some(mayAnswer) ? loadContainers() : undefined;
    const found = await firstThatAnswers(candidates);
    const load = await (loading ?? loadContainers());
    if (config.driver === 'docker') return load(found);
    const images = await imagesFor(found, config, root);
    return images.usable ? load(found) : asProcesses(images.why);
  } catch (error) {
    if (config.driver === 'docker' || !(error instanceof EngineUnavailable)) throw error;
    return asProcesses(error.message);
  }
}

function asProcesses(why: string): DriverChoice {
  return { kind: 'process', notice: `as processes, not in containers: ${why}` };
}

function mayAnswer({ address }: EngineEndpoint): boolean {
  return address.kind === 'tcp' || existsSync(address.path);
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
