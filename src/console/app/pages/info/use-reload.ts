import { useEffect, useState } from 'react';
import { useJournal, useJournalEntries } from '../../live/journal.tsx';

/** How the newest code came to run, as far as it happened while the page is shown. */
export type Reload = { phase: 'loading' } | { phase: 'ready' | 'failed'; durationMs: number };

export function useReload(id: string): Reload | undefined {
  const [reload, setReload] = useState<Reload>();
  const { generation } = useJournal();
  // What began before the daemon was gone ends without a word.
  // biome-ignore lint/correctness/useExhaustiveDependencies: says when
  useEffect(() => setReload(undefined), [generation]);
  useJournalEntries((entry) => {
    if (entry.type === 'reload.started' && entry.id === id) setReload({ phase: 'loading' });
    if (entry.type === 'reload.finished' && entry.id === id)
      setReload({ phase: entry.outcome, durationMs: entry.durationMs });
  });
  return reload;
}
