import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineEndpoint } from '../../../src/workloads/docker/engine/endpoint.ts';
import { connectEngine, type Engine } from '../../../src/workloads/docker/engine/engine.ts';
import type { EngineVersion } from '../../../src/workloads/docker/engine/ping-engine.ts';
import { NEVER_IDLE } from '../../support/never-idle.ts';

export type Answer =
  | { status?: number; body?: unknown }
  /** One JSON object a line, as builds and pulls answer. */
  | { lines: object[] }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export const VERSION: EngineVersion = {
  version: '27.0.0',
  apiVersion: '1.46',
  os: 'linux',
  podman: false,
  rootless: false,
};

/** Answers on a socket of its own as a Docker engine would, with 404 where nothing was said. */
export class FakeEngine implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'fake-engine-'));
  readonly socket = join(this.folder, 'docker.sock');
  /** `GET /images/json?all=1`. */
  readonly requests: string[] = [];
  readonly #answers = new Map<string, Answer>();
  readonly #server = createServer(NEVER_IDLE, (request, response) => this.#answer(request, response));
  #engine: Engine | undefined;

  constructor() {
    const { version: Version, apiVersion: ApiVersion, os: Os } = VERSION;
    this.on('GET /version', { body: { Version, ApiVersion, Os, Components: [{ Name: 'Engine' }] } });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.socket, resolve));
    return this;
  }

  /** Says what it answers from now on: `GET /version`, without the query. */
  on(request: string, answer: Answer): this {
    this.#answers.set(request, answer);
    return this;
  }

  /** How often something was asked. */
  count(request: string): number {
    return this.requests.filter((one) => one.split('?')[0] === request).length;
  }

  get endpoint(): EngineEndpoint {
    return { address: { kind: 'socket', path: this.socket }, source: { kind: 'usual' } };
  }

  /** The client library on this engine. */
  async connect(): Promise<Engine> {
    this.#engine ??= await connectEngine(this.endpoint, VERSION);
    return this.#engine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#engine?.[Symbol.dispose]();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const asked = `${request.method} ${decodeURIComponent(request.url!)}`;
    this.requests.push(asked);
    const answer = this.#answers.get(asked.split('?')[0]!) ?? {
      status: 404,
      body: { message: `no answer to ${asked}` },
    };
    if (typeof answer === 'function') {
      answer(request, response);
      return;
    }
    request.resume();
    response.setHeader('content-type', 'application/json');
    if ('lines' in answer) {
      response.end(answer.lines.map((line) => `${JSON.stringify(line)}\r\n`).join(''));
      return;
    }
    const { status = 200, body } = answer;
    response.statusCode = status;
    response.end(body === undefined ? '' : JSON.stringify(body));
  }
}
