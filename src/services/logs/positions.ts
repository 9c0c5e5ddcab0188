import { BAD_TOKEN, invalidParameter } from './errors.ts';
import type { Position } from './store/events.ts';

/** An event's time stands in front of the last 144 bits of its number, as in AWS's: sorted by number is sorted by time. */
const TIME_SHIFT = 144n;
const STREAM_SHIFT = 64n;
const DIGITS = 56;
const STREAM_MASK = (1n << (TIME_SHIFT - STREAM_SHIFT)) - 1n;
const SEQ_MASK = (1n << STREAM_SHIFT) - 1n;

export interface EventReference extends Position {
  stream: number;
}

/** What FilterLogEvents and subscriptions call an event by: 56 digits. */
export function eventId({ stream, timestamp, seq }: EventReference): string {
  const number = (BigInt(timestamp) << TIME_SHIFT) | (BigInt(stream) << STREAM_SHIFT) | BigInt(seq);
  return number.toString().padStart(DIGITS, '0');
}

/** Undefined where the text is no such number. */
export function parseEventId(id: string): EventReference | undefined {
  if (!/^\d{1,58}$/.test(id)) return undefined;
  const number = BigInt(id);
  return {
    timestamp: Number(number >> TIME_SHIFT),
    stream: Number((number >> STREAM_SHIFT) & STREAM_MASK),
    seq: Number(number & SEQ_MASK),
  };
}

/** What Insights calls an event by, in `@ptr`. */
export function eventPointer(reference: EventReference): string {
  return Buffer.from(`event/${eventId(reference)}`).toString('base64');
}

/** Undefined where the text is no such pointer. */
export function parseEventPointer(pointer: string): EventReference | undefined {
  const id = /^event\/(\d+)$/.exec(Buffer.from(pointer, 'base64').toString())?.[1];
  return id === undefined ? undefined : parseEventId(id);
}

/** The token of GetLogEvents for a place in a stream: `f/…` is read on forward from it, `b/…` backward. */
export function streamToken(direction: 'f' | 'b', { timestamp, seq }: Position): string {
  return `${direction}/${eventId({ stream: 0, timestamp: Math.max(0, timestamp), seq })}/s`;
}

/** @throws InvalidParameterException in AWS's words */
export function parseStreamToken(token: string): { direction: 'f' | 'b'; position: Position } {
  const match = /^([fb])\/(\d{1,58})(?:\/s)?$/.exec(token);
  const position = match && parseEventId(match[2]!);
  if (!position || !Number.isSafeInteger(position.timestamp) || !Number.isSafeInteger(position.seq)) {
    throw invalidParameter(BAD_TOKEN);
  }
  return { direction: match[1] as 'f' | 'b', position };
}

/** Nobody needs it any more, yet AWS still gives it: 56 digits that begin with 49. */
export function sequenceToken(ingested: number, stream: number): string {
  return `49${String(stream).padStart(22, '0')}${String(ingested).padStart(32, '0')}`;
}
