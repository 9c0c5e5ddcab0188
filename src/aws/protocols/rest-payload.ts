import type { Member } from '../shapes/shape.ts';
import type { WireRequest } from './protocol.ts';

/** Reads the member that is the whole body. An empty body is none, unless the member streams. */
export function decodePayload(
  { shape }: Member,
  request: WireRequest,
  parse: (body: Uint8Array) => unknown,
): unknown {
  if (shape.streaming) return request.stream ?? request.body;
  if (request.body.length === 0) return undefined;
  if (shape.kind === 'blob') return new Uint8Array(request.body);
  if (shape.kind === 'string') return Buffer.from(request.body).toString('utf8');
  return parse(request.body);
}
