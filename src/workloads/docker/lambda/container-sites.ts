import type { Clock } from '../../../clock/clock.ts';
import type { Blueprint, SiteDriver } from '../../../execution/environments/site.ts';
import type { FunctionVersion } from '../../../execution/function-host.ts';
import { type BlueprintParts, type ContainerBlueprint, zipBlueprint } from './container-blueprint.ts';
import { ContainerSite } from './container-site.ts';
import type { FunctionContainers } from './function-containers.ts';
import type { HostView, HostViews } from './host-view.ts';
import { orHostUnavailable, unsupported } from './lambda-images.ts';

export interface ContainerSitesOptions extends BlueprintParts {
  clock: Clock;
  containers: FunctionContainers;
  views: HostViews;
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
    return { runtime: blueprint.runtime, warm: () => {}, open: () => this.#open(blueprint) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#options.containers.removed();
  }

  async #blueprint(fn: FunctionVersion): Promise<ContainerBlueprint> {
    if (fn.image || fn.runtime === undefined || fn.code === undefined) {
      throw unsupported('Functions of container images are not run yet');
    }
    return zipBlueprint(fn, this.#options);
  }

  async #open(blueprint: ContainerBlueprint): Promise<ContainerSite> {
    const { clock, containers, views, endpointUrl } = this.#options;
    try {
      const view = await views.now();
      return await ContainerSite.open({
        blueprint,
        containers,
        view,
        clock,
        endpointUrl: await endpointUrl(view),
      });
    } catch (error) {
      throw orHostUnavailable(error);
    }
  }
}
