import { ChevronRight } from 'lucide-react';
import { memo, useId, useState } from 'react';
import { StatusBadge } from '../../http/status-badge.tsx';
import { duration } from '../../ui/time.tsx';
import { clockTime } from '../info/logs/log-line.ts';
import { FunctionName } from './function-name.tsx';
import { RequestRow } from './request-row.tsx';
import styles from './rows.module.css';
import type { Burst } from './timeline.ts';

interface BurstRowProps {
  burst: Burst;
  /** Grows with the burst. */
  version: number;
  title: string;
}

/** Many requests in one row; opened, the newest of them. */
export const BurstRow = memo(function BurstRow({ burst, title }: BurstRowProps) {
  const { id, count, statuses, first, last, slowestMs, totalMs } = burst;
  const [shown, setShown] = useState<Burst['newest']>();
  const details = useId();
  const [lowest, highest] = statuses;
  return (
    <li className={styles.item}>
      <div className={styles.row}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={shown !== undefined}
          aria-controls={details}
          onClick={() => setShown(shown ? undefined : burst.newest)}
        >
          <ChevronRight size={15} aria-hidden className={styles.chevron} />
          <time className={styles.time} dateTime={first}>
            {clockTime(first)}
          </time>
          <StatusBadge status={highest} short />
          <span className={styles.what}>
            <span className={styles.count}>
              {count.toLocaleString('en')} {count === 1 ? 'request' : 'more requests'}
            </span>{' '}
            <span className={styles.quiet}>
              in {duration(Math.max(1, Date.parse(last) - Date.parse(first)))}, {duration(totalMs / count)} on
              average, {duration(slowestMs)} at most
              {lowest !== highest && `, statuses ${lowest} to ${highest}`}
            </span>
          </span>
        </button>
        <FunctionName id={id} title={title} />
        <span />
        <span />
      </div>
      <div id={details} hidden={!shown}>
        {shown && (
          <ol className={styles.inner} aria-label="The newest of them">
            {shown.map((entry) => (
              <RequestRow key={entry.seq} entry={entry} title={title} />
            ))}
          </ol>
        )}
      </div>
    </li>
  );
});
