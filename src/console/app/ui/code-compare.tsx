import { lazy, Suspense } from 'react';
import styles from './code-compare.module.css';

export interface CodeCompareProps {
  /** What there was, or what others made of it. */
  before: { code: string; label: string };
  after: { code: string; label: string };
  runtime: string;
}

const MergeView = lazy(() => import('./code-mirror/merge-view.tsx'));

/** Two versions of code with their differences marked: side by side, or one in the other where there is no room for that. */
export function CodeCompare(props: CodeCompareProps) {
  return (
    <Suspense fallback={<div className={styles.loading} aria-busy="true" />}>
      <MergeView {...props} />
    </Suspense>
  );
}
