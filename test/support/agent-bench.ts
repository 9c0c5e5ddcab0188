import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AgentLanguage } from './agent-code.ts';
import { type AgentClient, type AgentCommand, agentCommand } from './runtime-agent.ts';
import { RuntimeFixture } from './runtime-fixture.ts';

/** In place of a status: it does not answer. */
export const NEVER = 0;

export const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The body at a function's address. */
export async function get(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}

/** Stands in for the object store: by path and query, content or how to fail. */
export class StandInStore {
  readonly objects = new Map<string, string | (() => number)>();
  readonly attempts = new Map<string, number>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const path = request.url!;
      this.attempts.set(path, (this.attempts.get(path) ?? 0) + 1);
      const found = this.objects.get(path);
      if (typeof found === 'string') return void response.end(found);
      const status = found ? found() : 404;
      if (status !== NEVER) response.writeHead(status, { location: '/ok' }).end('no');
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** What tests of the agents share: the languages' environments, a store for code. */
export class AgentBench implements AsyncDisposable {
  readonly store = new StandInStore();
  readonly #fixture: RuntimeFixture;

  private constructor(fixture: RuntimeFixture) {
    this.#fixture = fixture;
  }

  static async create(): Promise<AgentBench> {
    const bench = new AgentBench(await RuntimeFixture.create());
    await bench.store.listen();
    return bench;
  }

  async trial(language: AgentLanguage): Promise<AgentTrial> {
    return new AgentTrial(language, this.#fixture, await agentCommand(this.#fixture, language.name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.store.close();
    await this.#fixture[Symbol.asyncDispose]();
  }
}

/** Makes commands for one language's agent. */
export class AgentTrial {
  readonly command: AgentCommand;
  readonly #language: AgentLanguage;
  readonly #fixture: RuntimeFixture;
  #made = 0;

  constructor(language: AgentLanguage, fixture: RuntimeFixture, command: AgentCommand) {
    this.#language = language;
    this.#fixture = fixture;
    this.command = command;
  }

  /** A `start` of code that lies in a folder of its own. */
  async fromFolder(code: string, more: object = {}) {
    const load = await this.#fixture.write({ [this.#language.entry]: code });
    return { command: 'start', process: this.#id(), revision: `r${this.#made}`, load, ...more };
  }

  /** A `start` of code that the agent puts into a folder of its own. */
  fetching(fetch: object, more: object = {}) {
    const { name, entry } = this.#language;
    const id = this.#id();
    const directory = join(this.#fixture.folder, `fetched-${name}`, id, 'deep');
    const load = { directory, entry, functionId: `f-${id}`, inline: true };
    return { command: 'start', process: id, revision: 'r', load, fetch, ...more };
  }

  withContent(code: string, more?: object) {
    const content = Buffer.from(code).toString('base64');
    return this.fetching({ content, sha256: sha256(code) }, more);
  }

  /** Sends a `start` and resolves with its port once it is ready. */
  async run(client: AgentClient, start: { process: string }): Promise<number> {
    client.send(start);
    const { event, error, lines, port } = await client.next('listening failed build-failed', start.process);
    if (event !== 'listening') throw new Error(`${event}: ${JSON.stringify(error ?? lines)}`);
    await client.next('ready', start.process);
    return port!;
  }

  #id(): string {
    return `p${process.pid}-${++this.#made}`;
  }
}
