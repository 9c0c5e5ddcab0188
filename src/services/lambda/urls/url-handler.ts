import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Call, partitionOf } from '../../../aws/call.ts';
import { WireError } from '../../../aws/errors.ts';
import { type Outcome, type StreamedOutcome, Throttled } from '../../../execution/function-host.ts';
import { waitForDurable } from '../durable/durable-invoke.ts';
import { forbidden } from '../invoke-rights.ts';
import { findTarget, readyVersion, type Target, toInvocation } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';
import { type FunctionRef, functionArn, LATEST } from '../names.ts';
import type { Attached } from '../store/attached-store.ts';
import type { UrlRecord, UrlStore } from '../store/url-store.ts';
import { readBody } from './read-body.ts';
import { sendFailure, sendHead, sendStream } from './send-answer.ts';
import { hostOf, readUrlRequest } from './url-address.ts';
import { bufferedAnswer, UnusableAnswer } from './url-answer.ts';
import { allowsOrigin, corsHeaders, isPreflight, preflightHeaders } from './url-cors.ts';
import { newTraceHeader, urlEvent } from './url-event.ts';
import type { UrlGate } from './url-gate.ts';

/** A request with what is known of it. */
interface Visit {
  req: IncomingMessage;
  res: ServerResponse;
  /** Path and query as the function is to see them. */
  target: string;
  url: Attached<UrlRecord>;
  requestId: string;
  traceHeader: string;
  /** For the answer, in place of the function's own. */
  cors: Record<string, string> | undefined;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#function-configuration-deployment-and-execution */
const LARGEST_EVENT = 6_291_456;

/** Requests to functions by their URLs. */
export class UrlHandler {
  readonly #lambda: Lambda;
  readonly #urls: UrlStore;
  readonly #gate: UrlGate;

  constructor(lambda: Lambda, urls: UrlStore, gate: UrlGate) {
    this.#lambda = lambda;
    this.#urls = urls;
    this.#gate = gate;
  }

  /**
   * Answers a request to a URL. `foreign` is told of a page from elsewhere, which may call only where the URL's own CORS
   * configuration lets it.
   */
  async handle(req: IncomingMessage, res: ServerResponse, foreign: boolean): Promise<void> {
    const asked = readUrlRequest(req);
    const url = asked && this.#urls.byId(asked.id);
    const requestId = randomUUID();
    res.setHeader('x-amzn-requestid', requestId);
    if (!asked || !url) return sendFailure(res, 404, 'ResourceNotFoundException', null);
    const { origin } = req.headers;
    const { cors } = url.record;
    if (foreign && !(cors && origin !== undefined && allowsOrigin(cors, origin))) {
      return answerError(res, forbidden());
    }
    if (cors && origin !== undefined && isPreflight(req)) {
      req.resume();
      res.writeHead(200, { ...preflightHeaders(cors, origin), 'content-length': 0 }).end();
      return;
    }
    const traceHeader = traceOf(req) ?? newTraceHeader(this.#lambda.clock.now());
    const allowed = cors && (origin === undefined ? {} : corsHeaders(cors, origin));
    const visit = { req, res, target: asked.target, url, requestId, traceHeader, cors: allowed };
    try {
      await this.#serve(visit);
    } catch (error) {
      answerError(res, error);
    }
  }

  async #serve(visit: Visit): Promise<void> {
    const { req, res, url, requestId, traceHeader } = visit;
    const { key, record } = url;
    const body = await readBody(req, LARGEST_EVENT);
    const call = this.#call(visit);
    const caller = this.#gate.admit({
      req,
      target: visit.target,
      body,
      ref: refOf(url),
      authType: record.authType,
      call,
    });
    const event = urlEvent({
      req,
      target: visit.target,
      body,
      urlId: record.id,
      domain: hostOf(record.id, key.scope.region),
      requestId,
      time: this.#lambda.clock.now(),
      caller,
      traceHeader,
    });
    const payload = Buffer.from(JSON.stringify(event));
    if (payload.length > LARGEST_EVENT) throw tooLarge();
    const target = findTarget(this.#lambda, namesOf(url), call);
    const outcome = await this.#invoke(target, payload, call, record.invokeMode);
    if ('body' in outcome) return sendStream(res, outcome, visit.cors);
    if (outcome.functionError) throw new UnusableAnswer('The function failed');
    const answer = bufferedAnswer(outcome.payload);
    sendHead(res, answer, visit.cors, answer.body.length);
    res.end(answer.body);
  }

  async #invoke(
    target: Target,
    payload: Buffer,
    call: Call,
    mode: UrlRecord['invokeMode'],
  ): Promise<Outcome | StreamedOutcome> {
    const { durable, host } = this.#lambda;
    if (target.record.settings.DurableConfig) return waitForDurable(durable, target, payload, call);
    const version = await readyVersion(this.#lambda, target, call);
    const invocation = toInvocation(target, payload, undefined, call);
    if (mode === 'RESPONSE_STREAM') return host.invokeStreaming(version, invocation);
    return host.invoke(version, invocation);
  }

  #call({ res, url, requestId, traceHeader }: Visit): Call {
    const { scope } = url.key;
    const partition = partitionOf(scope.region);
    const gone = new AbortController();
    res.once('close', () => {
      if (!res.writableFinished) gone.abort(new Error('the client went away'));
    });
    const arn = functionArn({ partition, ...url.key });
    return {
      ...scope,
      partition,
      requestId,
      caller: { kind: 'root', account: scope.account, arn, userId: scope.account },
      accessKeyId: undefined,
      sessionToken: undefined,
      traceHeader,
      clock: this.#lambda.clock,
      signal: gone.signal,
    };
  }
}

function namesOf({ key, qualifier }: Attached<UrlRecord>) {
  return { FunctionName: key.name, ...(qualifier === LATEST ? {} : { Qualifier: qualifier }) };
}

function refOf({ key, qualifier }: Attached<UrlRecord>): FunctionRef {
  const { scope, name } = key;
  const partition = partitionOf(scope.region);
  return { scope, name, partition, qualifier: qualifier === LATEST ? undefined : qualifier };
}

function traceOf({ headers }: IncomingMessage): string | undefined {
  const trace = headers['x-amzn-trace-id'];
  return Array.isArray(trace) ? trace[0] : trace;
}

function tooLarge(): WireError {
  const message = `Request must be smaller than ${LARGEST_EVENT} bytes for the InvokeFunction operation`;
  return new WireError('RequestEntityTooLargeException', 413, message);
}

/** @throws what is a bug of ours */
function answerError(res: ServerResponse, error: unknown): void {
  const { req } = res;
  if (res.destroyed || (req.destroyed && !req.complete)) {
    // Nobody is there any more to be told.
    res.destroy();
    return;
  }
  if (error instanceof UnusableAnswer) {
    const text = 'Internal Server Error';
    res.writeHead(502, { 'content-type': 'application/json', 'content-length': text.length }).end(text);
  } else if (error instanceof Throttled) {
    sendFailure(res, 429, 'TooManyRequestsException', 'Rate Exceeded.');
  } else if (error instanceof WireError) {
    sendFailure(res, error.status, error.code, error.message);
  } else if (error instanceof Error && SERVICE_ERRORS[error.name] !== undefined) {
    sendFailure(res, SERVICE_ERRORS[error.name]!, error.name, error.message);
  } else {
    throw error;
  }
}

const SERVICE_ERRORS: Readonly<Record<string, number>> = {
  // An alias or a version that was deleted between two looks.
  ResourceNotFoundException: 404,
  // A durable function that is not to be invoked like that.
  InvalidParameterValueException: 400,
};
