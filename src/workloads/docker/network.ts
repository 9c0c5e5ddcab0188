import type Docker from 'dockerode';
import { DAEMON_LABEL, ofDaemon } from './labels.ts';
import { findOwnContainer } from './own-container.ts';

/** Our bridge network, and how this machine is seen from it. */
export interface NetworkState {
  id: string;
  /** Address of the bridge; the host's own on Linux. */
  gateway: string | undefined;
  /** Address of the container that lambdock runs in, on this network. */
  own: string | undefined;
  /** All addresses of the network, as `172.18.0.0/16`. */
  subnet: string | undefined;
}

/** The network that a daemon's containers share. It is made when it is first needed, and again when someone removed it. */
export class FunctionNetwork {
  readonly #docker: Docker;
  readonly #daemonId: string;
  #state: Promise<NetworkState> | undefined;
  #id: string | undefined;

  constructor(docker: Docker, daemonId: string) {
    this.#docker = docker;
    this.#daemonId = daemonId;
  }

  ensure(): Promise<NetworkState> {
    if (!this.#state) {
      const state = this.#open();
      this.#state = state;
      state.catch(() => {
        if (this.#state === state) this.#state = undefined;
      });
    }
    return this.#state;
  }

  /** The network that was thought to be there is not. Nothing to do when a new one was made meanwhile. */
  forget(id: string): void {
    if (this.#id !== id) return;
    // Those that find out later must not forget the new one, on its way already: Docker would make a second by that name.
    this.#id = undefined;
    this.#state = undefined;
  }

  /** Needs all containers to be gone from it. */
  async remove(): Promise<void> {
    this.#state = undefined;
    const own = await findOwnContainer(this.#docker);
    for (const { Id: id } of await this.#list()) {
      const network = this.#docker.getNetwork(id);
      if (own) await network.disconnect({ Container: own.id, Force: true }).catch(() => {}); // may not be on it
      await network.remove();
    }
  }

  async #open(): Promise<NetworkState> {
    const own = await findOwnContainer(this.#docker);
    const [found, ...others] = await this.#list();
    // Of two with one name Docker takes neither. What is in use stays, and goes with what uses it.
    for (const other of others)
      await this.#docker
        .getNetwork(other.Id)
        .remove()
        .catch(() => {});
    const id = found?.Id ?? (await this.#create(own !== undefined));
    this.#id = id;
    const network = this.#docker.getNetwork(id);
    if (own) await this.#join(network, own.id);
    const { IPAM: ipam, Containers: containers } = await network.inspect();
    const address = own && containers?.[own.id]?.IPv4Address?.split('/')[0];
    const { Gateway: gateway, Subnet: subnet } = ipam?.Config?.[0] ?? {};
    return { id, gateway, own: address, subnet };
  }

  async #join(network: Docker.Network, container: string): Promise<void> {
    const { Containers: members } = await network.inspect();
    if (!members?.[container]) await network.connect({ Container: container });
  }

  #list(): Promise<Docker.NetworkInspectInfo[]> {
    return this.#docker.listNetworks({ filters: ofDaemon(this.#daemonId) });
  }

  async #create(shared: boolean): Promise<string> {
    const network = await this.#docker.createNetwork({
      Name: `lambdock-${this.#daemonId}`,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { [DAEMON_LABEL]: this.#daemonId },
      // Functions have no business with each other's ports. Where lambdock is a neighbour itself, they have to reach it.
      Options: { 'com.docker.network.bridge.enable_icc': String(shared) },
    });
    return network.id;
  }
}
