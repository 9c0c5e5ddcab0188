import { useCallback } from 'react';
import type { ListQuery, SortField } from '../../api/functions.ts';
import { navigate, usePlace } from '../../router.tsx';

export type ListView = Omit<ListQuery, 'limit'>;

const SORTS: readonly SortField[] = ['title', 'runtime', 'reg_date', 'update_date'];
const FIRST: ListView = { search: '', sort: 'reg_date', asc: false, page: 1 };

/** What of the list is shown. It is kept in the address, so that it can be linked to and comes back with "back". */
export function useListQuery(): { view: ListView; change(changes: Partial<ListView>): void } {
  const { query } = usePlace();
  const sort = SORTS.find((field) => field === query.get('sort')) ?? FIRST.sort;
  const page = Number(query.get('page'));
  const view: ListView = {
    search: query.get('search') ?? '',
    sort,
    asc: query.get('asc') === 'true',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
  };
  const current = JSON.stringify(view);
  const change = useCallback(
    (changes: Partial<ListView>) => {
      const next: ListView = { ...(JSON.parse(current) as ListView), ...changes };
      const params = new URLSearchParams();
      for (const name of ['search', 'sort', 'asc', 'page'] as const)
        if (next[name] !== FIRST[name]) params.set(name, String(next[name]));
      const text = params.toString();
      navigate(`/lambda/list${text && `?${text}`}`, {
        replace: changes.page === undefined || changes.search !== undefined,
      });
    },
    [current],
  );
  return { view, change };
}
