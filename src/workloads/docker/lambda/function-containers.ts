import type Docker from 'dockerode';
import { isConflict, isNotFound } from '../engine/engine-errors.ts';
import { isMissingNetwork } from '../explain.ts';
import { LAMBDA_ROLE, labelOf, ROLE_LABEL } from '../labels.ts';
import { Limiter } from '../limiter.ts';
import type { FunctionNetwork } from '../network.ts';
import { type ContainerLimits, type FunctionContainer, functionContainer } from './function-container.ts';
import { orHostUnavailable } from './lambda-images.ts';

export interface FunctionContainersOptions {
  docker: Docker;
  network: FunctionNetwork;
  limits: ContainerLimits;
}

/** A removal is mostly waiting for the kernel. */
const REMOVALS_AT_ONCE = 16;

/** Makes and removes the containers of execution environments. */
export class FunctionContainers {
  readonly #options: FunctionContainersOptions;
  readonly #removals = new Limiter(REMOVALS_AT_ONCE);
  /** Removals under way. */
  readonly #leaving = new Map<string, Promise<void>>();
  /** Settles when it is known what an earlier daemon left. What is made after that is ours. */
  #looked: Promise<unknown> = Promise.resolve();
  /** Those that could not be removed: to be tried again with the next one. */
  readonly #left = new Set<string>();

  constructor(options: FunctionContainersOptions) {
    this.#options = options;
  }

  /** Creates one, which does not run yet. Rejects with HostUnavailable or the engine's refusal. */
  async create(container: Omit<FunctionContainer, 'network'>): Promise<Docker.Container> {
    const { network } = this.#options;
    await this.#looked;
    const { id } = await network.ensure().catch((error: unknown) => {
      throw orHostUnavailable(error);
    });
    try {
      return await this.#create(container, id);
    } catch (error) {
      if (!isMissingNetwork(error)) throw orHostUnavailable(error);
      network.forget(id);
      return this.#create(container, (await network.ensure()).id);
    }
  }

  /** Ends and removes one with its /tmp. Never rejects: what is left is removed later, by its label. */
  remove(id: string): Promise<void> {
    const known = this.#leaving.get(id);
    if (known) return known;
    const removal = this.#removals.run(() => this.#remove(id)).finally(() => this.#leaving.delete(id));
    this.#leaving.set(id, removal);
    return removal;
  }

  /** Resolves when no removal is under way. */
  async removed(): Promise<void> {
    await Promise.all(this.#leaving.values());
  }

  /** Removes all that an earlier daemon left. */
  async removeLeftovers(): Promise<void> {
    const { docker, limits } = this.#options;
    const label = [labelOf(limits.daemonId), `${ROLE_LABEL}=${LAMBDA_ROLE}`];
    const listing = docker.listContainers({ all: true, filters: { label } });
    this.#looked = listing.catch(() => {}); // told to who asked
    const found = await listing;
    await Promise.all(found.map(({ Id }) => this.remove(Id)));
  }

  #create(container: Omit<FunctionContainer, 'network'>, network: string): Promise<Docker.Container> {
    const { docker, limits } = this.#options;
    return docker.createContainer(functionContainer({ ...container, network }, limits));
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.#options.docker.getContainer(id).remove({ force: true, v: true });
      this.#left.delete(id);
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) this.#left.delete(id);
      else this.#left.add(id);
    }
    if (this.#left.has(id) || this.#left.size === 0) return;
    const [other] = this.#left;
    this.#left.delete(other!);
    await this.#remove(other!);
  }
}
