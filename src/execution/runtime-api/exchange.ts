import type { Socket } from 'node:net';
import type { Fields, RequestHead } from './request-reader.ts';

/** Where the body of a request goes. */
export interface BodySink {
  data(bytes: Buffer): void;
  end(trailers: Fields): void;
  /** The client went away before the end. */
  abort(): void;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  500: 'Internal Server Error',
};

/** One system call for head and body pays for copying a body up to this size. */
const WORTH_COPYING = 64 * 1024;

/** One request and the answer to it. */
export class Exchange {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly fields: Fields;
  /** Called when the client went away before it was answered. */
  onClose: (() => void) | undefined;

  readonly #socket: Socket;
  readonly #keepAlive: boolean;
  readonly #onAnswered: () => void;
  #done = false;

  constructor(head: RequestHead, socket: Socket, onAnswered: () => void) {
    const query = head.target.indexOf('?');
    this.method = head.method;
    this.path = query === -1 ? head.target : head.target.slice(0, query);
    this.fields = head.fields;
    this.#socket = socket;
    this.#keepAlive = head.keepAlive;
    this.#onAnswered = onAnswered;
  }

  /** True once it is answered or the client has gone. */
  get done(): boolean {
    return this.#done;
  }

  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** Answers. `fields` are lines with their `\r\n`. What comes after the first answer is ignored. */
  send(status: number, fields: string, body: Uint8Array | string): void {
    if (this.#done) return;
    this.#done = true;
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    const closing = this.#keepAlive ? '' : 'Connection: close\r\n';
    const head = `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}\r\n${fields}Content-Length: ${length}\r\n${closing}\r\n`;
    write(this.#socket, head, body, length);
    this.#onAnswered();
  }

  sendJson(status: number, body: object): void {
    this.send(status, 'Content-Type: application/json\r\n', JSON.stringify(body));
  }

  /** As the Runtime API tells an error. */
  refuse(status: number, errorType: string, errorMessage: string): void {
    this.sendJson(status, { errorMessage, errorType });
  }

  /** Reads no more of the body for now. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The connection is gone. */
  close(): void {
    if (this.#done) return;
    this.#done = true;
    this.onClose?.();
  }
}

function write(socket: Socket, head: string, body: Uint8Array | string, length: number): void {
  if (length > WORTH_COPYING) {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
    return;
  }
  const bytes = Buffer.allocUnsafe(head.length + length);
  bytes.write(head, 0, 'latin1');
  if (typeof body === 'string') bytes.write(body, head.length);
  else bytes.set(body, head.length);
  socket.write(bytes);
}

/** Gathers a body of at most `longest` bytes; of a longer one `onEnd` gets undefined once all of it has come. */
export class BodyCollector implements BodySink {
  readonly #longest: number;
  readonly #onEnd: (body: Buffer | undefined) => void;
  readonly #onAbort: () => void;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(longest: number, onEnd: (body: Buffer | undefined) => void, onAbort: () => void = () => {}) {
    this.#longest = longest;
    this.#onEnd = onEnd;
    this.#onAbort = onAbort;
  }

  data(bytes: Buffer): void {
    this.#size += bytes.length;
    if (this.#size <= this.#longest) this.#parts.push(bytes);
    else this.#parts = [];
  }

  end(): void {
    if (this.#size > this.#longest) return void this.#onEnd(undefined);
    this.#onEnd(this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts));
  }

  abort(): void {
    this.#onAbort();
  }
}
