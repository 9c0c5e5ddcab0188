import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import type { ProgressListener } from '../../../execution/runtimes/context.ts';
import type { DockerConfig } from '../engine/docker-config.ts';
import type { Engine } from '../engine/engine.ts';
import { engineMessage, isUnavailable } from '../engine/engine-errors.ts';
import { pullReason } from '../images/image-failure.ts';
import { PacedProgress } from '../images/progress.ts';
import { pullImage } from '../images/pull-image.ts';
import type { FunctionNetwork } from '../network.ts';
import { findOwnContainer } from '../own-container.ts';
import type { BlueprintParts } from './container-blueprint.ts';
import { ContainerSites, type ContainerSitesOptions } from './container-sites.ts';
import type { ContainerLimits } from './function-container.ts';
import { FunctionContainers } from './function-containers.ts';
import { HostViews, type HostViewsOptions } from './host-view.ts';
import { ImageLooks } from './image-contents.ts';
import { Interpreters } from './interpreters.ts';
import { LambdaImages, type LambdaImagesOptions } from './lambda-images.ts';

const PROGRESS_INTERVAL: Milliseconds = 2_000;

export interface ContainerSitesInput
  extends Pick<BlueprintParts, 'code' | 'sdks' | 'runtimesDirectory'>,
    Pick<LambdaImagesOptions, 'engine' | 'images' | 'prefix' | 'bases'>,
    Pick<ContainerSitesOptions, 'endpointUrl'>,
    HostViewsOptions {
  engine: Engine;
  clock: Clock;
  network: FunctionNetwork;
  limits: ContainerLimits;
  /** What `docker login` left. */
  auths: DockerConfig['auths'];
  onProgress: ProgressListener;
}

/**
 * Puts together what runs environments as containers of an engine, while what an earlier daemon left is removed. Undefined where
 * the engine does not see this machine's files, which code is on.
 */
export async function openContainerSites(input: ContainerSitesInput): Promise<ContainerSites | undefined> {
  const { engine, network, limits } = input;
  const { docker, version, endpoint } = engine;
  if (endpoint.address.kind !== 'socket' || (await findOwnContainer(docker))) return undefined;
  const containers = new FunctionContainers({ docker, network, limits });
  // An engine that does not answer now is told to who needs it.
  containers.removeLeftovers().catch(() => {});
  return new ContainerSites({
    ...input,
    containers,
    views: new HostViews(input),
    looks: new ImageLooks(docker, limits.daemonId),
    images: new LambdaImages({
      ...input,
      pull: (reference) => pullTold(reference, input),
    }),
    interpreters: new Interpreters({ docker, daemonId: limits.daemonId, rootless: version.rootless }),
  });
}

/** Pulls an image, which may take minutes, and says so. */
async function pullTold(
  reference: string,
  { engine, clock, auths, onProgress }: ContainerSitesInput,
): Promise<void> {
  const progress = new PacedProgress(reference, clock, PROGRESS_INTERVAL, onProgress);
  const { signal } = new AbortController();
  try {
    await pullImage({ engine, reference, what: reference, auths, report: progress.report, signal });
    progress.done(`Pulled ${reference}`);
  } catch (error) {
    progress.failed(`${reference} could not be pulled`);
    throw isUnavailable(error) ? error : new Error(pullReason(engineMessage(error)));
  }
}
