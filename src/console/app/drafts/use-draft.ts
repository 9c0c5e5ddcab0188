import { useEffect, useRef, useState } from 'react';
import type { DraftStore } from './draft-store.ts';

/** Long enough that typing does not wait for the disk. */
const PAUSE = 250;

/** Keeps `draft` in the browser as it changes, or nothing while it is undefined. Returns whether the browser does keep it. */
export function useDraft<Draft>(store: DraftStore<Draft>, draft: Draft | undefined): boolean {
  const [kept, setKept] = useState(true);
  const pending = useRef<(() => void) | undefined>(undefined);

  useEffect(() => {
    pending.current = () => {
      pending.current = undefined;
      if (draft === undefined) store.remove();
      else setKept(store.write(draft));
    };
    const timer = window.setTimeout(() => pending.current?.(), PAUSE);
    return () => window.clearTimeout(timer);
  }, [store, draft]);

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

  return kept;
}
