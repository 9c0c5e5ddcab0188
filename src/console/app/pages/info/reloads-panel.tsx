import { CircleCheck, CircleX, RefreshCw, TriangleAlert } from 'lucide-react';
import { readJournal } from '../../api/journal.ts';
import { messageOf } from '../../api/request.ts';
import type { JournalEntry } from '../../api/types.ts';
import { useLive } from '../../live/use-live.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { Ago, duration } from '../../ui/time.tsx';
import styles from './reloads-panel.module.css';

type Reload = Extract<JournalEntry, { type: 'reload.finished' }>;

const MOST = 100;

/** When the function's code was loaded anew, why, how long it took, and what came of it. The newest first. */
export function ReloadsPanel({ id }: { id: string }) {
  const { data, error, refresh } = useLive(
    (signal) => readJournal({ id, types: ['reload.finished'], tail: MOST }, signal),
    { key: id, on: (entry) => entry.type === 'reload.finished' && entry.id === id },
  );
  if (!data)
    return error === undefined ? null : (
      <Notice
        tone="bad"
        icon={<TriangleAlert size={22} aria-hidden />}
        title="The reloads could not be loaded"
        actions={<Button onClick={refresh}>Try again</Button>}
      >
        {messageOf(error)}
      </Notice>
    );
  const reloads = data.filter((entry) => entry.type === 'reload.finished').reverse();
  if (reloads.length === 0)
    return (
      <Notice icon={<RefreshCw size={22} aria-hidden />} title="No reloads yet">
        Each time that code is saved, here or in a linked folder, this says how long it took until the new
        code answered.
      </Notice>
    );
  const longest = Math.max(...reloads.map(({ durationMs }) => durationMs));
  return (
    <ScrollArea label="Reloads" className={styles.panel}>
      <ol className={styles.list}>
        {reloads.map((reload) => (
          <Row key={reload.seq} reload={reload} longest={longest} />
        ))}
      </ol>
    </ScrollArea>
  );
}

function Row({ reload, longest }: { reload: Reload; longest: number }) {
  const { time, files, durationMs, outcome, error } = reload;
  const failed = outcome === 'failed';
  return (
    <li className={styles.row}>
      <span className={failed ? `${styles.outcome} ${styles.failed}` : styles.outcome}>
        {failed ? <CircleX size={15} aria-hidden /> : <CircleCheck size={15} aria-hidden />}
        {failed ? 'Failed' : 'Live'}
      </span>
      <span className={styles.files}>{files.length === 0 ? 'Saved code' : filesInWords(files)}</span>
      <span className={styles.took}>
        <span className={styles.track} aria-hidden="true">
          <span
            className={failed ? `${styles.bar} ${styles.barFailed}` : styles.bar}
            style={{ width: `${Math.max(2, (durationMs / longest) * 100)}%` }}
          />
        </span>
        {duration(durationMs)}
      </span>
      <span className={styles.when}>
        <Ago time={time} />
      </span>
      {error && (
        <span className={styles.error}>
          {error.file && (
            <code className={styles.place}>
              {[error.file, error.line, error.column].filter((part) => part !== undefined).join(':')}
            </code>
          )}
          {error.name && !error.message.startsWith(error.name)
            ? `${error.name}: ${error.message}`
            : error.message}
        </span>
      )}
    </li>
  );
}

function filesInWords(files: readonly string[]): string {
  const shown = files.slice(0, 3).join(', ');
  return files.length > 3 ? `${shown} and ${files.length - 3} more` : shown;
}
