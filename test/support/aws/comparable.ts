import { Readable } from 'node:stream';
import type { ProtocolName } from '../../../src/aws/shapes/model.ts';
import type { Member, Shape } from '../../../src/aws/shapes/shape.ts';

/**
 * A value in the form in which both sides of a round trip can be compared: bytes as text, streams at their end, without what
 * a protocol can't express, and without the message of an error, which is compared apart. In forms and XML nothing tells an empty structure from a missing one.
 */
export async function comparable(shape: Shape, value: unknown, protocol: ProtocolName): Promise<unknown> {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'structure':
      return structure(shape, value, protocol);
    case 'list': {
      const items = await Promise.all(
        (value as unknown[]).map((item) => comparable(shape.element, item, protocol)),
      );
      const present = items.filter((item) => item !== undefined);
      return present.length > 0 ? present : undefined;
    }
    case 'map': {
      const entries = await Promise.all(
        Object.entries(value).map(async ([key, item]) => [
          key,
          await comparable(shape.element, item, protocol),
        ]),
      );
      const present = entries.filter(([, item]) => item !== undefined);
      return present.length > 0 ? Object.fromEntries(present) : undefined;
    }
    case 'blob':
      return `bytes ${(await bytesOf(value)).toString('hex')}`;
    case 'timestamp':
      return (value as Date).toISOString();
    case 'bigDecimal':
      return (value as { string: string }).string;
    case 'string':
      return String(value); // some texts are objects that parse themselves
    default:
      return value;
  }
}

async function structure(shape: Shape, value: unknown, protocol: ProtocolName): Promise<unknown> {
  const source = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (isMadeUp(member) || (shape.traits.error && /^message$/i.test(member.name))) continue;
    const inner =
      isEventStream(member.shape) && source[member.name] !== undefined
        ? await firstEvent(source[member.name])
        : source[member.name];
    const simple = await comparable(member.shape, inner, protocol);
    // HTTP tells an empty body from none as little.
    const { httpPayload, eventPayload } = member.shape.traits;
    const nothing = (httpPayload || eventPayload) && (simple === 'bytes ' || simple === '');
    if (simple !== undefined && !nothing) result[member.name] = simple;
  }
  return Object.keys(result).length > 0 ? result : undefined;
}

/** Clients fill tokens in that their user leaves out. */
function isMadeUp({ shape }: Member): boolean {
  return shape.traits.idempotencyToken !== undefined;
}

function isEventStream(shape: Shape): boolean {
  return shape.streaming && shape.kind === 'structure';
}

async function firstEvent(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return value;
  try {
    for await (const event of value as AsyncIterable<unknown>) return event;
  } catch (error) {
    return { [(error as Error).name]: error }; // SDKs throw an event that is an exception
  }
  return undefined;
}

async function bytesOf(value: unknown): Promise<Buffer> {
  if (typeof value === 'string') return Buffer.from(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (value instanceof Readable) return Buffer.concat(await value.toArray());
  return Buffer.from(await (value as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray());
}
