import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Milliseconds } from '../clock/clock.ts';
import type { Expiring } from './deadlines.ts';
import type { ForwardFailure, ForwardOptions, ForwardOutcome } from './forward.ts';
import { RequestBody } from './request-body.ts';
import { buildRequestHead } from './request-head.ts';
import { responseFields, responseTrailers, writeResponseHead } from './response-fields.ts';
import { type ResponseHead, UpstreamProtocolError } from './response-head.ts';
import type { ResponseSink } from './response-parser.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { PoolClient } from './upstream-pool.ts';

/** Methods that may be repeated without changing what the first try did (RFC 9110, section 9.2.2). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Body bytes up to this many are copied as a string, which goes out in one write together with the head. */
const SMALL_BODY_BYTES = 16 * 1024;

/**
 * One request and its response, between a client and an upstream. It is at once the pool's client, the parser's sink
 * and its own deadline, so that forwarding a small request creates as few objects as possible.
 */
export class Exchange implements PoolClient, ResponseSink, Expiring {
  due: Milliseconds = 0;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #options: ForwardOptions;
  readonly #settle: (outcome: ForwardOutcome) => void;
  readonly #requestHead: string;
  readonly #requestBody: RequestBody | undefined;
  #connection: UpstreamConnection | undefined;
  #retried = false;
  /** Whether the request went out on any connection. */
  #sentRequest = false;
  #settled = false;
  #head: ResponseHead | undefined;
  #headWritten = false;
  /** Body bytes, one a character, that wait for the end of the present read. */
  #pending = '';
  #trailers: string[] | undefined;
  #clientIsSlow = false;

  constructor(
    req: IncomingMessage,
    res: ServerResponse,
    options: ForwardOptions,
    settle: (outcome: ForwardOutcome) => void,
  ) {
    this.#req = req;
    this.#res = res;
    this.#options = options;
    this.#settle = settle;
    const { text, framing } = buildRequestHead(req, options);
    this.#requestHead = text;
    if (framing !== 'none')
      this.#requestBody = new RequestBody(req, framing === 'chunked', (part) => this.#onRequestBody(part));
  }

  start(): void {
    const { pool, signal } = this.#options;
    this.#res.on('close', this.#abort);
    signal?.addEventListener('abort', this.#abort);
    if (this.#res.destroyed || signal?.aborted) {
      this.#abort();
      return;
    }
    this.#setDeadline();
    pool.deadlines.add(this);
    pool.acquire(this);
  }

  onConnection(connection: UpstreamConnection): void {
    this.#connection = connection;
    // A body is not touched before there is someone to take it: without a connection it can go elsewhere.
    if (connection.connected || !this.#requestBody) this.#send(connection);
  }

  onRefused(): void {
    this.#fail('connect', new Error('the upstream is being stopped'));
  }

  onConnected(): void {
    if (this.#requestBody) this.#send(this.#connection!);
  }

  onData(buffer: Buffer, length: number): boolean {
    const { parser } = this.#connection!;
    try {
      const used = parser.execute(buffer, 0, length);
      if (parser.done) this.#finish(used === length);
      else if (this.#head) this.#flush();
    } catch (error) {
      this.#failProtocol(error);
    }
    return this.#settled || !this.#clientIsSlow;
  }

  onDrain(): void {
    this.#requestBody?.resume();
  }

  onEnd(): void {
    const { parser } = this.#connection!;
    if (parser.finish()) this.#finish(false);
    else
      this.#fail('reset', new Error('the upstream closed its connection before its response was complete'));
  }

  onClosed(error: Error | undefined): void {
    const reason = this.#connection!.connected ? 'reset' : 'connect';
    this.#fail(reason, error ?? new Error('the connection to the upstream was closed'));
  }

  onHead(head: ResponseHead): void {
    this.#head = head;
    this.#options.pool.deadlines.delete(this);
  }

  onBody(buffer: Buffer, start: number, end: number): void {
    if (this.#pending.length + end - start <= SMALL_BODY_BYTES) {
      this.#pending += buffer.toString('latin1', start, end);
      return;
    }
    this.#flush();
    // The buffer belongs to the pool and is read into again at once.
    this.#write(Buffer.from(buffer.subarray(start, end)));
  }

  onComplete(trailers: string[]): void {
    this.#trailers = trailers;
  }

  onDeadline(): void {
    this.#fail('timeout', new Error(`the upstream did not respond within ${this.#options.timeout} ms`));
  }

  #onRequestBody(part: Buffer): void {
    this.#setDeadline();
    this.#options.observer?.onRequestBody(part);
  }

  #setDeadline(): void {
    this.due = this.#options.pool.clock.now() + this.#options.timeout;
  }

  #send(connection: UpstreamConnection): void {
    connection.parser.begin(this.#req.method!, this);
    const body = this.#requestBody;
    if (!body) {
      connection.write(this.#requestHead);
      return;
    }
    // The start of a body is usually there already, and is delivered before the next tick's later callbacks.
    connection.cork();
    connection.write(this.#requestHead);
    body.sendOn(connection);
    process.nextTick(() => connection.uncork());
  }

  /** Writes the response's head and what waits of its body. */
  #flush(): void {
    if (!this.#headWritten) {
      this.#writeHead(undefined);
      if (this.#pending === '') this.#res.flushHeaders();
    }
    if (this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    this.#write(text);
  }

  #writeHead(knownLength: number | undefined): void {
    const head = this.#head!;
    // Node sends trailers only where it chunks the body: not to HTTP/1.0, not beside a length.
    const trailers =
      head.framing === 'chunked' && knownLength === undefined && this.#req.httpVersionMinor > 0;
    const fields = responseFields(head, { knownLength, trailers });
    try {
      writeResponseHead(this.#res, head, fields);
    } catch (cause) {
      throw new UpstreamProtocolError('the response head cannot be passed on', { cause });
    }
    this.#headWritten = true;
    this.#options.observer?.onResponseHead(fields);
  }

  #write(chunk: string | Buffer): void {
    this.#options.observer?.onResponseBody(chunk);
    if (this.#res.write(chunk, 'latin1') || this.#clientIsSlow) return;
    this.#clientIsSlow = true;
    this.#res.once('drain', () => {
      this.#clientIsSlow = false;
      this.#connection?.resume();
    });
  }

  /** The response is complete. `clean`: the upstream sent nothing after it and left the connection open. */
  #finish(clean: boolean): void {
    const connection = this.#connection!;
    const trailers = this.#trailers!;
    if (this.#headWritten || trailers.length > 0) {
      this.#flush();
      if (trailers.length > 0) this.#res.addTrailers(responseTrailers(trailers));
      this.#res.end();
    } else {
      this.#writeHead(this.#head!.framing === 'chunked' ? this.#pending.length : undefined);
      this.#options.observer?.onResponseBody(this.#pending);
      this.#res.end(this.#pending, 'latin1');
    }
    const { pool } = this.#options;
    const sentAll = this.#requestBody?.done ?? true;
    this.#connection = undefined;
    if (clean && sentAll && connection.parser.keepAlive) pool.release(connection);
    else pool.discard(connection);
    this.#conclude({ kind: 'answered', status: this.#head!.status });
  }

  #fail(reason: ForwardFailure, error: Error): void {
    const connection = this.#connection;
    const { pool } = this.#options;
    if (connection?.connected) this.#sentRequest = true;
    const retry = reason === 'reset' && connection !== undefined && this.#mayRetry(connection);
    if (connection) pool.discard(connection);
    this.#connection = undefined;
    if (retry) {
      this.#retried = true;
      this.#requestBody?.hold();
      pool.acquire(this, true);
      return;
    }
    const responseStarted = this.#headWritten;
    if (responseStarted) this.#res.destroy();
    this.#conclude({ kind: 'failed', reason, error, sentRequest: this.#sentRequest, responseStarted });
  }

  #failProtocol(error: unknown): void {
    if (!(error instanceof UpstreamProtocolError)) throw error;
    this.#fail('protocol', error);
  }

  /** Whether the upstream has probably closed an idle connection, and repeating the request is safe. */
  #mayRetry(connection: UpstreamConnection): boolean {
    if (!connection.reused || this.#retried || connection.parser.started) return false;
    if (IDEMPOTENT.has(this.#req.method!)) return this.#requestBody?.replayable ?? true;
    // Where the very first write fails, the connection was gone before the upstream could read anything.
    return !this.#requestBody && connection.writeError !== undefined;
  }

  readonly #abort = (): void => {
    if (this.#settled) return;
    if (this.#connection) this.#options.pool.discard(this.#connection);
    this.#connection = undefined;
    const responseStarted = this.#headWritten;
    if (responseStarted) this.#res.destroy();
    this.#conclude({ kind: 'aborted', responseStarted });
  };

  #conclude(outcome: ForwardOutcome): void {
    const { pool, signal } = this.#options;
    this.#settled = true;
    pool.deadlines.delete(this);
    if (outcome.kind !== 'answered') pool.cancel(this);
    this.#res.off('close', this.#abort);
    signal?.removeEventListener('abort', this.#abort);
    this.#requestBody?.stop();
    this.#settle(outcome);
  }
}
