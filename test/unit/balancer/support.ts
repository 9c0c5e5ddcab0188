import http, { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ForwardOptions, type ForwardOutcome, forward } from '../../../src/balancer/forward.ts';
import { UpstreamPool, type UpstreamPoolOptions } from '../../../src/balancer/upstream-pool.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';

/** A Node HTTP server on a free port, closed with the test. */
export async function serve(handler: RequestListener): Promise<number> {
  const server = http.createServer(handler);
  server.keepAliveTimeout = 75_000;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return await listening(server);
}

/** A server that gets bare sockets, closed with the test. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    onSocket(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return await listening(server);
}

export async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A port that nothing listens on. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Front {
  port: number;
  pool: UpstreamPool;
  clock: ManualClock;
  /** How each exchange ended, in that order. */
  outcomes: ForwardOutcome[];
}

const STATUS = { connect: 503, reset: 502, timeout: 504, protocol: 502 };

/** A server that forwards everything to `upstreamPort` and answers failures with a status and the reason. */
export async function serveForwarder(
  upstreamPort: number,
  options: Partial<ForwardOptions> & Partial<UpstreamPoolOptions> = {},
  prepare?: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<Front> {
  const clock = new ManualClock();
  const pool = new UpstreamPool({ clock, port: upstreamPort, ...options });
  const outcomes: ForwardOutcome[] = [];
  const port = await serve(async (req, res) => {
    prepare?.(req, res);
    const outcome = await forward(req, res, { pool, path: req.url!, timeout: 10_000, ...options });
    outcomes.push(outcome);
    if (outcome.kind === 'failed' && !outcome.responseStarted)
      res.writeHead(STATUS[outcome.reason]).end(outcome.reason);
  });
  onTestFinished(() => pool.destroy());
  return { port, pool, clock, outcomes };
}

export interface Answer {
  status: number;
  reason: string;
  headers: http.IncomingHttpHeaders;
  rawHeaders: string[];
  body: Buffer;
  text: string;
  trailers: NodeJS.Dict<string>;
}

export interface Ask {
  method?: string;
  path?: string;
  headers?: http.OutgoingHttpHeaders | string[];
  body?: string | Buffer;
  agent?: http.Agent;
}

/** One request with Node's own client; rejects when the answer is cut short. */
export function ask(port: number, options: Ask = {}): Promise<Answer> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const req = http.request({ host: '127.0.0.1', port, agent: false, ...rest } as http.RequestOptions);
    req.on('error', reject).on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
      res.on('end', () => {
        const all = Buffer.concat(chunks);
        resolve({
          status: res.statusCode!,
          reason: res.statusMessage!,
          headers: res.headers,
          rawHeaders: res.rawHeaders,
          body: all,
          text: all.toString(),
          trailers: res.trailers,
        });
      });
    });
    req.end(body);
  });
}

/** Sends `text` as it is and returns everything that comes back until the server closes. */
export function exchangeRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(received));
  });
}

/** Answers each request head that arrives on a raw upstream socket with the next of the given texts. */
export function replyWith(...replies: string[]): (socket: Socket) => void {
  return (socket) => {
    const left = [...replies];
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (!received.includes('\r\n\r\n')) return;
      received = '';
      const reply = left.shift();
      if (reply !== undefined) socket.write(reply, 'latin1');
    });
  };
}
