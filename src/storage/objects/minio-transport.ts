import * as http from 'node:http';
import * as https from 'node:https';
import type { Milliseconds } from '../../clock/clock.ts';
import { NoAnswer, ServerFailure } from './minio-errors.ts';

const LONGEST_ERROR_BYTES = 64 * 1024;
const MOST_CONNECTIONS = 32;

/**
 * The HTTP below the MinIO client, which itself has no time-outs, loses what a 5xx answer says, and can't be closed.
 * The time-out counts while nothing moves; it is the socket's own, since only that knows of an upload that goes on.
 */
export class MinioTransport implements Disposable {
  readonly agent: http.Agent;
  readonly #send: typeof http.request;
  readonly #timeout: Milliseconds;
  readonly #live = new Set<http.ClientRequest>();

  constructor(secure: boolean, timeout: Milliseconds) {
    const { Agent, request } = secure ? https : http;
    this.agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
    this.#send = request as typeof http.request;
    this.#timeout = timeout;
  }

  /** In the form in which the client takes it. */
  get request(): typeof http.request {
    return ((options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) =>
      this.#request(options, onResponse)) as typeof http.request;
  }

  /** Breaks off all that is under way. */
  [Symbol.dispose](): void {
    for (const request of this.#live) request.destroy(new Error('the object store is closing'));
    this.agent.destroy();
  }

  #request(
    options: http.RequestOptions,
    onResponse: (response: http.IncomingMessage) => void,
  ): http.ClientRequest {
    let response: http.IncomingMessage | undefined;
    const request = this.#send({ ...options, timeout: this.#timeout }, (message) => {
      response = message;
      const status = message.statusCode ?? 0;
      if (status < 500) return onResponse(message);
      failureOf(status, message).then((error) => request.emit('error', error));
    });
    this.#live.add(request);
    request.once('close', () => this.#live.delete(request));
    request.on('timeout', () => {
      // The reader has not taken what is here, and so does not ask for more.
      if (response && response.readableLength > 0) request.socket?.setTimeout(this.#timeout);
      else (response ?? request).destroy(new NoAnswer(`nothing for ${this.#timeout / 1000} s`));
    });
    return request;
  }
}

async function failureOf(status: number, response: http.IncomingMessage): Promise<ServerFailure> {
  let text = '';
  try {
    for await (const chunk of response) if (text.length < LONGEST_ERROR_BYTES) text += chunk;
  } catch {
    // Cut off; the status says enough.
  }
  const header = response.headers['x-minio-error-code'];
  const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? (typeof header === 'string' ? header : undefined);
  return new ServerFailure(status, code);
}
