import { Readable } from 'node:stream';
import { deferred } from '../../support/deferred.ts';
import type { Invocation, Outcome, StreamedOutcome } from '../function-host.ts';
import type { ResponseStream } from '../runtime-api/runtime-session.ts';

/** How an invocation ended. */
export interface JobResult {
  payload: Uint8Array;
  /** Of the function's answer. */
  contentType?: string;
  /** Set where the function failed. */
  errorType?: string;
  /** Puts the log's tail together. */
  logTail: () => Uint8Array;
}

/** One invocation on its way to an environment and back to its caller. */
export interface Job {
  readonly invocation: Invocation;
  readonly traceId: string;
  /** An answer begins that the function writes piece by piece; undefined where it has to be whole. */
  stream(contentType: string): ResponseStream | undefined;
  /** Once, or `reject`. */
  finish(result: JobResult): void;
  /** There is no environment for it, and no answer. */
  reject(reason: unknown): void;
}

/** The tail is only put together where somebody asks for it. */
class LazyOutcome implements Outcome {
  readonly payload: Uint8Array;
  declare readonly functionError?: 'Unhandled';
  readonly #tail: () => Uint8Array;

  constructor({ payload, errorType, logTail }: JobResult) {
    this.payload = payload;
    if (errorType !== undefined) this.functionError = 'Unhandled';
    this.#tail = logTail;
  }

  get logTail(): Uint8Array {
    return this.#tail();
  }
}

/** An invocation whose caller gets the whole answer. */
export class BufferedJob implements Job {
  readonly invocation: Invocation;
  readonly traceId: string;
  readonly outcome: Promise<Outcome>;
  readonly #onEnd: () => void;
  #resolve!: (outcome: Outcome) => void;
  #reject!: (reason: unknown) => void;

  constructor(invocation: Invocation, traceId: string, onEnd: () => void) {
    this.invocation = invocation;
    this.traceId = traceId;
    this.#onEnd = onEnd;
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  stream(): undefined {
    return undefined;
  }

  finish(result: JobResult): void {
    this.#onEnd();
    this.#resolve(new LazyOutcome(result));
  }

  reject(reason: unknown): void {
    this.#onEnd();
    this.#reject(reason);
  }
}

type StreamEnd = Awaited<StreamedOutcome['end']>;

/** An invocation whose caller gets the answer while the function writes it. */
export class StreamedJob implements Job {
  readonly invocation: Invocation;
  readonly traceId: string;
  readonly #outcome = deferred<StreamedOutcome>();
  readonly #end = deferred<StreamEnd>();
  readonly #onEnd: () => void;
  #body: Readable | undefined;

  constructor(invocation: Invocation, traceId: string, onEnd: () => void) {
    this.invocation = invocation;
    this.traceId = traceId;
    this.#onEnd = onEnd;
  }

  get outcome(): Promise<StreamedOutcome> {
    return this.#outcome.promise;
  }

  stream(contentType: string): ResponseStream {
    const stream: ResponseStream = {
      onDrain: undefined,
      // A caller that has gone away does not hold up the function.
      write: (bytes) => body.destroyed || body.push(bytes),
    };
    const body = new Readable({
      read: () => stream.onDrain?.(),
      destroy: (error, callback) => {
        stream.onDrain?.();
        callback(error);
      },
    });
    body.on('error', () => {}); // a caller that went away; whoever reads has listeners of its own
    this.#body = body;
    this.#outcome.resolve({ contentType, body, end: this.#end.promise });
    return stream;
  }

  reject(reason: unknown): void {
    this.#onEnd();
    this.#outcome.reject(reason);
  }

  finish({ payload, contentType = 'application/json', errorType, logTail }: JobResult): void {
    this.#onEnd();
    const opened = this.#body !== undefined;
    if (!opened) this.stream(contentType);
    const body = this.#body!;
    if (!opened && errorType === undefined && payload.length > 0) body.push(payload);
    if (!body.destroyed) body.push(null);
    const details = Buffer.from(payload).toString();
    this.#end.resolve({
      ...(errorType === undefined
        ? {}
        : { errorCode: opened ? errorType : 'Unhandled', errorDetails: details }),
      logTail: logTail(),
    });
  }
}
