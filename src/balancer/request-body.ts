import type { IncomingMessage } from 'node:http';
import { buildRequestTrailers } from './request-head.ts';
import type { UpstreamConnection } from './upstream-connection.ts';

/** Sends a request's body to the upstream as fast as the upstream takes it, and no faster than the client sends it. */
export class RequestBody {
  readonly #req: IncomingMessage;
  readonly #chunked: boolean;
  readonly #onPart: (part: Buffer) => void;
  #connection: UpstreamConnection | undefined;
  #started = false;
  #done = false;
  #chunks = 0;
  /** The first chunk, kept for sending it again as long as it is the only one. */
  #first: Buffer | undefined;

  /** `onPart` is called with every part that the client sends. */
  constructor(req: IncomingMessage, chunked: boolean, onPart: (part: Buffer) => void) {
    this.#req = req;
    this.#chunked = chunked;
    this.#onPart = onPart;
  }

  /** Whether all of it has been handed to the connection. */
  get done(): boolean {
    return this.#done;
  }

  /** Whether it can be sent from its beginning on another connection. */
  get replayable(): boolean {
    return this.#chunks <= 1;
  }

  /** Sends the body, from its beginning, on an established connection. */
  sendOn(connection: UpstreamConnection): void {
    this.#connection = connection;
    if (!this.#started) {
      this.#started = true;
      this.#req.on('data', this.#onData).on('end', this.#onEnd);
      return;
    }
    if (this.#first) this.#write(this.#first);
    if (this.#done) this.#writeEnd();
    else this.#req.resume();
  }

  /** The connection was lost; nothing is read from the client until there is another. */
  hold(): void {
    this.#connection = undefined;
    if (this.#started) this.#req.pause();
  }

  /** The connection takes more. */
  resume(): void {
    if (!this.#done) this.#req.resume();
  }

  /**
   * Gives up. What is left of a body that was begun is read and thrown away, so that the client can read the answer
   * and use its connection again; one that was not begun stays as it is.
   */
  stop(): void {
    this.#connection = undefined;
    this.#first = undefined;
    if (!this.#started) return;
    this.#req.off('data', this.#onData).off('end', this.#onEnd).resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#onPart(chunk);
    this.#first = this.#chunks++ === 0 ? chunk : undefined;
    if (!this.#write(chunk)) this.#req.pause();
  };

  readonly #onEnd = (): void => {
    this.#done = true;
    this.#writeEnd();
  };

  #write(chunk: Buffer): boolean {
    const connection = this.#connection!;
    if (!this.#chunked) return connection.write(chunk);
    connection.cork();
    connection.write(`${chunk.length.toString(16)}\r\n`);
    connection.write(chunk);
    const more = connection.write('\r\n');
    connection.uncork();
    return more;
  }

  #writeEnd(): void {
    if (this.#chunked) this.#connection!.write(buildRequestTrailers(this.#req.rawTrailers));
  }
}
