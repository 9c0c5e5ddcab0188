import type { FunctionNetwork } from '../network.ts';

/** How containers on a network see this machine. */
export interface HostView {
  /** The network's id. */
  network: string;
  /** Address of this machine to listen on. */
  bind: string;
  /** By which containers reach what listens there. */
  name: string;
  /** Addresses that containers have there, as `172.18.0.0/16`; undefined where they come in as this machine itself. */
  subnet: string | undefined;
}

/** Engines in a virtual machine bring to the host's loopback what containers send to this name. */
export const HOST_NAME = 'host.docker.internal';

export interface HostViewsOptions {
  network: FunctionNetwork;
  /** Whether this machine has the address: a virtual machine's bridge is not ours. */
  canListen(address: string): Promise<boolean>;
}

/** Finds out how this machine is seen from the containers' network, again for each network. */
export class HostViews {
  readonly #options: HostViewsOptions;
  #known: HostView | undefined;

  constructor(options: HostViewsOptions) {
    this.#options = options;
  }

  async now(): Promise<HostView> {
    const { network, canListen } = this.#options;
    const { id, gateway, own, subnet } = await network.ensure();
    if (this.#known?.network === id) return this.#known;
    const address = own ?? gateway;
    const ours = address !== undefined && (await canListen(address));
    this.#known = ours
      ? { network: id, bind: address, name: address, subnet }
      : { network: id, bind: '127.0.0.1', name: HOST_NAME, subnet: undefined };
    return this.#known;
  }
}
