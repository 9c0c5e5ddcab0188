import { Search, SquareFunction, TriangleAlert } from 'lucide-react';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { type ListQuery, listFunctions } from '../../api/functions.ts';
import { messageOf } from '../../api/request.ts';
import type { FunctionPage, JournalEntry } from '../../api/types.ts';
import { useLive } from '../../live/use-live.ts';
import { Link } from '../../router.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { inputClass } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { FunctionTable } from './function-table.tsx';
import styles from './list-page.module.css';
import { PageTurner } from './page-turner.tsx';
import { useListQuery } from './use-list-query.ts';

const LIMIT = 50;
/** Counts of requests come by asking: a function may have thousands a second. */
const REFRESH = 2_500;

/** All functions, as they are right now. */
export function ListPage() {
  const { view, change } = useListQuery();
  const search = useDeferredValue(view.search);
  const query: ListQuery = { ...view, search, limit: LIMIT };
  const key = JSON.stringify(query);
  const list = useLive((signal) => listFunctions(query, signal), { key, on: changesList, every: REFRESH });
  const shown = useLast(list.data);
  const searching = view.search !== '';

  // Who deletes the last function of the last page sees the one before it.
  const pages = list.data?.pages;
  useEffect(() => {
    if (pages !== undefined && pages > 0 && view.page > pages) change({ page: pages });
  }, [pages, view.page, change]);

  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Functions</h1>
        {shown && <span className={styles.count}>{shown.cnt}</span>}
        <SearchField value={view.search} onChange={(text) => change({ search: text, page: 1 })} />
      </div>
      {list.error !== undefined && !list.data ? (
        <Notice
          tone="bad"
          icon={<TriangleAlert size={22} aria-hidden />}
          title="The functions could not be loaded"
          actions={<Button onClick={list.refresh}>Try again</Button>}
        >
          {messageOf(list.error)}
        </Notice>
      ) : !shown ? (
        <Skeleton />
      ) : shown.cnt === 0 ? (
        searching ? (
          <NothingFound search={view.search} onClear={() => change({ search: '', page: 1 })} />
        ) : (
          <NothingYet />
        )
      ) : (
        <>
          <FunctionTable
            functions={shown.lambdas}
            sort={view.sort}
            asc={view.asc}
            onSort={(sort) =>
              change({ sort, asc: sort === view.sort ? !view.asc : sort === 'title' || sort === 'runtime' })
            }
            onChanged={list.refresh}
          />
          <PageTurner page={view.page} pages={shown.pages} onTurn={(page) => change({ page })} />
        </>
      )}
    </div>
  );
}

function changesList(entry: JournalEntry): boolean {
  return /^(function|reload|workload|daemon)\./.test(entry.type);
}

/** While the next list loads, the one before it stays. */
function useLast(list: FunctionPage | undefined): FunctionPage | undefined {
  const [last, setLast] = useState(list);
  useEffect(() => {
    if (list) setLast(list);
  }, [list]);
  return list ?? last;
}

function SearchField({ value, onChange }: { value: string; onChange(text: string): void }) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || takesText(event.target)) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search className={styles.search}>
      <Search size={15} aria-hidden className={styles.searchIcon} />
      <input
        ref={input}
        className={`${inputClass} ${styles.searchInput}`}
        type="search"
        aria-label="Search by title, id or runtime"
        placeholder="Search"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      />
      <span className={styles.key} aria-hidden="true">
        /
      </span>
    </search>
  );
}

/** Whether a key pressed there is something typed. */
function takesText(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function NothingYet() {
  return (
    <div className={styles.card}>
      <Notice
        icon={<SquareFunction size={24} aria-hidden />}
        title="No functions yet"
        actions={
          <Link to="/lambda/add" className={buttonClass('primary')}>
            Write the first one
          </Link>
        }
      >
        A function is a few lines of JavaScript, Python or Go. It has an address as soon as it is created, and
        new code answers there as soon as it is saved.
        <p className={styles.hint}>
          To run a folder of this machine: <code>lambdock dev my-folder</code>
        </p>
      </Notice>
    </div>
  );
}

function NothingFound({ search, onClear }: { search: string; onClear(): void }) {
  return (
    <div className={styles.card}>
      <Notice
        icon={<Search size={22} aria-hidden />}
        title={`Nothing matches “${search}”`}
        actions={<Button onClick={onClear}>Show all functions</Button>}
      >
        Titles, ids and runtimes are searched.
      </Notice>
    </div>
  );
}

function Skeleton() {
  return (
    <div className={styles.card} aria-busy="true">
      <output className="visually-hidden">Loading functions…</output>
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className={styles.skeletonRow} aria-hidden="true">
          <span className={styles.bone} />
          <span className={styles.bone} />
          <span className={styles.bone} />
        </div>
      ))}
    </div>
  );
}
