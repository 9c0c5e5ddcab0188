import type { ServiceIdentity } from '../shapes/model.ts';
import type { Member, Shape } from '../shapes/shape.ts';
import { type TreeFormat, writeStructure } from '../values/tree.ts';
import type { Failure } from './protocol.ts';

/** What the body of an error says in a format with objects: its declared members, or only its message. */
export function errorTree(format: TreeFormat, failure: Failure): Record<string, unknown> {
  const { shape, message } = failure;
  if (!shape) return { message };
  const tree = writeStructure(format, shape, errorMembers(failure), inBody);
  return messageMember(shape) ? tree : { message, ...tree };
}

/** The message stands under the name that the error's shape gives it, `message` or `Message`. */
export function errorMembers({ shape, members, message }: Failure): Record<string, unknown> {
  const name = shape && messageMember(shape);
  return name ? { ...members, [name]: message } : { ...members };
}

export function messageMember(shape: Shape): string | undefined {
  return shape.members.find(({ name }) => name.toLowerCase() === 'message')?.name;
}

/** By this header clients of services that spoke the query protocol go on finding the old codes. */
export function queryErrorHeader(failure: Failure, service: ServiceIdentity): Record<string, string> {
  if (!service.queryCompatible) return {};
  const type = failure.fault === 'client' ? 'Sender' : 'Receiver';
  return { 'x-amzn-query-error': `${failure.queryCode};${type}` };
}

function inBody({ shape }: Member): boolean {
  return shape.traits.httpHeader === undefined;
}
