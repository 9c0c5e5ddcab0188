import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';
import type { MessageHeaders } from '@smithy/types';
import type { WireAnswer } from './protocols/protocol.ts';
import type { Member, Shape } from './shapes/shape.ts';

/** Writes the structure of one event, or of an answer's other members. */
export type WriteStructure = (shape: Shape, value: unknown, keep?: (member: Member) => boolean) => Uint8Array;

type Event = Readonly<Record<string, unknown>>;

const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** Whether `output` holds a stream of events. */
export function writesEvents(shape: Shape, output: unknown): boolean {
  const member = shape.kind === 'structure' ? shape.eventStream : undefined;
  return member !== undefined && (output as Event)[member.name] !== undefined;
}

/**
 * An answer that goes on as long as its events do. `initial` is for protocols without headers to put other members in.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function encodeEvents(
  shape: Shape,
  output: unknown,
  write: WriteStructure,
  contentType: string,
  answer: { status: number; headers: Record<string, string>; initial: boolean },
): WireAnswer {
  const member = shape.eventStream!;
  const events = (output as Event)[member.name] as AsyncIterable<Event>;
  const first = answer.initial ? write(shape, output, ({ name }) => name !== member.name) : undefined;
  return {
    status: answer.status,
    headers: { 'content-type': EVENT_STREAM, ...answer.headers },
    body: frames(member.shape, events, write, contentType, first),
  };
}

async function* frames(
  union: Shape,
  events: AsyncIterable<Event>,
  write: WriteStructure,
  contentType: string,
  first: Uint8Array | undefined,
): AsyncGenerator<Uint8Array> {
  const codec = new EventStreamCodec(toUtf8, fromUtf8);
  if (first) {
    yield codec.encode({ headers: eventHeaders('event', 'initial-response', contentType), body: first });
  }
  for await (const event of events) {
    const member = union.members.find(({ name }) => event[name] !== undefined);
    if (!member)
      throw new Error(`an event that ${union.name} does not declare: ${Object.keys(event).join(', ')}`);
    yield codec.encode(encodeEvent(member, event[member.name] as Event, write, contentType));
  }
}

function encodeEvent({ name, shape }: Member, event: Event, write: WriteStructure, contentType: string) {
  const payload = shape.members.find((member) => member.shape.traits.eventPayload);
  const isError = shape.traits.error !== undefined;
  const headers = eventHeaders(isError ? 'exception' : 'event', name, payloadType(payload, contentType));
  for (const member of shape.members) {
    const value = event[member.name];
    if (member.shape.traits.eventHeader && value !== undefined)
      headers[member.name] = header(member.shape, value);
  }
  if (!payload) {
    return { headers, body: write(shape, event, (member) => !member.shape.traits.eventHeader) };
  }
  const value = event[payload.name];
  if (value === undefined || value === null) return { headers, body: new Uint8Array() };
  if (payload.shape.kind === 'structure') return { headers, body: write(payload.shape, value) };
  return { headers, body: typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array) };
}

function eventHeaders(message: 'event' | 'exception', name: string, contentType: string): MessageHeaders {
  return {
    [`:${message}-type`]: { type: 'string', value: name },
    ':message-type': { type: 'string', value: message },
    ':content-type': { type: 'string', value: contentType },
  };
}

function payloadType(payload: Member | undefined, contentType: string): string {
  if (payload?.shape.kind === 'blob') return 'application/octet-stream';
  return payload?.shape.kind === 'string' ? 'text/plain' : contentType;
}

function header({ kind }: Shape, value: unknown): MessageHeaders[string] {
  if (kind === 'boolean') return { type: 'boolean', value: value === true };
  if (kind === 'number') return { type: 'integer', value: Number(value) };
  if (kind === 'timestamp') return { type: 'timestamp', value: value as Date };
  if (kind === 'blob') return { type: 'binary', value: value as Uint8Array };
  return { type: 'string', value: String(value) };
}
