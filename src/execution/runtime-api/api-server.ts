import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type BodySink, Exchange } from './exchange.ts';
import { RequestReader } from './request-reader.ts';

/** Answers an exchange, now or later; a sink that it returns gets the body. */
export type ExchangeHandler = (exchange: Exchange) => BodySink | undefined;

/** A client may send this much ahead of an answer before it has to wait. */
const MOST_AHEAD = 64 * 1024;

/**
 * The HTTP server that one environment's runtime and extensions talk to. AWS_LAMBDA_RUNTIME_API holds nothing but host
 * and port, so each environment has a port of its own: that tells environments apart without any token, costs a file
 * descriptor, and was measured to take 0.1 ms to open.
 */
export class ApiServer {
  /** Who answers; a pre-started environment gets another one when it gets its function. */
  handler: ExchangeHandler = (exchange) => void exchange.refuse(404, 'InvalidRequest', '404 page not found');

  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #hosts: readonly string[] = [];

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  /** Resolves to the port. `name`: by which clients elsewhere call the address. */
  async listen(host: string, name = host): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, host, resolve);
    });
    const { port } = this.#server.address() as AddressInfo;
    this.#hosts = [`${host}:${port}`, `${name}:${port}`, `localhost:${port}`];
    return port;
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#sockets.size;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let exchange: Exchange | undefined;
    let sink: BodySink | undefined;
    let ended = true;
    /** Both the request's end and its answer are there. */
    const goOn = () => {
      if (!ended || !exchange?.done) return;
      if (!exchange.keepAlive) return void socket.end();
      socket.resume();
      // Not at once: the answer may have been given from within the reader.
      if (reader.waiting > 0) setImmediate(() => attempt(() => reader.resume()));
      else reader.resume();
    };
    const attempt = (read: () => void) => {
      try {
        read();
      } catch {
        const refusal = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
        socket.end(refusal, () => socket.destroy());
      }
    };
    const reader = new RequestReader({
      onHead: (head) => {
        ended = false;
        exchange = new Exchange(head, socket, goOn);
        // A web page can make a browser send requests here. Browsers say where from; runtimes have no origin.
        if (head.fields.has('origin') || !this.#isOurs(head.fields.get('host'))) {
          sink = undefined;
          exchange.refuse(403, 'AccessDenied', 'Only the runtime of this environment may call');
          return;
        }
        if (head.expectsContinue) socket.write('HTTP/1.1 100 Continue\r\n\r\n');
        sink = this.handler(exchange);
      },
      onBody: (bytes) => sink?.data(bytes),
      onEnd: (trailers) => {
        ended = true;
        sink?.end(trailers);
        sink = undefined;
        goOn();
      },
    });
    socket.on('data', (bytes) => {
      attempt(() => reader.push(bytes));
      if (reader.waiting > MOST_AHEAD) socket.pause();
    });
    socket.on('error', () => {}); // 'close' follows
    socket.on('close', () => {
      this.#sockets.delete(socket);
      sink?.abort();
      sink = undefined;
      exchange?.close();
    });
  }

  /** A name that some other server of the network has pointed here gives a web page no way in. */
  #isOurs(host: string | undefined): boolean {
    return host === undefined || this.#hosts.includes(host);
  }
}
