import type { Shape, TimestampFormat } from '../shapes/shape.ts';

const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|z|[+-]\d\d:?\d\d)?)?$/;
const HTTP_DATE =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(\.\d{1,9})? GMT$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** The first and last moments that a `Date` can tell. */
const LIMIT_MS = 8.64e15;

/** The moment that `text` names, as far as AWS's servers take it; undefined when it names none. */
export function parseTimestamp(text: string, format: TimestampFormat): Date | undefined {
  switch (format) {
    case 'epoch-seconds':
      return NUMBER.test(text) ? fromSeconds(Number(text)) : undefined;
    case 'http-date':
      return HTTP_DATE.test(text) ? valid(Date.parse(text)) : undefined;
    case 'date-time':
      return parseDateTime(text);
  }
}

/** Undefined outside of what a `Date` can tell. */
export function fromSeconds(seconds: number): Date | undefined {
  return valid(Math.round(seconds * 1000));
}

/** Seconds, with milliseconds where there are some: JSON's and CBOR's number, and the text of both others. */
export function formatTimestamp(date: Date, format: TimestampFormat): string {
  switch (format) {
    case 'epoch-seconds':
      return String(date.getTime() / 1000);
    case 'http-date':
      return date.toUTCString();
    case 'date-time':
      return date.toISOString().replace('.000Z', 'Z');
  }
}

export function formatOf(shape: Shape, fallback: TimestampFormat): TimestampFormat {
  return shape.timestampFormat ?? fallback;
}

/** ISO 8601. Without a time of day it is midnight, without an offset UTC. */
function parseDateTime(text: string): Date | undefined {
  const match = DATE_TIME.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const milliseconds = `${fraction}000`.slice(0, 3);
  const date = valid(
    Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${offset}`),
  );
  // February 30th would become a day in March.
  return date && daysIn(Number(year), Number(month)) >= Number(day) ? date : undefined;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function valid(milliseconds: number): Date | undefined {
  return Math.abs(milliseconds) <= LIMIT_MS ? new Date(milliseconds) : undefined;
}
