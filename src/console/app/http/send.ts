import { isAbort } from '../api/request.ts';
import { MOST_SHOWN_BYTES } from './body.ts';
import type { Body } from './body-view.tsx';
import type { HttpRequest } from './curl.ts';

export type Phase = 'receiving' | 'done' | 'cancelled' | 'failed';

/** An answer, as far as it has come. */
export interface Reply {
  method: string;
  phase: Phase;
  /** 0 where there was none. */
  status: number;
  headers: [name: string, value: string][];
  /** Until the headers came. */
  firstMs: number;
  durationMs: number;
  body: Body;
  /** Where it came from, when it was redirected. */
  redirectedTo?: string;
  /** What went wrong on the way, in words. */
  problem?: string;
}

/** A page has no use for more, and only so much memory. */
const MOST_KEPT_BYTES = 64_000_000;
const NO_BODY: Body = { contentType: '', bytes: new Uint8Array(0), length: 0 };

/** A request whose body may be bytes as well. */
export type Sendable = Omit<HttpRequest, 'body'> & { body?: string | Uint8Array<ArrayBuffer> | undefined };

/** Sends a request; `onProgress` is told of the answer as it arrives. Never rejects: what goes wrong is in the reply. */
export async function send(
  { method, url, headers, body }: Sendable,
  signal: AbortSignal,
  onProgress: (reply: Reply) => void,
): Promise<Reply> {
  const start = performance.now();
  let reply: Reply = {
    method,
    phase: 'receiving',
    status: 0,
    headers: [],
    firstMs: 0,
    durationMs: 0,
    body: NO_BODY,
  };
  const chunks: Uint8Array[] = [];
  let length = 0;
  const upToNow = (most: number): Reply => ({
    ...reply,
    durationMs: performance.now() - start,
    body: {
      contentType: contentTypeOf(reply),
      bytes: join(chunks, Math.min(length, most)),
      length,
      arriving: true,
    },
  });
  const end = (phase: Phase, problem?: string): Reply => {
    const { body: whole, ...rest } = upToNow(MOST_KEPT_BYTES);
    return {
      ...rest,
      phase,
      body: { ...whole, arriving: false },
      ...(problem === undefined ? {} : { problem }),
    };
  };
  try {
    const response = await fetch(url, {
      method,
      headers: headers.map(([name, value]) => [name, value] as [string, string]),
      cache: 'no-store',
      signal,
      // As a Blob it has no content type but the one that is asked for.
      ...(body === undefined ? {} : { body: new Blob([body]) }),
    });
    const firstMs = performance.now() - start;
    reply = {
      ...reply,
      status: response.status,
      headers: [...response.headers],
      firstMs,
      ...(response.redirected ? { redirectedTo: response.url } : {}),
    };
    onProgress(upToNow(0));
    const reader = response.body?.getReader();
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) return end('done');
      chunks.push(part.value);
      length += part.value.length;
      if (length > MOST_KEPT_BYTES) {
        void reader!.cancel();
        return end('done', 'The answer is longer than a page can hold; its rest was not read.');
      }
      onProgress(upToNow(MOST_SHOWN_BYTES));
    }
  } catch (error) {
    if (isAbort(error)) return end('cancelled');
    return end(
      'failed',
      reply.status === 0 ? whyNoAnswer(method) : 'The connection ended before the answer did.',
    );
  }
}

function whyNoAnswer(method: string): string {
  const redirect =
    method === 'HEAD' ? '' : ' Or the function redirects to another host, which this page may not follow.';
  return `There was no answer: lambdock is not running, or the connection was cut.${redirect}`;
}

function contentTypeOf({ headers }: Reply): string {
  return headers.find(([name]) => name === 'content-type')?.[1] ?? '';
}

function join(chunks: readonly Uint8Array[], most: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(most);
  let at = 0;
  for (const chunk of chunks) {
    if (at >= most) break;
    const part = chunk.subarray(0, most - at);
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
