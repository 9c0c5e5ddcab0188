import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { ObjectStoreUnavailable, StorageFull } from '../storage/errors.ts';
import { sendJson } from '../support/json-response.ts';
import { RequestError } from './functions.ts';
import { ClientGone } from './request-body.ts';

export interface FailureOptions {
  clock: Clock;
  /** Records a bug of ours, with the number that the caller was told. */
  log(error: unknown, requestId: string): void;
}

/** Most outages that pass by themselves are restarts, which take some seconds. */
export const AWAY: Record<string, string> = { 'retry-after': '2' };
/** A body whose rest is at most this large is read, so that the connection can go on. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Many clients look for an answer only when they have sent everything; that is waited for within these bounds. */
const MOST_UNWANTED_BYTES = 64 * 1024 * 1024;
const LONGEST_UNWANTED: Milliseconds = 5_000;

/** Answers with the error's status and `{"error": message}`, and nothing of ours that is not meant for the caller. */
export function sendFailure(
  req: IncomingMessage,
  res: ServerResponse,
  error: unknown,
  options: FailureOptions,
): void {
  if (error instanceof ClientGone) {
    res.destroy();
    return;
  }
  const { status, message, headers = {} } = describe(error, options);
  if (res.headersSent) res.destroy();
  else if (bodyIsSmall(req)) sendJson(res, status, { error: message }, headers);
  else {
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    answerUnread(req, res, { status, body: JSON.stringify({ error: message }), clock: options.clock });
  }
}

interface Description {
  status: number;
  message: string;
  headers?: Record<string, string>;
}

function describe(error: unknown, { log }: FailureOptions): Description {
  if (error instanceof RequestError) return error;
  if (error instanceof ObjectStoreUnavailable)
    return { status: 503, message: `the store of code is away: ${error.message}`, headers: AWAY };
  if (error instanceof StorageFull)
    return { status: 507, message: 'no space is left on the disk where lambdock keeps its data' };
  if (error instanceof URIError) return { status: 400, message: 'the path is not validly percent-encoded' };
  const requestId = randomUUID();
  log(error, requestId);
  return { status: 500, message: `internal error; the daemon’s log tells more about request ${requestId}` };
}

function bodyIsSmall(req: IncomingMessage): boolean {
  if (req.complete) return true;
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  return encoding === undefined && Number(length ?? 0) <= SMALL_BODY_BYTES;
}

/**
 * Closing a connection on which data is still arriving resets it, and the client may never see the answer. So the
 * answer is written at once, and the connection closed when the client has taken note, or went on for too long.
 */
function answerUnread(
  req: IncomingMessage,
  res: ServerResponse,
  { status, body, clock }: { status: number; body: string; clock: Clock },
): void {
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  res.write(body);
  let unwanted = 0;
  const timer = clock.after(LONGEST_UNWANTED, end);
  req.on('data', (chunk: Buffer) => {
    unwanted += chunk.length;
    if (unwanted > MOST_UNWANTED_BYTES) end();
  });
  req.on('end', end).on('close', end);
  req.resume();

  function end() {
    timer.cancel();
    res.end();
  }
}
