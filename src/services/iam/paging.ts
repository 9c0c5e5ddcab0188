import { validationError } from './errors.ts';

interface PageInput {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

export interface Page<T> {
  items: T[];
  /** What an answer has beside its items. */
  rest: { IsTruncated: boolean; Marker?: string };
}

const USUAL_SIZE = 100;

/**
 * One page of `all`. A marker tells the last item that was given, and its place in case that it is gone.
 *
 * @throws WireError ValidationError for a marker that is none
 */
export function pageOf<T>(
  all: readonly T[],
  { Marker, MaxItems = USUAL_SIZE }: PageInput,
  keyOf: (item: T) => string,
): Page<T> {
  const start = Marker === undefined ? 0 : startAfter(all, Marker, keyOf);
  const items = all.slice(start, start + MaxItems);
  const end = start + items.length;
  if (end >= all.length) return { items, rest: { IsTruncated: false } };
  const marker = Buffer.from(JSON.stringify([end, keyOf(items.at(-1)!)])).toString('base64');
  return { items, rest: { IsTruncated: true, Marker: marker } };
}

function startAfter<T>(all: readonly T[], marker: string, keyOf: (item: T) => string): number {
  const [place, key] = readMarker(marker);
  const found = all[place - 1];
  if (found !== undefined && keyOf(found) === key) return place;
  const index = all.findIndex((item) => keyOf(item) === key);
  return index === -1 ? place - 1 : index + 1;
}

function readMarker(marker: string): [place: number, key: string] {
  try {
    const value: unknown = JSON.parse(Buffer.from(marker, 'base64').toString('utf8'));
    if (Array.isArray(value) && Number.isInteger(value[0]) && value[0] > 0 && typeof value[1] === 'string') {
      return [value[0], value[1]];
    }
  } catch {
    // Told below.
  }
  throw validationError('Invalid Marker.');
}
