import type { Readable } from 'node:stream';

export const PRELUDE_TYPE = 'application/vnd.awslambda.http-integration-response';

const SEPARATOR = Buffer.alloc(8);
const LONGEST_PRELUDE = 64 * 1024;

export interface SplitStream {
  /** Undefined where the stream ended, or went on for too long, without one. */
  prelude: Buffer | undefined;
  /** What was read of the body beyond it. */
  rest: Buffer;
}

/**
 * Reads a stream up to the eight NUL bytes that end its prelude. The stream then stands at the body, of which `rest` is the
 * beginning.
 */
export async function readPrelude(body: Readable): Promise<SplitStream> {
  let read = Buffer.alloc(0);
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    read = Buffer.concat([read, chunk as Uint8Array]);
    const end = read.indexOf(SEPARATOR);
    if (end !== -1) {
      return { prelude: read.subarray(0, end), rest: read.subarray(end + SEPARATOR.length) };
    }
    if (read.length > LONGEST_PRELUDE) break;
  }
  return { prelude: undefined, rest: read };
}
