import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useState } from 'react';
import { EventStreamClient, type StreamState } from '../api/event-stream.ts';
import { useSession } from '../api/session.ts';
import type { JournalEntry } from '../api/types.ts';

type Listener = (entry: JournalEntry) => void;

interface Journal {
  /** Whether the daemon answers. */
  state: StreamState;
  /** Grows each time the daemon is there again after it was not: what is shown may be old then. */
  generation: number;
  subscribe(listener: Listener): () => void;
}

const JournalContext = createContext<Journal | null>(null);
/** Above every number there can be: only what is recorded from now on. */
const FROM_NOW = Number.MAX_SAFE_INTEGER;

/** One connection to the journal for the whole page: what it shows changes by it, and it tells when the daemon is gone. */
export function JournalProvider({ children }: { children: ReactNode }) {
  const { token } = useSession();
  const [state, setState] = useState<StreamState>('connecting');
  const [generation, setGeneration] = useState(0);
  const listeners = useRef(new Set<Listener>());

  // biome-ignore lint/correctness/useExhaustiveDependencies: after a login it has to connect anew
  useEffect(() => {
    let wasLost = false;
    const stream = new EventStreamClient({
      url: (since) => `/_lambdock/journal?except=invocation&since=${since ?? FROM_NOW}`,
      onEvent: (data) => {
        for (const listener of listeners.current) listener(data as JournalEntry);
      },
      onState: (next) => {
        setState(next);
        if (next === 'open' && wasLost) setGeneration((count) => count + 1);
        wasLost = next === 'lost' || (wasLost && next !== 'open');
      },
    });
    return () => stream.close();
  }, [token]);

  const journal = useMemo(
    () => ({
      state,
      generation,
      subscribe: (listener: Listener) => {
        listeners.current.add(listener);
        return () => void listeners.current.delete(listener);
      },
    }),
    [state, generation],
  );
  return <JournalContext value={journal}>{children}</JournalContext>;
}

export function useJournal(): Journal {
  const journal = use(JournalContext);
  if (!journal) throw new Error('useJournal outside of JournalProvider');
  return journal;
}

/** Calls `listener` for each entry that is recorded while the component is shown. */
export function useJournalEntries(listener: Listener): void {
  const { subscribe } = useJournal();
  const current = useRef(listener);
  useEffect(() => {
    current.current = listener;
  });
  useEffect(() => subscribe((entry) => current.current(entry)), [subscribe]);
}
