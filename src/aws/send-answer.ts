import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { WireAnswer } from './protocols/protocol.ts';

const WORTH_COPYING = 16 * 1024;
const WITHOUT_BODY = new Set([204, 304]);

/** Sends an answer. One that streams and fails underway is cut off, so that it does not look complete. */
export async function sendAnswer(res: ServerResponse, { status, headers, body }: WireAnswer): Promise<void> {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  if (!res.req.readableEnded && status >= 400) discardBody(res);
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    if (WITHOUT_BODY.has(status)) res.writeHead(status, headers).end();
    else endWith(res.writeHead(status, { ...headers, 'content-length': bytes.length }), bytes);
    return;
  }
  res.writeHead(status, headers);
  try {
    await pipeline(body instanceof Readable ? body : Readable.from(body, { objectMode: false }), res);
  } catch {
    res.destroy();
  }
}

/** Node writes text and the head in front of it at once; bytes it gives to the system apart, which costs more than it does to copy them. */
function endWith(res: ServerResponse, bytes: Uint8Array): void {
  if (bytes.length > WORTH_COPYING) res.end(bytes);
  else res.end(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'), 'latin1');
}

/** What is still to come of a body that was refused stands in front of the connection's next request. */
function discardBody(res: ServerResponse): void {
  const { req } = res;
  req.unpipe();
  // Who reads it piece by piece keeps it from flowing.
  if (req.listenerCount('readable') > 0) res.shouldKeepAlive = false;
  else req.resume();
}
