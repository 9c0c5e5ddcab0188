import { useState } from 'react';
import { useJournalEntries } from '../../live/journal.tsx';

/** How the newest code came to run, as far as it happened while the page is shown. */
export type Reload = { phase: 'loading' } | { phase: 'ready' | 'failed'; durationMs: number };

export function useReload(id: string): Reload | undefined {
  const [reload, setReload] = useState<Reload>();
  useJournalEntries((entry) => {
    if (entry.type === 'reload.started' && entry.id === id) setReload({ phase: 'loading' });
    if (entry.type === 'reload.finished' && entry.id === id)
      setReload({ phase: entry.outcome, durationMs: entry.durationMs });
  });
  return reload;
}
