import type { Socket } from 'node:net';
import type { SmallRequest } from './request-reader.ts';

/** A request under way. */
export class LaneExchange implements SmallRequest {
  readonly path: string;
  readonly headers: SmallRequest['headers'];
  readonly body: Buffer;
  readonly socket: Socket;
  #gone: AbortController | undefined;
  #abandoned = false;

  constructor({ path, headers, body }: SmallRequest, socket: Socket) {
    this.path = path;
    this.headers = headers;
    this.body = body;
    this.socket = socket;
  }

  /** Aborts when the client has gone away. Made when it is first asked for. */
  get signal(): AbortSignal {
    if (!this.#gone) {
      this.#gone = new AbortController();
      if (this.#abandoned) this.abandon();
    }
    return this.#gone.signal;
  }

  /** The client has gone away. */
  abandon(): void {
    this.#abandoned = true;
    this.#gone?.abort(new Error('the client went away'));
  }
}
