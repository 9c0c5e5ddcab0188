import { ApiError, isAbort, Unreachable } from './request.ts';
import { authorization, noteRefusal } from './session.ts';
import type { JournalEntry } from './types.ts';

export interface JournalQuery {
  id?: string;
  types?: readonly JournalEntry['type'][];
  /** The newest so many. */
  tail: number;
}

/** What the journal has, the oldest first. Rejects as `call` does. */
export async function readJournal(
  { id, types, tail }: JournalQuery,
  signal?: AbortSignal,
): Promise<JournalEntry[]> {
  const params = new URLSearchParams({
    tail: String(tail),
    follow: 'false',
    ...(id === undefined ? {} : { id }),
    ...(types === undefined ? {} : { types: types.join() }),
  });
  const response = await fetch(`/_lambdock/journal?${params}`, {
    cache: 'no-store',
    headers: authorization(),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    throw isAbort(error) ? error : new Unreachable();
  });
  if (response.status === 401) noteRefusal();
  if (!response.ok) throw new ApiError(response.status, `lambdock answered ${response.status}`);
  const lines = (await response.text()).split('\n');
  return lines
    .filter((line) => line.startsWith('data: {"seq"'))
    .map((line) => JSON.parse(line.slice(6)) as JournalEntry);
}
