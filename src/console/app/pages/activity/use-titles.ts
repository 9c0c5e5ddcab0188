import { useCallback, useMemo, useRef } from 'react';
import { listFunctions } from '../../api/functions.ts';
import { useJournalEntries } from '../../live/journal.tsx';
import { useLive } from '../../live/use-live.ts';

export interface KnownFunction {
  id: string;
  title: string;
}

/** The functions there are, by title, and what those are called that are no more. */
export function useTitles(): { functions: readonly KnownFunction[]; titleOf(id: string): string } {
  const gone = useRef(new Map<string, string>());
  useJournalEntries((entry) => {
    if (entry.type === 'function.deleted') gone.current.set(entry.id, entry.title);
  });
  const { data } = useLive(
    (signal) => listFunctions({ search: '', sort: 'title', asc: true, page: 1, limit: 1_000 }, signal),
    { key: 'titles', on: (entry) => entry.type.startsWith('function.') || entry.type === 'daemon.reset' },
  );
  const text = JSON.stringify(data?.lambdas.map(({ id, title }) => ({ id, title })) ?? []);
  const functions = useMemo(() => JSON.parse(text) as KnownFunction[], [text]);
  const titles = useMemo(() => new Map(functions.map(({ id, title }) => [id, title])), [functions]);
  const titleOf = useCallback((id: string) => titles.get(id) ?? gone.current.get(id) ?? id, [titles]);
  return { functions, titleOf };
}
