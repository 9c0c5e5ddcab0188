import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Milliseconds } from '../clock/clock.ts';
import { Exchange } from './exchange.ts';
import type { RequestTarget } from './request-head.ts';
import type { UpstreamPool } from './upstream-pool.ts';

export interface ForwardOptions extends RequestTarget {
  pool: UpstreamPool;
  /** How long the upstream may take to begin its response, counted from the last part of the request's body. */
  timeout: Milliseconds;
  /** Ends the exchange when it aborts. */
  signal?: AbortSignal | undefined;
  observer?: ForwardObserver | undefined;
}

/** Is shown what passes, as it passes, and changes nothing. Buffers are valid during the call only. */
export interface ForwardObserver {
  /** A part of the request's body, as the client sent it. */
  onRequestBody(part: Buffer): void;
  /** What the client is told before the answer's body: name, value, name, value …. */
  onResponseHead(fields: string[]): void;
  /** A part of the answer's body; in a string each character is a byte. */
  onResponseBody(part: Buffer | string): void;
}

/**
 * Why an upstream did not answer: no connection to it, a connection that it closed or reset too early, no response in
 * time, or one that is not HTTP.
 */
export type ForwardFailure = 'connect' | 'reset' | 'timeout' | 'protocol';

export type ForwardOutcome =
  /** The upstream's whole response was handed to the client. */
  | { kind: 'answered'; status: number }
  /** The client went away, or the signal aborted; the upstream's connection was closed. */
  | { kind: 'aborted'; responseStarted: boolean }
  | {
      kind: 'failed';
      reason: ForwardFailure;
      error: Error;
      /** False: the upstream saw nothing of the request and its body is unread, so it can be forwarded elsewhere. */
      sentRequest: boolean;
      /** False: nothing was written to the client, who still needs an answer. True: its connection was closed. */
      responseStarted: boolean;
    };

/**
 * Sends a request to an upstream and its response to the client, both streamed with back-pressure. A request that
 * fails on a connection which the upstream may have closed for idleness is sent once more, where that cannot make the
 * upstream act twice. Resolves when the exchange with the upstream is over; never rejects because of the upstream or
 * the client.
 * @throws TypeError (as a rejection) when path, prefix or extra headers hold characters that HTTP does not allow there
 */
export function forward(
  req: IncomingMessage,
  res: ServerResponse,
  options: ForwardOptions,
): Promise<ForwardOutcome> {
  return new Promise((resolve) => {
    new Exchange(req, res, options, resolve).start();
  });
}
