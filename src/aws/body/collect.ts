import type { Readable } from 'node:stream';
import { WireError } from '../errors.ts';

/**
 * The whole of a body. A longer one is refused as soon as that is known, and read no further.
 *
 * @throws WireError RequestEntityTooLargeException; RequestTimeout where the client went away before its end
 */
export function collect(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // A loop over the stream would destroy it, and the connection with it, before the refusal is sent.
    const settle = (finish: () => void) => {
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      stream.on('error', () => {}); // of what nobody reads any more
      finish();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) settle(() => reject(tooLarge(limit)));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    const onError = (error: Error) => settle(() => reject(error instanceof WireError ? error : interrupted()));
    const onClose = () => settle(() => reject(interrupted()));
    stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose);
  });
}

function interrupted(): WireError {
  return new WireError('RequestTimeout', 400, 'The connection was closed before the request body was complete.');
}

export function tooLarge(limit: number): WireError {
  return new WireError('RequestEntityTooLargeException', 413, `Request must be smaller than ${limit} bytes`);
}
