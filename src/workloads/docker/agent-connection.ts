import { connect, type Socket } from 'node:net';
import { readLines } from '../lines.ts';
import { isPort, parseMessage } from '../runtime-events.ts';
import type { LoadCommand } from '../workload.ts';

/** What the daemon says to a container's agent; see docs/runtime-protocol.md. */
export type AgentCommand =
  | {
      command: 'start';
      process: string;
      /** Which code this is, for a daemon that finds the process later. */
      revision: string;
      /** Keep another server process ready for the next version. */
      spare: boolean;
      load: LoadCommand;
      fetch?: { url: string; sha256: string } | { content: string; sha256: string };
    }
  | { command: 'ping'; process?: string }
  | { command: 'stop'; process: string; grace: number }
  | { command: 'probe'; probe: string; urls: readonly string[]; timeout: number };

/** A server process as the agent's greeting tells of it. */
export interface AgentProcess {
  process: string;
  functionId: string;
  revision: string;
  port: number;
  state: string;
}

export interface AgentEvents {
  /** Anything the agent says after its greeting. */
  message(message: Record<string, unknown>): void;
  /** The connection is over. Called once, and never after `close`. */
  closed(): void;
}

export interface AgentAddress {
  host: string;
  port: number;
}

/** An address to try, first after some milliseconds: a better one is given the time to answer. */
export interface AgentCandidate extends AgentAddress {
  delay: number;
}

/** The agent did not take the token: whoever answers there is not the container's agent, or is another daemon's. */
export class AgentRefused extends Error {
  override readonly name = 'AgentRefused';
}

const LONGEST_MESSAGE = 1024 * 1024;

/** One connection to a container's agent, after both have greeted. */
export class AgentConnection {
  /** What the agent was running when it greeted. */
  readonly processes: readonly AgentProcess[];
  readonly #socket: Socket;

  /**
   * Connects and greets. Rejects with the system's error, with AgentRefused, or with the signal's reason; a port that is
   * published before its agent listens accepts a connection and closes it again, which is an ECONNRESET here.
   */
  static open(
    address: AgentAddress,
    token: string,
    events: AgentEvents,
    signal: AbortSignal,
  ): Promise<AgentConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...address, noDelay: true });
      let connection: AgentConnection | undefined;
      const fail = (error: Error) => {
        socket.destroy();
        reject(error);
      };
      const onAbort = () => fail(signal.reason as Error);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.on('connect', () => socket.write(`${JSON.stringify({ command: 'hello', token })}\n`));
      socket.on('error', fail);
      socket.on('close', () => {
        signal.removeEventListener('abort', onAbort);
        if (connection) events.closed();
        else fail(Object.assign(new Error('the agent closed the connection'), { code: 'ECONNRESET' }));
      });
      const onLine = (line: string) => {
        const message = parseMessage(line);
        if (!message) return;
        if (connection) return events.message(message);
        if (message.event !== 'hello') return fail(new AgentRefused('the agent does not take the token'));
        signal.removeEventListener('abort', onAbort);
        connection = new AgentConnection(socket, agentProcesses(message.processes));
        resolve(connection);
      };
      readLines(socket, onLine, LONGEST_MESSAGE);
    });
  }

  private constructor(socket: Socket, processes: readonly AgentProcess[]) {
    this.#socket = socket;
    this.processes = processes;
  }

  send(command: AgentCommand): void {
    if (this.#socket.writable) this.#socket.write(`${JSON.stringify(command)}\n`);
  }

  /** Ends the connection without `closed` being called. The agent and what it runs go on. */
  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }
}

function agentProcesses(value: unknown): AgentProcess[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: Record<string, unknown> | null) => {
    const { process, functionId, revision, port, state } = one ?? {};
    const known = [process, functionId, revision, state].every((member) => typeof member === 'string');
    return known && isPort(port) ? [one as unknown as AgentProcess] : [];
  });
}
