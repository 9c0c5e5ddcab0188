import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { WireError } from '../errors.ts';

/** A sender that says nothing for this long is not waited for. */
const LONGEST_PAUSE: Milliseconds = 60_000;
const PAUSED =
  'Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.';

/** How long a body may be. */
export interface BodyLimit {
  bytes: number;
  /** Whose body it is, once that is known, for the error's message. */
  operation?: string;
}

/**
 * The whole of a body. A longer one is refused as soon as that is known, and read no further.
 *
 * @throws WireError RequestEntityTooLargeException; RequestTimeout where it stops coming or the client went away before its end
 */
export function collect(stream: Readable, limit: BodyLimit, clock: Clock): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let timer = hasAllCome(stream) ? undefined : clock.after(LONGEST_PAUSE, onPause);
    // A loop over the stream would destroy it, and the connection with it, before the refusal is sent.
    const settle = (finish: () => void) => {
      timer?.cancel();
      stream.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
      stream.on('error', () => {}); // of what nobody reads any more
      finish();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (timer) {
        timer.cancel();
        timer = clock.after(LONGEST_PAUSE, onPause);
      }
      if (size > limit.bytes) settle(() => reject(tooLarge(limit)));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    const onError = (error: Error) =>
      settle(() => reject(error instanceof WireError ? error : interrupted()));
    const onClose = () => settle(() => reject(interrupted()));
    function onPause() {
      settle(() => reject(new WireError('RequestTimeout', 400, PAUSED)));
    }
    stream.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose);
  });
}

/** A small body comes with its head, and waits to be read. */
function hasAllCome(stream: Readable): boolean {
  return stream instanceof IncomingMessage && stream.complete;
}

function interrupted(): WireError {
  return new WireError(
    'RequestTimeout',
    400,
    'The connection was closed before the request body was complete.',
  );
}

export function tooLarge({ bytes, operation }: BodyLimit): WireError {
  const whose = operation === undefined ? '' : ` for the ${operation} operation`;
  const message = `Request must be smaller than ${bytes} bytes${whose}`;
  return new WireError('RequestEntityTooLargeException', 413, message);
}
