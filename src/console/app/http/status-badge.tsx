import styles from './status-badge.module.css';
import { statusTone, statusWords } from './status-words.ts';

/** `200 OK`. The number says what the colour does. */
export function StatusBadge({ status, short = false }: { status: number; short?: boolean }) {
  const words = statusWords(status);
  return (
    <span className={`${styles.badge} ${styles[statusTone(status)]}`} title={short ? words : undefined}>
      {status}
      {!short && words !== '' && ` ${words}`}
    </span>
  );
}
