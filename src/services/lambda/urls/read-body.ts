import type { IncomingMessage } from 'node:http';
import { WireError } from '../../../aws/errors.ts';

/** The body of a request, if it is not too large. @throws WireError */
export async function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > limit) {
      req.resume();
      const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
      throw new WireError('RequestEntityTooLargeException', 413, message);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
