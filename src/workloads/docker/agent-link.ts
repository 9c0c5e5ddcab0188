import type { Clock, Milliseconds } from '../../clock/clock.ts';
import {
  type AgentAddress,
  type AgentCandidate,
  type AgentCommand,
  AgentConnection,
  type AgentProcess,
  AgentRefused,
} from './agent-connection.ts';

export interface AgentLinkOptions {
  clock: Clock;
  token: string;
  /** Where the agent may be; whichever answers first is used from then on. */
  addresses: readonly AgentCandidate[];
  onMessage(message: Record<string, unknown>): void;
  /** Called at each connection, the first one too, with what the agent runs. */
  onGreeting(processes: readonly AgentProcess[], address: AgentAddress): void;
  /** The connection broke; the link is trying to make a new one. */
  onBroken(): void;
}

const FIRST_PAUSE: Milliseconds = 4;
const LONGEST_PAUSE: Milliseconds = 500;

/**
 * The lasting relation to a container's agent: connects as soon as the agent listens, and again whenever the connection
 * breaks, until it is closed. What is sent meanwhile is delivered once there is a connection.
 */
export class AgentLink implements Disposable {
  readonly #options: AgentLinkOptions;
  readonly #closing = new AbortController();
  #addresses: readonly AgentCandidate[];
  #connection: AgentConnection | undefined;
  #unsent: AgentCommand[] = [];

  constructor(options: AgentLinkOptions) {
    this.#options = options;
    this.#addresses = options.addresses;
  }

  /** Resolves at the first connection. Rejects with AgentRefused, or when the link is closed before. */
  async connect(): Promise<void> {
    const attempts = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, attempts.signal]);
    try {
      const { connection, address } = await Promise.any(
        this.#addresses.map((candidate) => this.#reach(candidate, signal)),
      );
      this.#connection = connection;
      this.#addresses = [{ ...address, delay: 0 }];
      this.#options.onGreeting(connection.processes, address);
      for (const command of this.#unsent.splice(0)) connection.send(command);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    } finally {
      attempts.abort();
    }
  }

  send(command: AgentCommand): void {
    if (this.#connection) this.#connection.send(command);
    else this.#unsent.push(command);
  }

  [Symbol.dispose](): void {
    this.#closing.abort(new Error('the container was given up'));
    this.#connection?.close();
    this.#connection = undefined;
  }

  /** Tries one address until it answers: a container's port is there some time before its agent is. */
  async #reach(
    { delay, ...address }: AgentCandidate,
    signal: AbortSignal,
  ): Promise<{ connection: AgentConnection; address: AgentAddress }> {
    const { clock, token, onMessage } = this.#options;
    if (delay > 0) await clock.sleep(delay, signal);
    let connection: AgentConnection | undefined;
    const events = { message: onMessage, closed: () => this.#onClosed(connection) };
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.25, LONGEST_PAUSE)) {
      try {
        connection = await AgentConnection.open(address, token, events, signal);
        if (signal.aborted) connection.close();
        signal.throwIfAborted();
        return { connection, address };
      } catch (error) {
        if (signal.aborted || error instanceof AgentRefused) throw error;
      }
      await clock.sleep(pause, signal);
    }
  }

  #onClosed(connection: AgentConnection | undefined): void {
    if (this.#closing.signal.aborted || connection !== this.#connection) return;
    this.#connection = undefined;
    this.#options.onBroken();
    this.connect().catch(() => {}); // closed meanwhile, or no agent of ours any more: the container's end is told elsewhere
  }
}
