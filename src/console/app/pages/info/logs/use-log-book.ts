import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { EventStreamClient, type StreamState } from '../../../api/event-stream.ts';
import type { LogLine } from '../../../api/types.ts';
import { paced } from '../../../live/paced.ts';
import { LogBook } from './log-book.ts';

/** As many as the daemon keeps. */
const TAIL = 5_000;
const DRAWN_EVERY = 80;

/** The log of a function, live for as long as the component is shown. */
export function useLogBook(id: string): { book: LogBook; state: StreamState | 'gone' } {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another function has another log
  const book = useMemo(() => new LogBook({ soon: paced(DRAWN_EVERY) }), [id]);
  const [state, setState] = useState<StreamState | 'gone'>('connecting');
  useEffect(() => {
    const stream = new EventStreamClient({
      // What was seen before is no help to the daemon: it may have started anew, and numbers lines from 1 then.
      url: () => `/lambda/${encodeURIComponent(id)}/logs?tail=${TAIL}`,
      onEvent: (data) => book.add(data as LogLine),
      onState: setState,
      onGone: () => setState('gone'),
    });
    return () => stream.close();
  }, [id, book]);
  useSyncExternalStore(book.subscribe, book.version);
  return { book, state };
}
