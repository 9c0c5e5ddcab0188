import type { IncomingMessage } from 'node:http';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { RequestError } from './functions.ts';

/** The client ended its request before it was complete, so there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

export interface BodyLimits {
  maxBytes: number;
  /** What to tell whoever sends more. */
  tooLarge: RequestError;
  clock: Clock;
}

/** A sender that says nothing for this long is not waited for. */
const LONGEST_PAUSE: Milliseconds = 60_000;

/**
 * The whole body. Rejects with `tooLarge` as soon as there is too much, or as the headers announce it, with RequestError 400
 * when it stops coming, and with ClientGone. The rest of the body is then unread and the request paused.
 */
export function readBody(req: IncomingMessage, { maxBytes, tooLarge, clock }: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(req.headers['content-length'] ?? 0) > maxBytes) return reject(tooLarge);
    const chunks: Buffer[] = [];
    let size = 0;
    let timer = clock.after(LONGEST_PAUSE, onPause);

    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);

    function onData(chunk: Buffer) {
      size += chunk.length;
      if (size > maxBytes) return fail(tooLarge);
      chunks.push(chunk);
      timer.cancel();
      timer = clock.after(LONGEST_PAUSE, onPause);
    }
    function onEnd() {
      settle();
      resolve(Buffer.concat(chunks));
    }
    function onClose() {
      fail(new ClientGone('the request was broken off'));
    }
    function onPause() {
      fail(new RequestError(400, 'the body did not arrive completely in time'));
    }
    function fail(error: Error) {
      settle();
      req.pause();
      reject(error);
    }
    function settle() {
      timer.cancel();
      req.off('data', onData).off('end', onEnd).off('close', onClose);
    }
  });
}
