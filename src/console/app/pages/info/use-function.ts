import { useEffect, useState } from 'react';
import { getFunction, getStatus } from '../../api/functions.ts';
import { type Answer, ApiError } from '../../api/request.ts';
import type { FullFunction, FunctionStatus, JournalEntry } from '../../api/types.ts';
import { useLive } from '../../live/use-live.ts';

/** Whether it is idle or busy changes without an entry in the journal. */
const REFRESH = 2_500;

export interface LiveFunction {
  /** The newest that came, also when it can't be had any more. */
  answer: Answer<FullFunction> | undefined;
  status: FunctionStatus | undefined;
  /** Why there is nothing newer. */
  error: unknown;
  /** It was there, and someone deleted it. */
  deleted: boolean;
  refresh(): void;
}

/** A function, its code and its state, as they are right now. */
export function useFunction(id: string): LiveFunction {
  const concerns = (entry: JournalEntry) => 'id' in entry && entry.id === id;
  const stored = useLive((signal) => getFunction(id, signal), {
    key: id,
    on: (entry) => entry.type === 'daemon.reset' || (concerns(entry) && changesCode(entry)),
  });
  const state = useLive((signal) => getStatus(id, signal), {
    key: id,
    on: (entry) => concerns(entry) && /^(function|reload|workload)\./.test(entry.type),
    every: REFRESH,
  });
  const [answer, setAnswer] = useState<Answer<FullFunction>>();
  useEffect(() => {
    if (stored.data) setAnswer(stored.data);
  }, [stored.data]);
  const [status, setStatus] = useState<FunctionStatus>();
  useEffect(() => {
    if (state.data) setStatus(state.data);
  }, [state.data]);

  const gone = stored.error instanceof ApiError && stored.error.status === 404;
  return {
    answer,
    status,
    error: stored.error,
    deleted: gone && answer !== undefined,
    refresh: stored.refresh,
  };
}

/** The code of a linked function changes with its file, of which only the reload is told. */
function changesCode({ type }: JournalEntry): boolean {
  return type.startsWith('function.') || type === 'reload.started';
}
