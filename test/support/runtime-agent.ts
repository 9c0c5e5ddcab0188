import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SourceError } from '../../src/execution/source.ts';
import { readLines } from '../../src/workloads/lines.ts';
import { freePort } from './free-ports.ts';
import { PATIENCE } from './patience.ts';
import type { RuntimeFixture } from './runtime-fixture.ts';

const runtimes = join(import.meta.dirname, '../../runtimes');
export const TOKEN = 'the token';

export interface AgentCommand {
  program: string;
  args: string[];
  env: Readonly<Record<string, string>>;
}

/** How to start a language's agent on this machine instead of in a container. */
export async function agentCommand(fixture: RuntimeFixture, name: string): Promise<AgentCommand> {
  const env = process.env as Record<string, string>;
  if (name === 'node')
    return { program: process.execPath, args: [join(fixture.folder, 'servers/node20/agent.mjs')], env };
  if (name === 'python') {
    const template = (await fixture.runtime('python').standby())!;
    const args = ['-X', 'utf8', join(runtimes, 'python3.12/agent.py')];
    return { program: template.command[0], args, env: template.env };
  }
  const program = join(fixture.folder, 'lambdock-agent');
  const cwd = join(runtimes, 'golang1.22/agent');
  const { path } = await fixture.runtime('golang').toolchain();
  await promisify(execFile)(path!, ['build', '-buildvcs=false', '-o', program, '.'], { cwd });
  return { program, args: [join(runtimes, 'golang1.22/server')], env: { ...env, TMPDIR: fixture.folder } };
}

/** An agent that runs as a process of this machine. */
export class RuntimeAgent implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output: string[] = [];
  readonly port: number;
  readonly #clients: AgentClient[] = [];

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    readLines(child.stdout!, (line) => this.output.push(line));
    readLines(child.stderr!, (line) => this.output.push(line));
    this.exited = new Promise((resolve) => child.on('exit', (code) => resolve(code)));
  }

  static async start(command: AgentCommand, settings: Record<string, string> = {}): Promise<RuntimeAgent> {
    const port = await freePort();
    const child = spawn(command.program, command.args, {
      env: {
        ...command.env,
        LAMBDOCK_AGENT_HOST: '127.0.0.1',
        LAMBDOCK_AGENT_PORT: String(port),
        LAMBDOCK_AGENT_TOKEN: TOKEN,
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RuntimeAgent(child, port);
  }

  /** An agent and a connection that has said hello. */
  static async connected(command: AgentCommand, settings?: Record<string, string>) {
    const agent = await RuntimeAgent.start(command, settings);
    return {
      agent,
      client: await agent.connect(),
      [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
    };
  }

  /** A connection that has said hello. */
  async connect(token = TOKEN): Promise<AgentClient> {
    const client = await this.dial();
    client.send({ command: 'hello', token });
    client.hello = await client.next('hello');
    return client;
  }

  /** A connection that has said nothing. */
  async dial(): Promise<AgentClient> {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`the agent ended: ${this.output.join('\n')}`);
      try {
        const client = await AgentClient.dial(this.port);
        this.#clients.push(client);
        return client;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10)); // it does not listen yet
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

export interface AgentEvent {
  event: string;
  process?: string;
  port?: number;
  error?: SourceError;
  processes?: { process: string; functionId: string; revision: number; port: number; state: string }[];
  [member: string]: unknown;
}

/** The daemon's end of a connection to an agent. */
export class AgentClient {
  hello: AgentEvent | undefined;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #events: AgentEvent[] = [];
  #ended = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    readLines(
      socket,
      (line) => {
        this.#events.push(JSON.parse(line));
        this.#wake();
      },
      Number.POSITIVE_INFINITY,
    );
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#ended = true;
        this.#wake();
        resolve();
      });
    });
  }

  static dial(port: number): Promise<AgentClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.on('error', () => {}); // `close` follows
        resolve(new AgentClient(socket));
      });
    });
  }

  send(command: object): void {
    this.write(`${JSON.stringify(command)}\n`);
  }

  write(text: string | Buffer): void {
    this.#socket.write(text);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** The next event of one of these kinds; those of other kinds and processes are kept. */
  async next(kinds: string, process?: string): Promise<AgentEvent> {
    const wanted = kinds.split(' ');
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const index = this.#events.findIndex(
        (event) => wanted.includes(event.event) && (process === undefined || event.process === process),
      );
      if (index !== -1) return this.#events.splice(index, 1)[0]!;
      const seen = JSON.stringify(this.#events);
      if (this.#ended) throw new Error(`closed before ${kinds} of ${process}; there are ${seen}`);
      if (Date.now() > deadline) throw new Error(`no ${kinds} of ${process} in time; there are ${seen}`);
      await this.#change();
    }
  }

  /** Whether an event of this kind has come and was not yet asked for. */
  has(kind: string): boolean {
    return this.#events.some(({ event }) => event === kind);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
