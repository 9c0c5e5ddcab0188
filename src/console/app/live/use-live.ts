import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbort, Unreachable } from '../api/request.ts';
import type { JournalEntry } from '../api/types.ts';
import { useJournal, useJournalEntries } from './journal.tsx';

export interface Live<T> {
  /** The newest that came; kept while a newer one is on its way, and while the daemon is gone. */
  data: T | undefined;
  error: unknown;
  loading: boolean;
  refresh(): void;
}

export interface LiveOptions {
  /** What has to be loaded again when it changes. */
  key: string;
  /** Which entries of the journal change what is shown. */
  on?(entry: JournalEntry): boolean;
  /** Loads again after so many milliseconds, while the page is seen. */
  every?: number;
}

/** Entries come in bunches: a reload is three of them. */
const GATHER = 80;

/** Loads something from the daemon and keeps it up to date. */
export function useLive<T>(load: (signal: AbortSignal) => Promise<T>, options: LiveOptions): Live<T> {
  const { key, on, every } = options;
  const { generation } = useJournal();
  const [result, setResult] = useState<{ key: string; data?: T; error?: unknown }>({ key });
  const [turn, setTurn] = useState(0);
  const timer = useRef<number | undefined>(undefined);
  const loader = useRef(load);
  useEffect(() => {
    loader.current = load;
  });
  const refresh = useCallback(() => {
    window.clearTimeout(timer.current);
    timer.current = undefined;
    setTurn((count) => count + 1);
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: these say when to load again
  useEffect(() => {
    const abort = new AbortController();
    loader.current(abort.signal).then(
      (data) => !abort.signal.aborted && setResult({ key, data }),
      (error: unknown) => {
        if (abort.signal.aborted || isAbort(error)) return;
        // The page says by itself that the daemon is gone; what was loaded before stays to be seen.
        setResult((before) =>
          before.key === key && before.data !== undefined && error instanceof Unreachable
            ? before
            : { key, error },
        );
      },
    );
    return () => abort.abort();
  }, [key, turn, generation]);

  useEffect(() => {
    if (every === undefined) return;
    const interval = window.setInterval(() => !document.hidden && refresh(), every);
    const onVisible = () => !document.hidden && refresh();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      window.clearInterval(interval);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [every, refresh]);

  useJournalEntries((entry) => {
    if (on?.(entry)) timer.current ??= window.setTimeout(refresh, GATHER);
  });

  const { data, error } = result.key === key ? result : { data: undefined, error: undefined };
  return { data, error, loading: data === undefined && error === undefined, refresh };
}
