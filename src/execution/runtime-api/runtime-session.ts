import type { Socket } from 'node:net';
import { EventChannel } from './event-channel.ts';
import { BodyCollector, type BodySink, type Exchange } from './exchange.ts';
import { LARGEST_RESPONSE } from './limits.ts';
import type { Fields } from './request-reader.ts';
import { eventFields, type RuntimeEvent } from './runtime-event.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html */
const LARGEST_STREAM = 200 * 1024 * 1024;
const LARGEST_ERROR = LARGEST_RESPONSE;
/**
 * With this header our own runtimes ask for the next event together with an answer. It answers the request then, as it would
 * answer `next`, which saves each side waking the other once more.
 */
const AND_NEXT = 'lambdock-and-next';
const ACCEPTED = '{"status":"OK"}\n';
const JSON_FIELDS = 'Content-Type: application/json\r\n';
const NOT_ALLOWED = 'State transition is not allowed';

/** As AWS names the states of a runtime in its refusals. */
type State =
  | 'Started'
  | 'InitError'
  | 'Ready'
  | 'Running'
  | 'InvocationResponse'
  | 'InvocationErrorResponse'
  | 'RuntimeResponseSentState';

/** A runtime that asks for an event: gives it one. */
type Poll = (event: RuntimeEvent) => void;

/** An error as a runtime reports it. */
export interface RuntimeError {
  /** As in Lambda-Runtime-Function-Error-Type. */
  type: string;
  /** The error object, as it was sent. */
  payload: Uint8Array;
}

/** Takes a streamed answer. */
export interface ResponseStream {
  /** False: the reader is behind, and `onDrain` is called when it is not any more. */
  write(bytes: Buffer): boolean;
  onDrain: (() => void) | undefined;
}

/** What an environment learns from its runtime. */
export interface RuntimeListener {
  /** The runtime asks for an event; it may get one at once. */
  ready(): void;
  initError(error: RuntimeError): void;
  /** A streamed answer begins; undefined where it is to be buffered. */
  stream(contentType: string): ResponseStream | undefined;
  /** The answer is complete. Of a streamed one `body` is empty. */
  answered(answer: { body: Buffer; error?: RuntimeError }): void;
  tooLarge(): void;
  /** The connection broke within an answer. */
  truncated(): void;
}

/**
 * The runtime's side of the Runtime API, version 2018-06-01: which call is allowed when, and what it is told.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export class RuntimeSession {
  readonly #listener: RuntimeListener;
  #state: State = 'Started';
  #requestId: string | undefined;
  /** Those that wait. There is one, unless a runtime has given up a connection and opened another. */
  #polls: Poll[] = [];
  #channel: EventChannel | undefined;

  constructor(listener: RuntimeListener) {
    this.#listener = listener;
  }

  /** Whether an event would be taken at once. */
  get polling(): boolean {
    return this.#polls.length > 0;
  }

  /** `path` is what follows `/2018-06-01/runtime`. */
  handle(path: string, exchange: Exchange): BodySink | undefined {
    if (path === '/invocation/next') return this.#next(exchange);
    const invocation = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path);
    if (invocation) return this.#answer(exchange, invocation[1]!, invocation[2] === 'error');
    if (path === '/init/error') return this.#initError(exchange);
    // No snapshots are taken, so that what a runtime would do after one is done at once.
    if (path === '/restore/next') return void exchange.send(200, JSON_FIELDS, '');
    if (path === '/restore/error') return discardThen(() => exchange.send(202, JSON_FIELDS, ACCEPTED));
    return void exchange.refuse(404, 'InvalidRequest', '404 page not found');
  }

  /** Serves one of our own runtimes by the socket that it was started with, too. */
  serve(socket: Socket): void {
    const channel = new EventChannel(socket, {
      next: () => this.#mayAsk && this.#poll(give),
      answered: (body) => this.#answeredBy(body, poll),
      closed: () => this.#forget(give),
    });
    const give = (event: RuntimeEvent) => channel.send(event);
    /** Unless the runtime has gone meanwhile. */
    const poll = () => channel.open && this.#poll(give);
    this.#channel = channel;
  }

  /** Gives the waiting runtime an event. Call it only while it is polling. */
  deliver(event: RuntimeEvent): void {
    this.#state = 'Running';
    this.#requestId = event.head.requestId;
    this.#polls.pop()!(event);
  }

  /** Gives up what it was given by `serve`. */
  close(): void {
    this.#channel?.close();
  }

  /** Of a state in which a runtime may ask for an event. */
  get #mayAsk(): boolean {
    return this.#state === 'Started' || this.#state === 'Ready' || this.#state === 'RuntimeResponseSentState';
  }

  #next(exchange: Exchange): undefined {
    if (exchange.method !== 'GET') return void methodNotAllowed(exchange);
    if (!this.#mayAsk) return void this.#refuse(exchange, 'Ready');
    this.#await(exchange);
  }

  /** The next event answers `exchange`. */
  #await(exchange: Exchange): void {
    const give = ({ head, payload }: RuntimeEvent) => exchange.send(200, eventFields(head), payload);
    exchange.onClose = () => this.#forget(give);
    this.#poll(give);
  }

  #poll(give: Poll): void {
    this.#state = 'Ready';
    this.#polls.push(give);
    this.#listener.ready();
  }

  #forget(give: Poll): void {
    this.#polls = this.#polls.filter((one) => one !== give);
  }

  #answeredBy(body: Buffer, poll: () => void): void {
    // An invocation that was told to have failed, by the Runtime API, is over.
    if (this.#state !== 'Running') return;
    this.#state = 'RuntimeResponseSentState';
    this.#listener.answered({ body });
    // Whoever called the function gets the answer first: the runtime is woken by the next event, and competes with it.
    setImmediate(poll);
  }

  #answer(exchange: Exchange, requestId: string, isError: boolean): BodySink | undefined {
    if (exchange.method !== 'POST') return void methodNotAllowed(exchange);
    if (requestId !== this.#requestId) {
      return discardThen(() => exchange.refuse(400, 'InvalidRequestID', 'Invalid request ID'));
    }
    const next = isError ? 'InvocationErrorResponse' : 'InvocationResponse';
    if (this.#state !== 'Running') return discardThen(() => this.#refuse(exchange, next));
    this.#state = next;
    if (isError) return this.#readError(exchange);
    const { fields } = exchange;
    const contentType = fields.get('content-type') ?? 'application/octet-stream';
    const streaming = fields.get('lambda-runtime-function-response-mode')?.toLowerCase() === 'streaming';
    const stream = streaming ? this.#listener.stream(contentType) : undefined;
    return stream ? this.#relay(exchange, stream) : this.#collect(exchange);
  }

  #readError(exchange: Exchange): BodySink {
    const type = exchange.fields.get('lambda-runtime-function-error-type') ?? 'Unhandled';
    return new BodyCollector(
      LARGEST_ERROR,
      (body) => {
        this.#state = 'RuntimeResponseSentState';
        this.#accept(exchange);
        if (body) this.#listener.answered({ body, error: { type, payload: body } });
        else this.#listener.tooLarge();
      },
      () => this.#truncated(),
    );
  }

  #collect(exchange: Exchange): BodySink {
    let body: Buffer | undefined;
    const sink = new BodyCollector(
      LARGEST_RESPONSE,
      (whole) => {
        body = whole;
      },
      () => this.#truncated(),
    );
    return {
      data: (bytes) => sink.data(bytes),
      abort: () => sink.abort(),
      end: (trailers) => {
        sink.end();
        const error = errorIn(trailers);
        if (body) {
          this.#state = 'RuntimeResponseSentState';
          this.#listener.answered(error ? { body, error } : { body });
          // Whoever called the function gets the answer first: the runtime is woken by this, and competes with it.
          if (exchange.fields.has(AND_NEXT)) this.#awaitNow(exchange);
          else setImmediate(() => this.#accept(exchange));
        } else {
          this.#state = 'RuntimeResponseSentState';
          const message = `Exceeded maximum allowed payload size (${LARGEST_RESPONSE} bytes).`;
          exchange.refuse(413, 'RequestEntityTooLarge', message);
          this.#listener.tooLarge();
        }
      },
    };
  }

  /** Unless the runtime has gone meanwhile. */
  #awaitNow(exchange: Exchange): void {
    setImmediate(() => {
      if (!exchange.done) this.#await(exchange);
    });
  }

  #relay(exchange: Exchange, stream: ResponseStream): BodySink {
    stream.onDrain = () => exchange.resume();
    let size = 0;
    return {
      data: (bytes) => {
        if (size > LARGEST_STREAM) return;
        size += bytes.length;
        if (size > LARGEST_STREAM) {
          this.#state = 'RuntimeResponseSentState';
          this.#listener.tooLarge();
        } else if (!stream.write(bytes)) exchange.pause();
      },
      abort: () => size <= LARGEST_STREAM && this.#truncated(),
      end: (trailers) => {
        if (size > LARGEST_STREAM) {
          const message = `Exceeded maximum allowed payload size (${LARGEST_STREAM} bytes).`;
          return exchange.refuse(413, 'RequestEntityTooLarge', message);
        }
        this.#state = 'RuntimeResponseSentState';
        this.#accept(exchange);
        const error = errorIn(trailers);
        this.#listener.answered({ body: Buffer.alloc(0), ...(error ? { error } : {}) });
      },
    };
  }

  #accept(exchange: Exchange): void {
    exchange.send(202, JSON_FIELDS, ACCEPTED);
  }

  #truncated(): void {
    this.#state = 'RuntimeResponseSentState';
    this.#listener.truncated();
  }

  #initError(exchange: Exchange): BodySink | undefined {
    if (exchange.method !== 'POST') return void methodNotAllowed(exchange);
    const type = exchange.fields.get('lambda-runtime-function-error-type') ?? 'Runtime.Unknown';
    return new BodyCollector(LARGEST_ERROR, (body) => {
      if (this.#state !== 'Started') return this.#refuse(exchange, 'InitError');
      this.#state = 'InitError';
      exchange.send(202, JSON_FIELDS, ACCEPTED);
      this.#listener.initError({ type, payload: body ?? Buffer.from('{}') });
    });
  }

  #refuse(exchange: Exchange, next: State): void {
    const message = `State transition from ${this.#state} to ${next} failed for runtime. Error: ${NOT_ALLOWED}`;
    exchange.refuse(403, 'InvalidStateTransition', message);
  }
}

/** A stream that fails after its first bytes says so behind its last ones. */
function errorIn(trailers: Fields): RuntimeError | undefined {
  const type = trailers.get('lambda-runtime-function-error-type');
  if (type === undefined) return undefined;
  const encoded = trailers.get('lambda-runtime-function-error-body');
  return { type, payload: Buffer.from(encoded ?? '', 'base64') };
}

function methodNotAllowed(exchange: Exchange): void {
  exchange.send(405, '', '');
}

/** What is refused is refused once its body is read: a client that still writes may not see an answer. */
function discardThen(then: () => void): BodySink {
  return { data: () => {}, end: then, abort: () => {} };
}
