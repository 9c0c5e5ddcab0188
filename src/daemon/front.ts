import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { isSigned } from '../aws/signed.ts';
import { declineUpgrade } from '../balancer/decline-upgrade.ts';
import { isConsoleRequest } from '../console/paths.ts';
import { readIssuerRequest } from '../services/iam/outbound/address.ts';
import { isPlainInvoke } from '../services/lambda/plain-invoke.ts';
import { readUrlRequest } from '../services/lambda/urls/url-address.ts';
import { sendJson } from '../support/json-response.ts';
import type { Area, Guard, Refusal } from './guard.ts';
import type { LaneExchange } from './lane/exchange.ts';
import { Lane } from './lane/lane.ts';
import type { LaneAnswer } from './lane/options.ts';

type Handle = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

export interface FrontOptions {
  guard: Guard;
  endpoint: { handle: Handle; upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> };
  /** A function's URL; the last argument says whether a page of a site calls that is not known here. */
  functionUrl(req: IncomingMessage, res: ServerResponse, foreign: boolean): Promise<void>;
  /** What verifiers of STS's tokens ask for. */
  tokenIssuer: Handle;
  /** The console's pages and files. */
  console: Handle;
  /** Everything else. */
  api: Handle;
  /** Plain Invokes, past Node's HTTP server. Left out where what they are signed with has to be looked at. */
  invoke?: ((exchange: LaneExchange) => Promise<LaneAnswer>) | undefined;
  /** Called for each request to a function by an endpoint or a URL. */
  onFunctionRequest(): void;
  /** A bug of ours: the caller gets a 500 that does not tell it. */
  onError(error: unknown): void;
}

/** Who is let in at an address that more than this machine's own users can reach. */
export interface Visitors {
  mayConnect(socket: Socket): boolean;
}

const LARGEST_HEAD_BYTES = 64 * 1024;
const INTERNAL_ERROR = 'internal error; the daemon’s log tells more';

/** The one HTTP server: refuses who must not call, then hands endpoints and the API to those who serve them. */
export class Front {
  readonly #options: FrontOptions;
  /** The first one is everybody's. */
  readonly #servers: Server[] = [];
  readonly #lanes: Lane[] = [];
  readonly #open = new Set<ServerResponse>();
  /** Sockets that were handed over: the server itself forgets them, yet does not close before they do. */
  readonly #webSockets = new Set<Duplex>();
  /** Set while closing: called when nothing is left to wait for. */
  #onDrained: (() => void) | undefined;

  constructor(options: FrontOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the address once requests are taken there; rejects with the system's error, EADDRINUSE for one. `visitors`: who
   * may connect, and is served by functions and signed calls only.
   */
  listen(port: number, host: string, visitors?: Visitors): Promise<AddressInfo> {
    const server = this.#createServer(visitors);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host }, () => {
        server.off('error', reject);
        this.#servers.push(server);
        resolve(server.address() as AddressInfo);
      });
    });
  }

  /** Takes no new connections, and cuts those left when `patience` ends or only event streams and web sockets are open. */
  async close(patience: Promise<unknown>): Promise<void> {
    const closed = this.#servers.map(
      (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve());
          server.closeIdleConnections();
        }),
    );
    const drained = new Promise<void>((resolve) => {
      this.#onDrained = resolve;
    });
    // Otherwise a busy client sends the next request, and the next, on a connection that is about to be cut.
    for (const res of this.#open) res.shouldKeepAlive = false;
    for (const lane of this.#lanes) lane.close();
    this.#checkDrained();
    await Promise.race([drained, patience]);
    for (const lane of this.#lanes) lane.destroy();
    for (const server of this.#servers) server.closeAllConnections();
    for (const socket of this.#webSockets) socket.destroy();
    await Promise.all(closed);
  }

  #createServer(visitors: Visitors | undefined): Server {
    const server = createServer({
      maxHeaderSize: LARGEST_HEAD_BYTES,
      keepAliveTimeout: 65_000, // longer than the minute after which clients commonly give up idle connections
      headersTimeout: 66_000,
      requestTimeout: 0, // a body may stream for as long as it likes
      noDelay: true,
    });
    server.maxHeadersCount = 0; // their size is limited; above a number Node drops them, Content-Length too
    const { invoke } = this.#options;
    if (invoke) this.#openLane(server, invoke);
    if (visitors)
      server.prependListener('connection', (socket) => visitors.mayConnect(socket) || socket.destroy());
    server.on('request', (req, res) => this.#onRequest(req, res, visitors !== undefined));
    server.on('upgrade', (req, socket, head) => this.#onUpgrade(server, req, socket, head));
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuseMalformed(error, socket));
    return server;
  }

  /** Lets connections begin beside the server, which takes each over with the first request that is no plain Invoke. */
  #openLane(server: Server, invoke: NonNullable<FrontOptions['invoke']>): void {
    const [serve] = server.listeners('connection') as ((socket: Socket) => void)[];
    server.off('connection', serve!);
    const { guard, onError } = this.#options;
    const lane = new Lane({
      fits: ({ path, headers }, socket) =>
        isPlainInvoke(path, headers) &&
        guard.knowsHost(headers.host, socket) &&
        !readUrlRequest({ url: path, headers }),
      answer: (exchange) => invoke(exchange).catch((error) => failed(error, onError)),
      handOver: (socket, bytes) => {
        serve!.call(server, socket);
        socket.emit('data', bytes);
      },
      onAnswered: () => this.#checkDrained(),
    });
    this.#lanes.push(lane);
    server.on('connection', (socket) => lane.take(socket));
  }

  #track(res: ServerResponse): void {
    this.#open.add(res);
    if (this.#onDrained) res.shouldKeepAlive = false;
    res.once('close', () => {
      this.#open.delete(res);
      if (!this.#onDrained) return;
      for (const server of this.#servers) server.closeIdleConnections();
      this.#checkDrained();
    });
  }

  /** Event streams never end by themselves, so nobody waits for them. */
  #checkDrained(): void {
    if (!this.#onDrained) return;
    const waiting = [...this.#open].filter(
      (res) => !String(res.getHeader('content-type')).startsWith('text/event-stream'),
    );
    if (waiting.length === 0 && this.#lanes.every(({ busy }) => busy === 0)) this.#onDrained();
  }

  #onRequest(req: IncomingMessage, res: ServerResponse, visiting: boolean): void {
    const { guard, onError, onFunctionRequest } = this.#options;
    this.#track(res);
    const area = areaOf(req);
    const refusal = guard.check(req, area) ?? (visiting ? refuseVisitor(req, area) : undefined);
    if (refusal) {
      // The connection stays: closing it while a body arrives would reset it, and the refusal might not be seen.
      const headers: Record<string, string> = {};
      if (refusal.status === 401) headers['www-authenticate'] = 'Bearer realm="lambdock"';
      const origin = guard.corsOrigin(req);
      if (origin !== undefined) headers['access-control-allow-origin'] = origin;
      sendJson(res, refusal.status, { error: refusal.message }, headers);
      return;
    }
    if (area === 'endpoint' || area === 'function-url') onFunctionRequest();
    Promise.resolve(this.#dispatch(area, req, res)).catch((error: unknown) => {
      onError(error);
      if (res.headersSent) res.destroy();
      else sendJson(res, 500, { error: INTERNAL_ERROR });
    });
  }

  #dispatch(area: Area, req: IncomingMessage, res: ServerResponse): void | Promise<void> {
    const { guard, endpoint, functionUrl, tokenIssuer, console, api } = this.#options;
    if (area === 'endpoint') return endpoint.handle(req, res);
    if (area === 'console') return console(req, res);
    if (area === 'token-issuer') return tokenIssuer(req, res);
    return area === 'function-url' ? functionUrl(req, res, guard.isForeign(req)) : api(req, res);
  }

  #onUpgrade(server: Server, req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const earlier = [...this.#open].find((res) => res.req.socket === socket);
    if (earlier) {
      this.#upgradeAfter(earlier, server, req, socket, head);
      return;
    }
    if (req.headers.upgrade?.toLowerCase() !== 'websocket') {
      declineUpgrade(server, req, socket, head);
      return;
    }
    socket.on('error', () => socket.destroy());
    this.#webSockets.add(socket);
    socket.once('close', () => this.#webSockets.delete(socket));
    const refusal = this.#options.guard.check(req, 'endpoint');
    if (refusal) {
      refuse(socket, '403 Forbidden', refusal.message);
    } else if (!isEndpoint(req.url!)) {
      refuse(socket, '404 Not Found', 'only endpoints take web sockets');
    } else {
      this.#options.endpoint.upgrade(req, socket, head).catch((error: unknown) => {
        this.#options.onError(error);
        socket.destroy();
      });
    }
  }

  /** A client that does not wait for its answers gets them in order. */
  #upgradeAfter(
    earlier: ServerResponse,
    server: Server,
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    const onError = () => socket.destroy();
    socket.on('error', onError);
    earlier.once('close', () => {
      if (socket.destroyed) return;
      socket.off('error', onError);
      this.#onUpgrade(server, req, socket, head);
    });
  }
}

const OPEN_AREAS: ReadonlySet<Area> = new Set(['endpoint', 'function-url', 'token-issuer']);

/** Code of functions calls other functions and AWS's API; it has no business with the platform's own. */
function refuseVisitor(req: IncomingMessage, area: Area): Refusal | undefined {
  if (OPEN_AREAS.has(area) || (area === 'api' && isSigned(req))) return undefined;
  return { status: 403, message: 'containers may call functions and, signed, the AWS API; nothing else' };
}

function failed(error: unknown, onError: (error: unknown) => void): LaneAnswer {
  onError(error);
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 500, headers, body: JSON.stringify({ error: INTERNAL_ERROR }) };
}

/** A function's host name has all paths to itself. */
function areaOf(req: IncomingMessage): Area {
  if (readUrlRequest(req)) return 'function-url';
  if (isEndpoint(req.url!)) return 'endpoint';
  if (readIssuerRequest(req.url!)) return 'token-issuer';
  if (isConsoleRequest(req) && !isSigned(req)) return 'console';
  return isExchangePath(req.url!) ? 'exchanges' : 'api';
}

function isEndpoint(url: string): boolean {
  return url.startsWith('/endpoint/') || url === '/endpoint';
}

/** As it stands: the routes behind it don't resolve dots or escapes either. */
function isExchangePath(url: string): boolean {
  return url.startsWith('/_lambdock/exchanges');
}

function refuseMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
  } else if (error.code === 'HPE_HEADER_OVERFLOW') {
    refuse(
      socket,
      '431 Request Header Fields Too Large',
      `headers are larger than ${LARGEST_HEAD_BYTES / 1024} kB`,
    );
  } else {
    refuse(socket, '400 Bad Request', 'not a valid HTTP request');
  }
}

function refuse(socket: Duplex, status: string, message: string): void {
  const body = JSON.stringify({ error: message });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
