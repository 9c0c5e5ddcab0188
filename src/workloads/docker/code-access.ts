import type { FunctionNetwork, NetworkState } from './network.ts';
import type { CodeRoute, CodeRoutes, HostView } from './reach.ts';
import type { Sandbox } from './sandbox.ts';

/** Names under which engines in a virtual machine make the host's loopback reachable. */
const HOST_NAMES = ['host.docker.internal', 'host.containers.internal'];

/** Finds out, from inside the first container, how containers can fetch stored code. */
export class CodeAccess {
  readonly #network: FunctionNetwork;
  readonly #routes: CodeRoutes;
  #found: Promise<CodeRoute | undefined> | undefined;
  /** For which network. */
  #foundFor: string | undefined;
  #name: string | undefined;
  #notice: string | undefined;

  constructor(network: FunctionNetwork, routes: CodeRoutes) {
    this.#network = network;
    this.#routes = routes;
  }

  /** The way that works, in words; undefined before it is known. */
  get routeName(): string | undefined {
    return this.#name;
  }

  get notice(): string | undefined {
    return this.#notice;
  }

  /** The way that works, tried from this sandbox when none was tried before. Undefined when none does. */
  async route(sandbox: Sandbox): Promise<CodeRoute | undefined> {
    const state = await this.#network.ensure();
    if (!this.#found || this.#foundFor !== state.id) {
      const found = this.#find(sandbox, state);
      this.#found = found;
      this.#foundFor = state.id;
      // It may have been this container's trouble.
      const retry = () => {
        if (this.#found === found) this.#found = undefined;
      };
      found.then((route) => route ?? retry(), retry);
    }
    return this.#found;
  }

  async #find(sandbox: Sandbox, { gateway, own }: NetworkState): Promise<CodeRoute | undefined> {
    const candidates = await this.#routes.open(hostViews(gateway, own));
    const results = await sandbox.probe(candidates.map(({ probeUrl }) => probeUrl));
    const route = candidates.find(({ probeUrl }) => typeof results[probeUrl] === 'number');
    this.#name = route?.name ?? 'the agent’s connection';
    this.#notice = route
      ? undefined
      : `containers can’t call this machine (${Object.values(results)[0] ?? 'no answer'}), so their code is sent to them; does a firewall keep the bridge network out?`;
    return route;
  }
}

/** As whom a container may see this machine, most likely first. */
function hostViews(gateway: string | undefined, own: string | undefined): HostView[] {
  if (own !== undefined) return [{ bind: own, names: [own] }];
  return [
    ...(gateway === undefined ? [] : [{ bind: gateway, names: [gateway] }]),
    { bind: '127.0.0.1', names: HOST_NAMES },
  ];
}
