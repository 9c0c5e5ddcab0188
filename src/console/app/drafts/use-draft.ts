import { useCallback, useEffect, useRef, useState } from 'react';
import type { DraftStore } from './draft-store.ts';

/** Long enough that typing does not wait for the disk. */
const PAUSE = 250;

interface KeptDraft<Draft> {
  /** Whether the browser keeps it. */
  kept: boolean;
  /** Puts another draft, or none, in its place at once, for who leaves the page with the next step. */
  settle(draft: Draft | undefined): void;
}

/** Keeps `draft` in the browser as it changes, or nothing while it is undefined. */
export function useDraft<Draft>(store: DraftStore<Draft>, draft: Draft | undefined): KeptDraft<Draft> {
  const [kept, setKept] = useState(true);
  const pending = useRef<(() => void) | undefined>(undefined);
  const settle = useCallback(
    (next: Draft | undefined) => {
      pending.current = undefined;
      if (next === undefined) store.remove();
      else setKept(store.write(next));
    },
    [store],
  );

  useEffect(() => {
    pending.current = () => settle(draft);
    const timer = window.setTimeout(() => pending.current?.(), PAUSE);
    return () => window.clearTimeout(timer);
  }, [settle, draft]);

  useEffect(() => {
    const flush = () => pending.current?.();
    window.addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', flush);
    return () => {
      window.removeEventListener('pagehide', flush);
      document.removeEventListener('visibilitychange', flush);
      flush();
    };
  }, []);

  return { kept, settle };
}
