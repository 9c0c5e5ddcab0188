import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { EventStreamClient, type StreamState } from '../../api/event-stream.ts';
import type { JournalEntry } from '../../api/types.ts';
import { paced } from '../../live/paced.ts';
import { functionOf, isProblem, kindOf, searchable } from './kinds.ts';
import { type Row, Timeline } from './timeline.ts';
import type { ActivityView } from './use-activity-query.ts';

const TAIL = 1_000;
const DRAWN_EVERY = 120;

/** The journal as rows, live for as long as the component is shown. */
export function useTimeline(
  { kinds, id, search, problems }: ActivityView,
  paused: boolean,
  titleOf: (id: string) => string,
): { rows: readonly Row[]; timeline: Timeline; state: StreamState; dropped: number } {
  const timeline = useMemo(() => new Timeline({ soon: paced(DRAWN_EVERY) }), []);
  const [state, setState] = useState<StreamState>('connecting');
  const [dropped, setDropped] = useState(0);
  useEffect(() => {
    const stream = new EventStreamClient({
      url: (since) => `/_lambdock/journal?tail=${TAIL}${since === undefined ? '' : `&since=${since}`}`,
      onEvent: (data) => timeline.add(data as JournalEntry),
      onDropped: (count) => setDropped((before) => before + count),
      onState: setState,
    });
    return () => stream.close();
  }, [timeline]);
  useEffect(() => {
    if (paused) timeline.pause();
    else timeline.resume();
  }, [timeline, paused]);
  const wanted = kinds.join();
  useEffect(() => {
    const needle = search.toLowerCase();
    timeline.filterBy((entry) => {
      if (wanted !== '' && !wanted.split(',').includes(kindOf(entry))) return false;
      const of = functionOf(entry);
      if (id !== '' && of !== id) return false;
      if (problems && !isProblem(entry)) return false;
      return needle === '' || searchable(entry, of === undefined ? '' : titleOf(of)).includes(needle);
    });
  }, [timeline, wanted, id, search, problems, titleOf]);
  const rows = useSyncExternalStore(timeline.subscribe, timeline.rows);
  return { rows, timeline, state, dropped };
}
