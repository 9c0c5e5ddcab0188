import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Milliseconds } from '../clock/clock.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';
import { readEvents, type ServerSentEvent } from './server-sent-events.ts';

/** Nobody answers at the daemon's URL. */
export class Unreachable extends CliError {
  constructor(url: string, cause: unknown) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
    super(`No lambdock answers at ${url} (${reason})`, EXIT.unreachable, [
      'start one with: lambdock start',
      'or name another one with --url or LAMBDOCK_URL',
    ]);
    this.cause = cause;
  }
}

/** The daemon refused; the message is the one it gave. */
export class Refused extends CliError {
  readonly status: number;

  constructor(status: number, message: string) {
    const ways =
      status === 401
        ? ['give its token with LAMBDOCK_TOKEN; "lambdock start" printed it, if it made one up']
        : [];
    super(message, status === 404 ? EXIT.notFound : EXIT.failed, ways);
    this.status = status;
  }
}

const ANSWER_TIMEOUT: Milliseconds = 120_000;

/** Speaks to a daemon over HTTP. Rejects with Unreachable or Refused. */
export class DaemonClient {
  readonly url: string;
  readonly token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.token = token;
  }

  /** Sends JSON, if any, and reads the JSON answer. The caller knows its shape. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    options: { timeout?: Milliseconds; signal?: AbortSignal } = {},
  ): Promise<T> {
    const response = await this.#send(method, path, {
      accept: 'application/json',
      timeout: options.timeout ?? ANSWER_TIMEOUT,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(options.signal && { signal: options.signal }),
    });
    const content = await text(response).catch((error: unknown) => {
      throw new Unreachable(this.url, error);
    });
    return this.#parse(response, content) as T;
  }

  /**
   * Resolves once an SSE endpoint has begun to answer, with its events until the daemon or `signal` ends them. Reading
   * rejects with Unreachable when they are cut off.
   */
  async events(path: string, signal: AbortSignal): Promise<AsyncGenerator<ServerSentEvent>> {
    const response = await this.#send('GET', path, { accept: 'text/event-stream', signal });
    if (response.statusCode !== 200) this.#parse(response, await text(response));
    return this.#readEvents(response, signal);
  }

  async *#readEvents(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<ServerSentEvent> {
    try {
      yield* readEvents(response);
    } catch (error) {
      if (signal.aborted) return;
      throw new Unreachable(this.url, error);
    }
  }

  async #send(
    method: string,
    path: string,
    options: { accept: string; body?: string; timeout?: Milliseconds; signal?: AbortSignal },
  ): Promise<IncomingMessage> {
    const { accept, body, timeout, signal } = options;
    // TLS takes longer to load than all else that most starts and commands need.
    const send = this.url.startsWith('https:') ? (await import('node:https')).request : request;
    return new Promise((resolve, reject) => {
      const call = send(new URL(path, this.url), {
        method,
        agent: false,
        headers: {
          accept,
          ...(this.token && { authorization: `Bearer ${this.token}` }),
          ...(body !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          }),
        },
        ...(timeout !== undefined && { timeout }),
        ...(signal && { signal }),
      });
      call.on('response', resolve);
      call.on('timeout', () => call.destroy(new Error(`no answer within ${timeout! / 1000} s`)));
      call.on('error', (error) => reject(new Unreachable(this.url, error)));
      call.end(body);
    });
  }

  #parse(response: IncomingMessage, content: string): unknown {
    const status = response.statusCode ?? 0;
    let answer: unknown;
    try {
      answer = content === '' ? undefined : JSON.parse(content);
    } catch {
      throw new CliError(`Something else than lambdock answers at ${this.url}`, EXIT.unreachable, [
        'name the daemon with --url or LAMBDOCK_URL',
      ]);
    }
    if (status >= 200 && status < 300) return answer;
    const message = (answer as { error?: unknown } | undefined)?.error;
    throw new Refused(status, typeof message === 'string' ? message : `${this.url} answered ${status}`);
  }
}
