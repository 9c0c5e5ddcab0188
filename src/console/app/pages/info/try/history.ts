import type { Draft } from './draft.ts';

export interface Sent {
  draft: Draft;
  time: string;
  /** Absent where there was no answer. */
  status?: number;
  durationMs: number;
}

/** What of the browser's storage is used. */
interface Storage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

type Kept = Record<string, Sent[]>;

const KEY = 'lambdock.try';
const MOST_PER_FUNCTION = 20;
const MOST_FUNCTIONS = 50;
const LONGEST_BODY = 20_000;
const MOST_CHARS = 1_000_000;
/** Pages of functions have the same origin, and could read what is stored. */
const SECRET = /^(?:authorization|proxy-authorization|cookie|x-api-key)$|token|secret/i;

/** What was sent to a function before, the newest first. */
export function readHistory(id: string, storage: Storage): Sent[] {
  return readAll(storage)[id] ?? [];
}

/** Adds a request, and returns all that is remembered then. The same request again takes the place of the one before. */
export function remember(id: string, sent: Sent, storage: Storage): Sent[] {
  const { [id]: before = [], ...others } = readAll(storage);
  const entry = withoutSecrets(sent);
  const same = JSON.stringify(entry.draft);
  const mine = [entry, ...before.filter(({ draft }) => JSON.stringify(draft) !== same)].slice(
    0,
    MOST_PER_FUNCTION,
  );
  // The function used last comes first, and those at the end are the first to be forgotten.
  let kept = Object.entries({ [id]: mine, ...others }).slice(0, MOST_FUNCTIONS);
  while (kept.length > 1 && JSON.stringify(kept).length > MOST_CHARS) kept = kept.slice(0, -1);
  try {
    storage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    // A browser without room for it still sends requests.
  }
  return mine;
}

function withoutSecrets(sent: Sent): Sent {
  const { draft } = sent;
  const headers = draft.headers.map(({ name, value }) => ({ name, value: SECRET.test(name) ? '' : value }));
  return { ...sent, draft: { ...draft, headers, body: draft.body.slice(0, LONGEST_BODY) } };
}

function readAll(storage: Storage): Kept {
  try {
    const found: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? (found as Kept) : {};
  } catch {
    return {};
  }
}
