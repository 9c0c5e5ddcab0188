import { ArrowDown, Download, Eraser, Pause, Play, ScrollText, Search, Unplug, WrapText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { download } from '../../http/download.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { SearchInput } from '../../ui/search-input.tsx';
import { ToggleButton } from '../../ui/toggle-button.tsx';
import type { LogBook, LogFilter } from './logs/log-book.ts';
import { LogLines } from './logs/log-lines.tsx';
import { useLogBook } from './logs/use-log-book.ts';
import styles from './logs-panel.module.css';

const NO_FILTER: LogFilter = { text: '', stream: 'all' };

/** What a function writes, as it writes it. */
export function LogsPanel({ id }: { id: string }) {
  const { book, state } = useLogBook(id);
  const [filter, setFilter] = useState(NO_FILTER);
  const [wrap, setWrap] = useState(true);
  const [paused, setPaused] = useState(false);
  const [following, setFollowing] = useState(true);
  const held = paused || !following;
  const isFiltering = filter.text !== '' || filter.stream !== 'all';
  useEffect(() => {
    if (held) book.hold();
    else book.release();
  }, [book, held]);
  useEffect(() => book.filterBy(filter), [book, filter]);
  const follow = () => {
    setPaused(false);
    setFollowing(true);
  };

  return (
    <section className={styles.panel} aria-label="Logs">
      <div className={styles.toolbar}>
        <SearchInput
          className={styles.search}
          label="Search the log"
          value={filter.text}
          onChange={(text) => setFilter((before) => ({ ...before, text }))}
        />
        <StreamSelect
          value={filter.stream}
          onChange={(stream) => setFilter((before) => ({ ...before, stream }))}
        />
        <State book={book} state={state} filtered={isFiltering} paused={paused} />
        <span className={styles.actions}>
          <Button
            className={styles.pause}
            aria-label={paused ? 'Resume' : 'Pause'}
            onClick={() => (paused ? follow() : setPaused(true))}
          >
            {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            <span className={styles.pauseLabel}>{paused ? 'Resume' : 'Pause'}</span>
          </Button>
          <ToggleButton label="Wrap long lines" on={wrap} onChange={setWrap}>
            <WrapText size={15} aria-hidden />
          </ToggleButton>
          <IconButton label="Clear" disabled={book.count === 0} onClick={() => book.clear()}>
            <Eraser size={15} aria-hidden />
          </IconButton>
          <IconButton
            label="Download"
            disabled={book.count === 0}
            onClick={() => download(`${id}.log`, [book.text()], 'text/plain')}
          >
            <Download size={15} aria-hidden />
          </IconButton>
        </span>
      </div>
      <div className={styles.body}>
        {book.count === 0 && !book.held ? (
          <Empty state={state} />
        ) : book.shown.length === 0 && isFiltering ? (
          <Notice
            icon={<Search size={22} aria-hidden />}
            title="No line matches"
            actions={<Button onClick={() => setFilter(NO_FILTER)}>Show all lines</Button>}
          >
            New lines that match appear here.
          </Notice>
        ) : (
          <LogLines
            book={book}
            version={book.version()}
            wrap={wrap}
            search={filter.text}
            following={following && !paused}
            onFollow={(next) => (paused && next ? undefined : setFollowing(next))}
          />
        )}
        {held && book.waiting > 0 && (
          <button type="button" className={styles.new} onClick={follow}>
            <ArrowDown size={14} aria-hidden />
            {book.waiting.toLocaleString('en')} new {book.waiting === 1 ? 'line' : 'lines'}
          </button>
        )}
      </div>
    </section>
  );
}

function StreamSelect({
  value,
  onChange,
}: {
  value: LogFilter['stream'];
  onChange(stream: LogFilter['stream']): void;
}) {
  return (
    <select
      className={styles.select}
      aria-label="Streams"
      value={value}
      onChange={(event) => onChange(event.target.value as LogFilter['stream'])}
    >
      <option value="all">stdout and stderr</option>
      <option value="stdout">stdout</option>
      <option value="stderr">stderr</option>
    </select>
  );
}

function Empty({ state }: { state: string }) {
  if (state === 'gone')
    return (
      <Notice icon={<Unplug size={22} aria-hidden />} title="There is no log any more">
        The function is deleted.
      </Notice>
    );
  if (state === 'connecting') return null;
  return (
    <Notice icon={<ScrollText size={22} aria-hidden />} title="Nothing logged yet">
      What the function writes to stdout and stderr appears here as it is written: <code>console.log()</code>{' '}
      in JavaScript, <code>print()</code> in Python, <code>fmt.Println()</code> in Go.
    </Notice>
  );
}

/** How many lines there are, and what is not among them. */
function State({
  book,
  state,
  filtered,
  paused,
}: {
  book: LogBook;
  state: string;
  filtered: boolean;
  paused: boolean;
}) {
  const number = (value: number) => value.toLocaleString('en');
  const total = `${number(book.count)} ${book.count === 1 ? 'line' : 'lines'}`;
  return (
    <div className={styles.state}>
      <span className={styles.live} data-state={paused ? 'paused' : state}>
        {paused ? 'Paused' : state === 'open' ? 'Live' : state === 'gone' ? 'Ended' : 'Connecting…'}
      </span>
      <span>{filtered ? `${number(book.shown.length)} of ${total}` : total}</span>
      {book.forgotten > 0 && (
        <span title="This page keeps the newest lines; older ones made room for them.">
          {number(book.forgotten)} older let go
        </span>
      )}
      {book.missed > 0 && (
        <span className={styles.missed} title="They were written faster than this page could take them.">
          {number(book.missed)} dropped
        </span>
      )}
    </div>
  );
}
