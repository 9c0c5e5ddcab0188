import type { Clock } from '../../../clock/clock.ts';
import type { Blueprint, SiteDriver } from '../../../execution/environments/site.ts';
import { type FunctionVersion, ImageNotFound, type ResolvedImage } from '../../../execution/function-host.ts';
import {
  type BlueprintParts,
  type ContainerBlueprint,
  imageBlueprint,
  zipBlueprint,
} from './container-blueprint.ts';
import { ContainerSite } from './container-site.ts';
import type { FunctionContainers } from './function-containers.ts';
import type { HostView, HostViews } from './host-view.ts';
import type { ImageLooks } from './image-contents.ts';
import { ImageMissing, orHostUnavailable } from './lambda-images.ts';

export interface ContainerSitesOptions extends BlueprintParts {
  clock: Clock;
  containers: FunctionContainers;
  views: HostViews;
  looks: ImageLooks;
  /** The URL under which containers reach the AWS API on this address. */
  endpointUrl(view: HostView): Promise<string>;
}

/** Environments as containers, one each. */
export class ContainerSites implements SiteDriver {
  readonly #options: ContainerSitesOptions;

  constructor(options: ContainerSitesOptions) {
    this.#options = options;
  }

  async blueprint(fn: FunctionVersion): Promise<Blueprint> {
    const blueprint = await this.#blueprint(fn);
    return {
      runtime: blueprint.runtime,
      warm: () => void this.#view().catch(() => {}), // told to who needs it
      open: () => this.#open(blueprint),
    };
  }

  /** The image that a function is to be made of. Rejects with ImageNotFound or HostUnavailable. */
  async findImage(uri: string): Promise<ResolvedImage> {
    try {
      const { id, digests } = await this.#options.images.get(uri);
      return resolved(uri, id, digests);
    } catch (error) {
      if (error instanceof ImageMissing) throw new ImageNotFound(uri, error.message);
      throw orHostUnavailable(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.containers.removed();
  }

  async #blueprint(fn: FunctionVersion): Promise<ContainerBlueprint> {
    try {
      if (!fn.image) return await zipBlueprint(fn, this.#options);
      const { images, looks } = this.#options;
      const image = await images.ofFunction(fn.image);
      return await imageBlueprint(fn, image, await looks.look(image));
    } catch (error) {
      throw orHostUnavailable(error);
    }
  }

  async #open(blueprint: ContainerBlueprint): Promise<ContainerSite> {
    const { clock, containers } = this.#options;
    try {
      const { view, endpointUrl } = await this.#view();
      return await ContainerSite.open({ blueprint, containers, view, clock, endpointUrl });
    } catch (error) {
      throw orHostUnavailable(error);
    }
  }

  async #view(): Promise<{ view: HostView; endpointUrl: string }> {
    const view = await this.#options.views.now();
    return { view, endpointUrl: await this.#options.endpointUrl(view) };
  }
}

/** An image that no registry has a digest of, as it was made here, is known by this engine's own. */
function resolved(uri: string, id: string, digests: readonly string[]): ResolvedImage {
  const repository = uri.replace(/@sha256:[0-9a-f]{64}$/, '').replace(/:[^:/]+$/, '');
  const own = digests.find((one) => one.startsWith(`${repository}@`)) ?? digests[0];
  const digest = (own?.split('@sha256:')[1] ?? id.replace('sha256:', '')).toLowerCase();
  return { id, digest, resolvedUri: `${repository}@sha256:${digest}` };
}
