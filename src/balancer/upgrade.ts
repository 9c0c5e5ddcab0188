import { type ClientRequest, type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { createProxyMiddleware, type Plugin } from 'http-proxy-middleware';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { clientAddress } from './request-head.ts';

export interface UpgradeOptions {
  clock: Clock;
  port: number;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** The path and query to ask the upstream for, already percent-encoded. */
  path: string;
  /** The path the request came under and the upstream does not see; sent as X-Forwarded-Prefix. */
  prefix?: string | undefined;
  /** How long the upstream may take to answer the request. */
  timeout: Milliseconds;
  /** Closes both sides when it aborts. */
  signal?: AbortSignal | undefined;
}

export type UpgradeOutcome =
  /** The upstream switched protocols; both sides are closed by now. */
  | { kind: 'switched' }
  /** The upstream gave an ordinary answer instead, and the client got it. */
  | { kind: 'refused'; status: number }
  /** The client went away, or the signal aborted, before the upstream answered. */
  | { kind: 'aborted' }
  /** The upstream could not be asked or did not answer; the client got a 502 or 504. */
  | { kind: 'failed'; reason: 'upstream' | 'timeout'; error: Error };

/** How long an upstream may go on sending after the client has ended its side: many never look for that. */
const LAST_WORDS: Milliseconds = 1_000;

/**
 * Forwards a request to switch protocols, such as a web socket's, and then carries bytes both ways until either side
 * closes. Answers the client in every case; resolves when both sockets are closed, and never rejects.
 * For the `upgrade` event of an HTTP server.
 */
export function forwardUpgrade(
  req: IncomingMessage,
  client: Duplex,
  head: Buffer,
  options: UpgradeOptions,
): Promise<UpgradeOutcome> {
  return new Promise((resolve) => {
    new Upgrade(req, client, options, resolve).start(head);
  });
}

/** Answers a request to switch protocols with an error in the platform's shape, and closes. */
export function refuseUpgrade(client: Duplex, status: number, message: string): void {
  // A client that goes away meanwhile must not end the process.
  client.on('error', () => {});
  const body = Buffer.from(JSON.stringify({ error: message }));
  client.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
  );
  client.write(body);
  endThenDestroy(client);
}

class Upgrade {
  readonly #req: IncomingMessage;
  readonly #client: Duplex;
  readonly #options: UpgradeOptions;
  readonly #cancelTimeout: () => void;
  #outcome: UpgradeOutcome = { kind: 'aborted' };
  #request: ClientRequest | undefined;
  #upstream: Duplex | undefined;
  #clientClosed = false;

  constructor(
    req: IncomingMessage,
    client: Duplex,
    options: UpgradeOptions,
    settle: (outcome: UpgradeOutcome) => void,
  ) {
    this.#req = req;
    this.#client = client;
    this.#options = options;
    const { signal } = options;
    const abort = () => this.#close();
    const timer = options.clock.after(options.timeout, () => this.#onTimeout());
    this.#cancelTimeout = () => timer.cancel();
    signal?.addEventListener('abort', abort);
    client.once('close', () => {
      timer.cancel();
      signal?.removeEventListener('abort', abort);
      this.#clientClosed = true;
      this.#close();
      settle(this.#outcome);
    });
    // A reset by the client; 'close' follows.
    client.on('error', () => {});
  }

  start(head: Buffer): void {
    if (this.#options.signal?.aborted || this.#client.destroyed) {
      this.#close();
      return;
    }
    const { host = '127.0.0.1', port, path } = this.#options;
    const proxy = createProxyMiddleware({
      target: { protocol: 'http:', host, port },
      pathRewrite: () => path,
      // The stock ones log, and answer errors by closing the socket.
      ejectPlugins: true,
      plugins: [this.#plugin],
    });
    proxy.upgrade(this.#req, this.#client as Parameters<typeof proxy.upgrade>[1], head);
  }

  readonly #plugin: Plugin = (proxy) => {
    proxy.on('proxyReqWs', (request) => this.#onRequest(request));
    proxy.on('open', (upstream) => this.#onSwitched(upstream));
    proxy.on('error', (error) => this.#fail(error));
  };

  #onRequest(request: ClientRequest): void {
    this.#request = request;
    const { headers, socket } = this.#req;
    const { prefix } = this.#options;
    const before = headers['x-forwarded-for'];
    request.setHeader('X-Forwarded-For', `${before ? `${before}, ` : ''}${clientAddress(socket)}`);
    request.setHeader(
      'X-Forwarded-Proto',
      headers['x-forwarded-proto'] ?? ('encrypted' in socket ? 'https' : 'http'),
    );
    request.setHeader('X-Forwarded-Host', headers['x-forwarded-host'] ?? headers.host ?? '');
    request.setHeader('X-Forwarded-Port', headers['x-forwarded-port'] ?? String(socket.localPort ?? ''));
    if (prefix !== undefined) request.setHeader('X-Forwarded-Prefix', prefix);
    request.once('response', (response) => {
      this.#cancelTimeout();
      this.#outcome = { kind: 'refused', status: response.statusCode! };
      // The proxy copies these fields and then the body without its chunk framing, ended by the connection's end.
      delete response.headers['transfer-encoding'];
      delete response.headers['keep-alive'];
      response.headers.connection = 'close';
      response.once('close', () => endThenDestroy(this.#client));
    });
  }

  #onSwitched(upstream: Duplex): void {
    this.#cancelTimeout();
    this.#outcome = { kind: 'switched' };
    this.#upstream = upstream;
    this.#client.once('end', () => {
      const timer = this.#options.clock.after(LAST_WORDS, () => this.#close());
      this.#client.once('close', () => timer.cancel());
    });
    // The proxy's pipes end a side when the other ends, but not when it breaks.
    upstream.once('close', () => endThenDestroy(this.#client));
    if (this.#clientClosed) this.#close();
  }

  #onTimeout(): void {
    this.#fail(new Error(`the upstream did not respond within ${this.#options.timeout} ms`), 'timeout');
    this.#request?.destroy();
  }

  #fail(error: Error, reason: 'upstream' | 'timeout' = 'upstream'): void {
    if (this.#outcome.kind !== 'aborted' || this.#clientClosed) return;
    this.#cancelTimeout();
    this.#outcome = { kind: 'failed', reason, error };
    if (reason === 'timeout') refuseUpgrade(this.#client, 504, error.message);
    else refuseUpgrade(this.#client, 502, 'the upstream did not accept the connection');
  }

  #close(): void {
    this.#client.destroy();
    this.#request?.destroy();
    if (this.#upstream) endThenDestroy(this.#upstream);
  }
}

/** Sends what was written, then closes without waiting for the other side to do the same. */
function endThenDestroy(socket: Duplex): void {
  if (socket.destroyed) return;
  socket.end(() => socket.destroy());
}
