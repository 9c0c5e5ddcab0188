import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Milliseconds } from '../clock/clock.ts';
import { sendPresignedObject } from '../platform/presigned-download.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import type { Presigner } from '../storage/objects/presign.ts';
import { sendJson } from '../support/json-response.ts';
import type { CodeRoute, CodeRoutes, HostView } from '../workloads/docker/reach.ts';

export interface CodeListenerOptions {
  objects: ObjectStore;
  presigner: Presigner;
  /** The object store itself, where containers may reach it without us. */
  direct: CodeRoute | undefined;
  onError(error: unknown): void;
}

/** A container fetches its code as soon as it is told where it is. */
const LIFETIME: Milliseconds = 5 * 60_000;

/**
 * Serves stored code to containers, on addresses where the daemon's own port can't be reached from them. Nothing but
 * objects with a valid signature can be had there.
 */
export class CodeListener implements CodeRoutes, AsyncDisposable {
  readonly #options: CodeListenerOptions;
  readonly #servers = new Map<string, Promise<Server | undefined>>();

  constructor(options: CodeListenerOptions) {
    this.#options = options;
  }

  async open(views: readonly HostView[]): Promise<CodeRoute[]> {
    const routes: CodeRoute[] = this.#options.direct ? [this.#options.direct] : [];
    for (const { bind, names } of views) {
      const server = await this.#listen(bind);
      if (!server) continue;
      const { port } = server.address() as AddressInfo;
      for (const name of names) routes.push(this.#route(`http://${name}:${port}`));
    }
    return routes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = await Promise.all(this.#servers.values());
    await Promise.all(servers.map((server) => server && closeServer(server)));
  }

  #route(baseUrl: string): CodeRoute {
    const { presigner } = this.#options;
    return {
      name: `lambdock at ${baseUrl}`,
      probeUrl: `${baseUrl}/`,
      sign: async (bucket, key) => presigner.signGet(bucket, key, LIFETIME, baseUrl),
    };
  }

  /** Undefined where the address is not this machine's. */
  #listen(host: string): Promise<Server | undefined> {
    const known = this.#servers.get(host);
    if (known) return known;
    const listening = new Promise<Server | undefined>((resolve) => {
      const { objects, presigner, onError } = this.#options;
      const server = createServer((req, res) => {
        const signed = req.method === 'GET' && req.url!.includes('X-Amz-Signature=');
        if (!signed) return sendJson(res, 404, { error: 'only stored code is served here' });
        sendPresignedObject(objects, presigner, req, res).catch((error: unknown) => {
          onError(error);
          if (res.headersSent) res.destroy();
          else sendJson(res, 503, { error: 'the code can’t be read now' });
        });
      });
      server.once('error', () => resolve(undefined));
      server.listen({ host, port: 0 }, () => resolve(server));
    });
    this.#servers.set(host, listening);
    return listening;
  }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
