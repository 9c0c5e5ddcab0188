import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { LaneExchange } from './exchange.ts';
import type { HeaderNames } from './header-names.ts';
import type { HttpDate } from './http-date.ts';
import type { LaneAnswer, LaneOptions } from './options.ts';
import { type RequestHead, readSmallRequest } from './request-reader.ts';

/** Longer than the minute after which clients commonly give up idle connections. */
const IDLE_SECONDS = 65;
/** A client may send this much ahead of an answer before it has to wait. */
const MOST_AHEAD = 64 * 1024;
const WORTH_COPYING = 64 * 1024;

/** What connections have in common. */
interface Lane {
  /** Whether connections end with the answers that they wait for. */
  readonly closing: boolean;
  readonly date: HttpDate;
  readonly names: HeaderNames;
}

/** One connection, for as long as it has nothing but plain requests. */
export class LaneConnection {
  readonly #socket: Socket;
  readonly #lane: Lane;
  readonly #options: LaneOptions;
  readonly #onEnd: () => void;
  #held: Buffer | undefined;
  #exchange: LaneExchange | undefined;

  /** `onEnd`: it is closed, or served by others. */
  constructor(socket: Socket, lane: Lane, options: LaneOptions, onEnd: () => void) {
    this.#socket = socket;
    this.#lane = lane;
    this.#options = options;
    this.#onEnd = onEnd;
    socket.setTimeout(IDLE_SECONDS * 1000);
    socket.on('data', this.#onData).on('timeout', this.#onTimeout).on('end', this.#onClientEnd);
    socket.on('close', this.#onClose).on('error', this.#onError);
  }

  get busy(): boolean {
    return this.#exchange !== undefined;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  readonly #fits = (head: RequestHead): boolean => this.#options.fits(head, this.#socket);

  readonly #onData = (chunk: Buffer): void => {
    this.#held = this.#held ? Buffer.concat([this.#held, chunk]) : chunk;
    if (!this.#exchange) this.#next();
    else if (this.#held.length > MOST_AHEAD) this.#socket.pause();
  };

  /** An idle connection is closed. One that waits for the rest of a body is left to those who know how to refuse it. */
  readonly #onTimeout = (): void => {
    if (this.#exchange) return;
    if (this.#held) this.#handOver(this.#held);
    else this.#socket.destroy();
  };

  /** A client that has closed its side has gone, to all that can be told; Node's server takes it so, too. */
  readonly #onClientEnd = (): void => {
    this.#socket.end();
  };

  readonly #onClose = (): void => {
    this.#onEnd();
    this.#exchange?.abandon();
  };

  readonly #onError = (): void => {}; // 'close' follows

  /** Looks at what has come. */
  #next(): void {
    const bytes = this.#held!;
    const request = readSmallRequest(bytes, this.#lane.names, this.#fits);
    if (request === 'incomplete') return;
    if (!request) {
      this.#handOver(bytes);
      return;
    }
    this.#held = undefined;
    this.#exchange = new LaneExchange(request, this.#socket);
    void this.#options.answer(this.#exchange).then((answer) => this.#send(answer));
  }

  #send(answer: LaneAnswer): void {
    const socket = this.#socket;
    this.#exchange = undefined;
    if (socket.writable) {
      const ends = this.#lane.closing;
      write(socket, headOf(answer, this.#lane.date.now(), ends), answer.body);
      if (ends) socket.end();
      else if (this.#held) this.#goOn();
    }
    this.#options.onAnswered();
  }

  #goOn(): void {
    this.#socket.resume();
    setImmediate(() => {
      if (!this.#socket.destroyed && !this.#exchange && this.#held) this.#next();
    });
  }

  #handOver(bytes: Buffer): void {
    const socket = this.#socket;
    socket.setTimeout(0);
    socket.off('data', this.#onData).off('timeout', this.#onTimeout).off('end', this.#onClientEnd);
    socket.off('close', this.#onClose).off('error', this.#onError);
    this.#onEnd();
    this.#options.handOver(socket, bytes);
  }
}

function headOf({ status, headers, body }: LaneAnswer, date: string, ends: boolean): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const connection = ends
    ? 'Connection: close'
    : `Connection: keep-alive\r\nKeep-Alive: timeout=${IDLE_SECONDS}`;
  return `${head}content-length: ${length}\r\nDate: ${date}\r\n${connection}\r\n\r\n`;
}

/** One system call for both pays for copying a body that is not large. */
function write(socket: Socket, head: string, body: string | Uint8Array): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  if (bytes.length > WORTH_COPYING) {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(bytes);
    socket.uncork();
    return;
  }
  const whole = Buffer.allocUnsafe(head.length + bytes.length);
  whole.write(head, 0, 'latin1');
  whole.set(bytes, head.length);
  socket.write(whole);
}
