import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ForwardOutcome, forward } from '../balancer/forward.ts';
import { UpstreamPool } from '../balancer/upstream-pool.ts';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { type Deployments, type Lease, NotReady } from '../execution/deployment.ts';
import { describeSourceError, type FunctionId, SourceFailure } from '../execution/source.ts';
import type { Journal } from '../journal/journal.ts';
import type { Workload } from '../workloads/workload.ts';
import { type EndpointError, sendEndpointError } from './endpoint-error.ts';
import type { Exchanges } from './exchanges.ts';
import type { Recording } from './recording.ts';
import type { Traffic } from './traffic.ts';

export interface EndpointOptions {
  deployments: Deployments;
  journal: Journal;
  traffic: Traffic;
  exchanges: Exchanges;
  clock: Clock;
  /** From the end of a request's body to the first byte of its answer. */
  requestTimeout: Milliseconds;
}

/** As nginx logs it. */
const CLIENT_GONE = 499;
const ID_LENGTH = 24;
/** The journal keeps thousands of invocations in memory, and a path may have 64 kB. */
const LONGEST_NOTED_PATH = 1_000;
const PREFIX_LENGTH = '/endpoint/'.length + ID_LENGTH;
const ENDPOINT = /^\/endpoint\/[0-9a-f]{24}(?=[/?]|$)/;

/** `ANY /endpoint/{id}…`: sends requests to the function's workload and its answers back. */
export class Endpoint implements AsyncDisposable {
  readonly #options: EndpointOptions;
  readonly #pools = new Map<Workload, UpstreamPool>();

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  /** Answers the request. Rejects only for a bug of ours. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = req.url!;
    if (!ENDPOINT.test(url)) {
      sendEndpointError(req, res, unknownFunction(url));
      return;
    }
    const id = url.slice('/endpoint/'.length, PREFIX_LENGTH);
    const { clock, deployments, exchanges } = this.#options;
    const start = clock.monotonic();
    const lastLogLine = deployments.logs(id)?.newest ?? 0;
    const recording = exchanges.begin({ id, req, path: innerPath(url), lastLogLine });
    const call: Call = { req, res, id, start, recording };
    const lease = deployments.claim(id) ?? (await this.#wait(call));
    if (lease) await this.#serve(call, lease);
  }

  /** A web socket's handshake; from then on the two ends talk to each other. */
  async upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { refuseUpgrade, forwardUpgrade } = await import('../balancer/upgrade.ts');
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    const id = ENDPOINT.test(req.url!) ? req.url!.slice('/endpoint/'.length, PREFIX_LENGTH) : '';
    let lease: Lease | undefined;
    try {
      lease =
        this.#options.deployments.claim(id) ?? (await this.#options.deployments.acquire(id, gone.signal));
    } catch (error) {
      if (gone.signal.aborted) return;
      const { status, message } = this.#whyNone(error, id, req.url!);
      return refuseUpgrade(socket, status, message);
    }
    if (!lease) return refuseUpgrade(socket, 404, unknownFunction(req.url!).message);
    const { host, port } = lease.workload;
    try {
      await forwardUpgrade(req, socket, head, {
        clock: this.#options.clock,
        host,
        port,
        path: innerPath(req.url!),
        prefix: `/endpoint/${id}`,
        timeout: this.#options.requestTimeout,
      });
    } finally {
      lease.release();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  /** Resolves with nothing when the request is answered, or nobody waits for an answer any more. */
  async #wait(call: Call): Promise<Lease | undefined> {
    const { req, res, id } = call;
    const gone = new AbortController();
    const onClose = () => gone.abort();
    res.once('close', onClose);
    try {
      const lease = await this.#options.deployments.acquire(id, gone.signal);
      if (!lease) sendEndpointError(req, res, unknownFunction(req.url!));
      return lease;
    } catch (error) {
      if (gone.signal.aborted) {
        this.#note(call, CLIENT_GONE);
        return undefined;
      }
      const why = this.#whyNone(error, id, req.url!);
      if (why.status === 404) {
        sendEndpointError(req, res, why);
      } else {
        sendEndpointError(req, res, why, call.recording);
        this.#note(call, why.status);
      }
      return undefined;
    } finally {
      res.off('close', onClose);
    }
  }

  /** Why a request that waited got no workload. The function may have been deleted meanwhile. */
  #whyNone(error: unknown, id: FunctionId, url: string): EndpointError {
    return this.#options.deployments.has(id) ? toEndpointError(error) : unknownFunction(url);
  }

  async #serve(call: Call, lease: Lease): Promise<void> {
    const { req, res, recording } = call;
    const { requestTimeout } = this.#options;
    let status = CLIENT_GONE;
    try {
      const outcome = await forward(req, res, {
        pool: this.#pool(lease.workload),
        path: recording.path,
        prefix: req.url!.slice(0, PREFIX_LENGTH),
        timeout: requestTimeout,
        observer: recording,
      });
      if (outcome.kind === 'answered') {
        status = outcome.status;
      } else if (outcome.kind === 'failed') {
        const error = await explain(outcome, lease, requestTimeout);
        status = error.status;
        if (!outcome.responseStarted) sendEndpointError(req, res, error, recording);
      }
    } finally {
      lease.release();
      this.#note(call, status);
    }
  }

  /** Tells of a request that is over. */
  #note({ req, id, start, recording }: Call, status: number): void {
    const { clock, deployments, journal, traffic, exchanges } = this.#options;
    const durationMs = Math.round((clock.monotonic() - start) * 100) / 100;
    const path = recording.path.slice(0, LONGEST_NOTED_PATH);
    const entry = journal.record({ type: 'invocation', id, method: req.method!, path, status, durationMs });
    // One that was deleted meanwhile has nothing kept of it any more, and gets nothing.
    if (deployments.has(id)) {
      traffic.record(id, status, durationMs);
      exchanges.add({ recording, entry, endedAt: clock.now(), bodyUnread: isBodyUnread(req) });
    } else {
      exchanges.discard(recording);
    }
  }

  #pool(workload: Workload): UpstreamPool {
    const known = this.#pools.get(workload);
    if (known) return known;
    const pool = new UpstreamPool({ clock: this.#options.clock, host: workload.host, port: workload.port });
    this.#pools.set(workload, pool);
    void workload.exited.then(() => {
      this.#pools.delete(workload);
      return pool.destroy();
    });
    return pool;
  }
}

/** A request under way. */
interface Call {
  req: IncomingMessage;
  res: ServerResponse;
  id: FunctionId;
  start: Milliseconds;
  recording: Recording;
}

function isBodyUnread({ readableEnded, headers }: IncomingMessage): boolean {
  if (readableEnded) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** `/endpoint/{id}/a?b` → `/a?b`: what the function sees. */
function innerPath(url: string): string {
  const rest = url.slice(PREFIX_LENGTH);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function unknownFunction(url: string): EndpointError {
  const id = /^\/endpoint\/([^/?]*)/.exec(url)?.[1] ?? '';
  return { status: 404, message: id === '' ? 'no function id in the path' : `no function with id ${id}` };
}

function toEndpointError(error: unknown): EndpointError {
  if (error instanceof SourceFailure) return { status: 502, message: error.message, source: error.detail };
  if (error instanceof NotReady) {
    return { status: 503, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  throw error;
}

async function explain(
  outcome: Extract<ForwardOutcome, { kind: 'failed' }>,
  lease: Lease,
  requestTimeout: Milliseconds,
): Promise<EndpointError> {
  if (outcome.reason === 'timeout') {
    lease.suspect();
    return { status: 504, message: `the function did not answer within ${requestTimeout / 1_000} s` };
  }
  if (outcome.reason === 'protocol') {
    return { status: 502, message: `the function's answer is not valid HTTP: ${outcome.error.message}` };
  }
  const source = await lease.failure();
  if (!source) return { status: 502, message: 'the function closed the connection without an answer' };
  return { status: 502, message: describeSourceError(source), source };
}
