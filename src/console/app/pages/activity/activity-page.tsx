import { Activity, ArrowUp, Search } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useTitle } from '../../ui/use-title.ts';
import styles from './activity-page.module.css';
import { BurstRow } from './burst-row.tsx';
import { FilterBar } from './filter-bar.tsx';
import { HappeningRow } from './happening-row.tsx';
import { functionOf } from './kinds.ts';
import { RequestRow } from './request-row.tsx';
import type { Row } from './timeline.ts';
import { type ActivityView, useActivityQuery } from './use-activity-query.ts';
import { useTimeline } from './use-timeline.ts';
import { useTitles } from './use-titles.ts';

const EVERYTHING: ActivityView = { kinds: [], id: '', search: '', problems: false };

/** What happens, as it happens: requests to functions, reloads of their code, what fails. */
export default function ActivityPage() {
  useTitle('Activity');
  const { view, change } = useActivityQuery();
  const [paused, setPaused] = useState(false);
  const { functions, titleOf } = useTitles();
  const { rows, timeline, state, dropped } = useTimeline(view, paused, titleOf);
  const filtered = view.kinds.length > 0 || view.id !== '' || view.search !== '' || view.problems;
  const { waiting } = timeline;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1>Activity</h1>
        <span className={styles.state} data-state={paused ? 'paused' : state}>
          {paused ? 'Paused' : state === 'open' ? 'Live' : 'Connecting…'}
        </span>
        {dropped > 0 && (
          <span className={styles.dropped} title="They came faster than this page could take them.">
            {dropped.toLocaleString('en')} not shown
          </span>
        )}
      </div>
      <FilterBar view={view} onChange={change} functions={functions} paused={paused} onPause={setPaused} />
      {paused && waiting > 0 && (
        <button type="button" className={styles.new} onClick={() => setPaused(false)}>
          <ArrowUp size={14} aria-hidden />
          {waiting.toLocaleString('en')} new
        </button>
      )}
      {rows.length > 0 ? (
        <ol className={styles.card} aria-label="Activity, the newest first">
          {rows.map((row) => (
            <RowView key={row.key} row={row} titleOf={titleOf} />
          ))}
        </ol>
      ) : filtered && !timeline.isEmpty ? (
        <div className={styles.card}>
          <Notice
            icon={<Search size={22} aria-hidden />}
            title="Nothing of this kind has happened"
            actions={<Button onClick={() => change(EVERYTHING)}>Show everything</Button>}
          >
            What matches appears here as it happens.
          </Notice>
        </div>
      ) : state === 'open' ? (
        <NothingYet />
      ) : (
        <div className={`${styles.card} ${styles.loading}`} aria-busy="true">
          <output className="visually-hidden">Loading the activity…</output>
        </div>
      )}
    </div>
  );
}

function RowView({ row, titleOf }: { row: Row; titleOf(id: string): string }) {
  switch (row.kind) {
    case 'request':
      return <RequestRow entry={row.entry} title={titleOf(row.entry.id)} />;
    case 'burst':
      return <BurstRow burst={row.burst} version={row.version} title={titleOf(row.burst.id)} />;
    case 'happening':
      return <HappeningRow entry={row.entry} title={titleOf(functionOf(row.entry) ?? '')} />;
  }
}

function NothingYet() {
  return (
    <div className={styles.card}>
      <Notice icon={<Activity size={22} aria-hidden />} title="Nothing has happened yet">
        Requests to functions, reloads of their code and what goes wrong appear here as it happens. A request
        is enough: <code>curl {location.origin}/endpoint/…</code>
      </Notice>
    </div>
  );
}
