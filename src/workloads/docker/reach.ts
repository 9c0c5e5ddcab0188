import type { Milliseconds } from '../../clock/clock.ts';
import type { AgentAddress, AgentCandidate } from './agent-connection.ts';

/** One way in which a container can fetch stored code. */
export interface CodeRoute {
  /** In words, for health: `MinIO at http://minio:9000`. */
  name: string;
  /** Answers a plain GET with any status. */
  probeUrl: string;
  /** A URL, signed for a while, by which anyone can GET the object. */
  sign(bucket: string, key: string): Promise<string>;
}

/** How this machine may be called from inside a container. */
export interface HostView {
  /** Address of this machine to listen on. */
  bind: string;
  /** Names or addresses by which a container may reach it. */
  names: readonly string[];
}

/** Opens the ways to stored code. Where it can't listen on an address, that way is left out. */
export interface CodeRoutes {
  open(views: readonly HostView[]): Promise<CodeRoute[]>;
}

/** The agent's port in every container, and those of server processes where ports have to be published. */
export const AGENT_PORT = 8079;
export const SERVER_PORTS: readonly number[] = [8080, 8081, 8082, 8083];

/** A container's own address is quicker than a published port, so that is tried alone for a while. */
const PREFERENCE: Milliseconds = 1_500;

/** Where a container's ports are, as Docker tells it. */
export interface ContainerPlace {
  address: string | undefined;
  /** Port of the container → port of 127.0.0.1. */
  published: ReadonlyMap<number, number>;
}

/**
 * Which of the two ways into containers works on this machine: their own address, or published ports. Unknown until
 * the first container, which is made so that both can be tried.
 */
export class Reach {
  #direct: boolean | undefined;

  get known(): boolean {
    return this.#direct !== undefined;
  }

  get direct(): boolean {
    return this.#direct === true;
  }

  /** Whether a new container needs published ports. */
  get publish(): boolean {
    return this.#direct !== true;
  }

  agentAddresses(place: ContainerPlace): AgentCandidate[] {
    const { address, published } = place;
    const port = published.get(AGENT_PORT);
    const direct = address && this.#direct !== false ? [{ host: address, port: AGENT_PORT, delay: 0 }] : [];
    const delay = direct.length > 0 ? PREFERENCE : 0;
    const outer = port !== undefined && this.#direct !== true ? [{ host: '127.0.0.1', port, delay }] : [];
    return [...direct, ...outer];
  }

  /** Where a server process is that listens on `port` inside, given where its agent was reached. */
  serverAddress(place: ContainerPlace, agent: AgentAddress, port: number): AgentAddress {
    if (agent.host === place.address) return { host: agent.host, port };
    return { host: '127.0.0.1', port: place.published.get(port) ?? 0 };
  }

  learn(place: ContainerPlace, agent: AgentAddress): void {
    this.#direct ??= agent.host === place.address;
  }
}
