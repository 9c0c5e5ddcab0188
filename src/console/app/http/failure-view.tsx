import { TriangleAlert } from 'lucide-react';
import { ScrollArea } from '../ui/scroll-area.tsx';
import { decode } from './body.ts';
import type { Body } from './body-view.tsx';
import styles from './failure-view.module.css';

interface Failure {
  error: string;
  file?: string;
  line?: number;
  column?: number;
  stack?: string;
}

/** What lambdock answers in place of a function that failed; undefined where the answer is the function's own. */
export function failureIn(status: number, body: Body): Failure | undefined {
  if (![502, 503, 504].includes(status) || !body.contentType.startsWith('application/json')) return undefined;
  try {
    const found: unknown = JSON.parse(decode(body.bytes));
    if (typeof found !== 'object' || found === null || !('error' in found)) return undefined;
    return typeof found.error === 'string' ? (found as Failure) : undefined;
  } catch {
    return undefined;
  }
}

/** Why the function gave no answer: what happened, where, and how it came to that. */
export function FailureView({ failure }: { failure: Failure }) {
  const { error, file, line, column, stack } = failure;
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  return (
    <div className={styles.failure}>
      <p className={styles.message}>
        <TriangleAlert size={16} aria-hidden />
        <span>{error}</span>
      </p>
      {place !== '' && !error.includes(place) && <p className={styles.place}>{place}</p>}
      {stack && (
        <ScrollArea className={styles.stack} label="Stack trace">
          <pre>{stack}</pre>
        </ScrollArea>
      )}
    </div>
  );
}
