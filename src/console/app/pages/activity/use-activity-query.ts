import { useCallback } from 'react';
import { navigate, usePlace } from '../../router.tsx';
import { KINDS, type Kind } from './kinds.ts';

export interface ActivityView {
  /** Empty: all of them. */
  kinds: readonly Kind[];
  /** The id of a function; empty: all of them. */
  id: string;
  search: string;
  /** Only what went wrong. */
  problems: boolean;
}

/** What of the activity is shown. It is kept in the address, so that it can be linked to. */
export function useActivityQuery(): { view: ActivityView; change(changes: Partial<ActivityView>): void } {
  const { query } = usePlace();
  const named = (query.get('kinds') ?? '').split(',');
  const view: ActivityView = {
    kinds: KINDS.map(({ kind }) => kind).filter((kind) => named.includes(kind)),
    id: query.get('function') ?? '',
    search: query.get('search') ?? '',
    problems: query.get('problems') === 'true',
  };
  const current = JSON.stringify(view);
  const change = useCallback(
    (changes: Partial<ActivityView>) => {
      const next: ActivityView = { ...(JSON.parse(current) as ActivityView), ...changes };
      const params = new URLSearchParams({
        ...(next.kinds.length > 0 && { kinds: next.kinds.join() }),
        ...(next.id !== '' && { function: next.id }),
        ...(next.search !== '' && { search: next.search }),
        ...(next.problems && { problems: 'true' }),
      });
      const text = params.toString().replaceAll('%2C', ',');
      navigate(`/lambda/activity${text && `?${text}`}`, { replace: true });
    },
    [current],
  );
  return { view, change };
}
