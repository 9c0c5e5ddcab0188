import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeploymentStatus } from '../../../src/execution/deployment.ts';
import type { JournalEntry, JournalEvent } from '../../../src/journal/journal.ts';
import { NEVER_IDLE } from '../../support/never-idle.ts';

export interface FakeFunction {
  id: string;
  title: string;
  status?: Partial<DeploymentStatus>;
  logs?: { stream: 'stdout' | 'stderr'; text: string }[];
}

/** The daemon's API as far as the command line uses it, answered from memory, over a real socket. */
export class FakeDaemon implements AsyncDisposable {
  functions: FakeFunction[] = [];
  /** What it was asked, as `METHOD /path`. */
  readonly requests: string[] = [];
  /** Bodies of what it was sent. */
  readonly bodies: unknown[] = [];
  token: string | undefined;
  dataDirectory = '/data/of/the/fake';
  onStop = () => {};
  readonly #server = createServer(NEVER_IDLE, (req, res) => this.#answer(req, res));
  readonly #followers = new Set<ServerResponse>();
  #seq = 0;
  #port = 0;

  /** Listens on `port`, any free one by default. */
  async listen(port = 0): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  /** Tells everybody who follows the journal. */
  record(event: JournalEvent): void {
    const entry = { seq: ++this.#seq, time: '2026-01-01T00:00:00.000Z', ...event } as JournalEntry;
    for (const follower of this.#followers)
      follower.write(`id: ${entry.seq}\ndata: ${JSON.stringify(entry)}\n\n`);
  }

  get followers(): number {
    return this.#followers.size;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(req.url!, this.url);
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    this.requests.push(`${req.method} ${req.url}`);
    if (body) this.bodies.push(JSON.parse(body));
    if (this.token && req.headers.authorization !== `Bearer ${this.token}`)
      return json(res, 401, { error: 'this call needs a token' });
    const one = /^\/lambda\/([0-9a-f]+)\/(status|logs)$/.exec(pathname);
    if (one) return this.#answerAbout(one[1]!, one[2]!, searchParams, res);
    switch (`${req.method} ${pathname}`) {
      case 'GET /_lambdock/health':
        return json(res, 200, {
          ready: true,
          version: '0.0.0-fake',
          pid: process.pid,
          dataDirectory: this.dataDirectory,
          functions: this.functions.length,
        });
      case 'GET /_lambdock/journal':
        stream(res);
        this.#followers.add(res);
        res.on('close', () => this.#followers.delete(res));
        return;
      case 'POST /_lambdock/link': {
        const { title } = JSON.parse(body) as { title?: string };
        const linked = { id: 'a'.repeat(24), title: title ?? 'linked', runtime: 'node', version: '20' };
        if (!this.functions.some(({ id }) => id === linked.id)) this.functions.push(linked);
        return json(res, 200, { ...linked, endpoint: `/endpoint/${linked.id}` });
      }
      case 'POST /_lambdock/reset':
        return json(res, 200, { removed: this.functions.splice(0).length });
      case 'POST /_lambdock/stop':
        json(res, 200, { stopping: true });
        return this.onStop();
      case 'GET /lambda/list': {
        const page = Number(searchParams.get('page'));
        const limit = Number(searchParams.get('limit'));
        return json(res, 200, {
          lambdas: this.functions
            .slice((page - 1) * limit, page * limit)
            .map(({ id, title }) => ({ id, title, runtime: 'node', version: '20' })),
          pages: Math.ceil(this.functions.length / limit),
          cnt: this.functions.length,
        });
      }
      case 'DELETE /lambda':
        this.functions = this.functions.filter(({ id }) => id !== searchParams.get('id'));
        return json(res, 200, {});
      default:
        return json(res, 404, { error: `nothing at ${pathname}` });
    }
  }

  #answerAbout(id: string, what: string, query: URLSearchParams, res: ServerResponse): void {
    const found = this.functions.find((item) => item.id === id);
    if (!found) {
      json(res, 404, { error: `no function ${id}` });
      return;
    }
    if (what === 'status') {
      json(res, 200, { state: 'ready', replicas: { desired: 1, ready: 1 }, ...found.status });
      return;
    }
    stream(res);
    const since = Number(query.get('since') ?? 0);
    (found.logs ?? []).slice(since).forEach((line, index) => {
      res.write(`id: ${index + 1}\ndata: ${JSON.stringify({ seq: index + 1, ...line })}\n\n`);
    });
    if (query.get('follow') === 'false') res.end();
  }
}

function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function stream(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}
