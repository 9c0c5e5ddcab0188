import {
  CircleCheck,
  CircleX,
  FilePen,
  FilePlus,
  type LucideIcon,
  Power,
  Send,
  Trash2,
  TriangleAlert,
  Undo2,
} from 'lucide-react';
import { memo } from 'react';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { clockTime } from '../info/logs/log-line.ts';
import { FunctionName } from './function-name.tsx';
import { functionOf, type Happening, inWords } from './kinds.ts';
import styles from './rows.module.css';

const ICONS: Partial<Record<Happening['type'], LucideIcon>> = {
  'function.created': FilePlus,
  'function.updated': FilePen,
  'function.deleted': Trash2,
  'function.restored': Undo2,
  'lambda.destination': Send,
  'daemon.started': Power,
  'daemon.stopping': Power,
};
const BY_TONE = { good: CircleCheck, plain: CircleCheck, warn: TriangleAlert, bad: CircleX } as const;

/** Anything that happened but a request. */
export const HappeningRow = memo(function HappeningRow({
  entry,
  title,
}: {
  entry: Happening;
  title: string;
}) {
  const { tone, text, detail, more } = inWords(entry);
  const id = functionOf(entry);
  const Icon = ICONS[entry.type] ?? BY_TONE[tone];
  return (
    <li className={styles.item}>
      <div className={styles.row}>
        <div className={styles.told}>
          <span className={styles.indent} />
          <time className={styles.time} dateTime={entry.time}>
            {clockTime(entry.time)}
          </time>
          <span className={`${styles.icon} ${styles[tone]}`}>
            <Icon size={16} aria-hidden />
          </span>
          <span className={styles.text}>
            <span className={tone === 'bad' ? styles.bad : undefined}>{text}</span>
            {detail && <code className={styles.detail}>{detail}</code>}
            {more && (
              <details className={styles.more}>
                <summary>More</summary>
                <ScrollArea label="More" className={styles.moreText}>
                  <pre>{more}</pre>
                </ScrollArea>
              </details>
            )}
          </span>
        </div>
        {id === undefined ? <span /> : <FunctionName id={id} title={title} />}
      </div>
    </li>
  );
});
