import { invalidParameter } from './errors.ts';
import { readOpaque, writeOpaque } from './opaque.ts';

/** One page of a list, and where the next begins. */
export interface Page<T> {
  items: T[];
  NextMarker: string | undefined;
}

/** The most that Lambda's lists answer at once, whatever is asked for. */
export const PAGE_SIZE = 50;

/**
 * A page of `all`, which is in an order that does not change: a marker is the key behind which the list goes on, so that
 * what is added or deleted between two requests neither hides nor repeats another item.
 */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  { Marker, MaxItems }: { Marker?: string | undefined; MaxItems?: number | undefined },
  most = PAGE_SIZE,
): Page<T> {
  const start = Marker === undefined || Marker === '' ? 0 : startAfter(all, keyOf, readKey(Marker));
  const end = start + Math.min(MaxItems ?? most, most);
  const items = all.slice(start, end);
  const last = items.at(-1);
  return { items, NextMarker: last !== undefined && end < all.length ? writeOpaque(keyOf(last)) : undefined };
}

/** Where the item of this key stands or, after it was deleted, stood. */
function startAfter<T>(all: readonly T[], keyOf: (item: T) => string, key: string): number {
  const found = all.findIndex((item) => keyOf(item) === key);
  if (found !== -1) return found + 1;
  const next = all.findIndex((item) => keyOf(item) > key);
  return next === -1 ? all.length : next;
}

/** @throws InvalidParameterValueException */
function readKey(marker: string): string {
  const [key] = readOpaque(marker);
  if (typeof key === 'string') return key;
  throw invalidParameter('Invalid Marker. Please specify a valid Marker.');
}
