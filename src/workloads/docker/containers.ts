import { createHmac, randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type Docker from 'dockerode';
import type { WorkloadTemplate } from '../workload.ts';
import { type ContainerDefaults, containerOptions, specOf } from './container-options.ts';
import { isConflict, isNotFound } from './engine/engine-errors.ts';
import { isMissingImage, isMissingNetwork } from './explain.ts';
import { LAMBDA_ROLE, NONCE_LABEL, ofDaemon, ROLE_LABEL, SPEC_LABEL } from './labels.ts';
import { Limiter } from './limiter.ts';
import type { FunctionNetwork } from './network.ts';
import type { ContainerPlace, Reach } from './reach.ts';
import type { StartedContainer } from './sandbox.ts';

export interface ContainersOptions {
  docker: Docker;
  network: FunctionNetwork;
  reach: Reach;
  defaults: ContainerDefaults;
  /** Known to this daemon alone; agents' tokens are made from it. */
  secret: string;
}

/** A container of ours that was there before we looked. */
export interface FoundContainer {
  id: string;
  nonce: string;
  spec: string;
  running: boolean;
}

/** Containers starting at one time; more only slow each other down. */
const STARTS_AT_ONCE = Math.max(4, availableParallelism() * 2);
/** A removal is mostly waiting for the kernel. */
const REMOVALS_AT_ONCE = 16;

/** Makes and removes the containers of one daemon. */
export class Containers {
  readonly #options: ContainersOptions;
  readonly #starts = new Limiter(STARTS_AT_ONCE);
  readonly #removals = new Limiter(REMOVALS_AT_ONCE);
  /** Nonces of those on their way, from before they exist. */
  readonly #making = new Set<string>();
  /** Those whose removal has failed. */
  readonly #left = new Set<string>();

  constructor(options: ContainersOptions) {
    this.#options = options;
  }

  specOf(template: WorkloadTemplate): string {
    return specOf(template, this.#options.defaults);
  }

  /** Whether it was not yet told to whoever wants it. */
  isBeingMade({ nonce }: FoundContainer): boolean {
    return this.#making.has(nonce);
  }

  /** Creates and starts one; `onCreated` is told its id in between. Leaves none behind when it rejects. */
  start(template: WorkloadTemplate, onCreated: (id: string) => void): Promise<StartedContainer> {
    const { network } = this.#options;
    return this.#starts.run(async () => {
      const { id } = await network.ensure();
      try {
        return await this.#start(template, id, onCreated);
      } catch (error) {
        if (isMissingNetwork(error)) network.forget(id);
        else if (isMissingImage(error)) await template.container!.restoreImage();
        else throw error;
        return this.#start(template, (await network.ensure()).id, onCreated);
      }
    });
  }

  /** How many could not be removed. */
  get left(): number {
    return this.#left.size;
  }

  /** All that carry the daemon's label, running or not, but for those of Lambda's environments, which are seen to elsewhere. */
  async list(): Promise<FoundContainer[]> {
    const { docker, defaults } = this.#options;
    const listed = await docker.listContainers({ all: true, filters: ofDaemon(defaults.daemonId) });
    return listed
      .filter(({ Labels: labels }) => labels[ROLE_LABEL] !== LAMBDA_ROLE)
      .map(({ Id: id, Labels: labels, State: state }) => ({
        id,
        nonce: labels[NONCE_LABEL] ?? '',
        spec: labels[SPEC_LABEL] ?? '',
        running: state === 'running',
      }));
  }

  /** Takes over a running one that an earlier daemon started. */
  async adopt({ id, nonce }: FoundContainer, since: number): Promise<StartedContainer> {
    const container = this.#options.docker.getContainer(id);
    return { container, place: await placeOf(container), token: this.#token(nonce), since };
  }

  /** Ends and removes one. It is fine when it is gone or someone else is removing it. */
  remove(id: string): Promise<void> {
    return this.#removals.run(async () => {
      try {
        await this.#options.docker.getContainer(id).remove({ force: true, v: true });
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) {
          this.#left.add(id);
          throw error;
        }
      }
      this.#left.delete(id);
    });
  }

  /** Those that no container uses. */
  async removeVolumes(): Promise<void> {
    const { docker, defaults } = this.#options;
    const { Volumes: volumes } = await docker.listVolumes({ filters: ofDaemon(defaults.daemonId) });
    for (const { Name: name } of volumes ?? []) {
      try {
        await docker.getVolume(name).remove();
      } catch (error) {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      }
    }
  }

  async #start(
    template: WorkloadTemplate,
    network: string,
    onCreated: (id: string) => void,
  ): Promise<StartedContainer> {
    const { reach, defaults } = this.#options;
    const nonce = randomUUID();
    const token = this.#token(nonce);
    const identity = { nonce, token, network, publish: reach.publish };
    const container = await this.#create(nonce, containerOptions(template, defaults, identity), onCreated);
    try {
      await container.start();
      return { container, place: await placeOf(container), token };
    } catch (error) {
      await this.remove(container.id).catch(() => {}); // found by its label later
      throw error;
    }
  }

  async #create(
    nonce: string,
    options: Docker.ContainerCreateOptions,
    onCreated: (id: string) => void,
  ): Promise<Docker.Container> {
    this.#making.add(nonce);
    try {
      const container = await this.#options.docker.createContainer(options);
      onCreated(container.id);
      return container;
    } finally {
      this.#making.delete(nonce);
    }
  }

  #token(nonce: string): string {
    return createHmac('sha256', this.#options.secret).update(nonce).digest('base64url');
  }
}

async function placeOf(container: Docker.Container): Promise<ContainerPlace> {
  const { NetworkSettings: settings } = await container.inspect();
  const published = new Map<number, number>();
  for (const [port, bindings] of Object.entries(settings.Ports ?? {})) {
    const host = Number((bindings as { HostPort: string }[] | null)?.[0]?.HostPort);
    if (host > 0) published.set(Number.parseInt(port, 10), host);
  }
  const addresses = Object.values(settings.Networks ?? {}).map((one) => one?.IPAddress);
  return { address: addresses.find(Boolean), published };
}
