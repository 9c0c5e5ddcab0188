import { memo } from 'react';
import styles from './sparkline.module.css';

interface SparklineProps {
  requests: readonly number[];
  errors: readonly number[];
  /** What it shows, in words. */
  label: string;
}

const HEIGHT = 26;
const BAR = 2;
const STEP = 3;

/** Bars of requests over time, the part that failed in red from below. */
export const Sparkline = memo(function Sparkline({ requests, errors, label }: SparklineProps) {
  const most = Math.max(4, ...requests);
  const width = requests.length * STEP;
  return (
    <svg className={styles.chart} viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      <path className={styles.base} d={`M0 ${HEIGHT - 0.5}H${width}`} />
      <path className={styles.requests} d={bars(requests, most)} />
      <path className={styles.errors} d={bars(errors, most)} />
    </svg>
  );
});

function bars(values: readonly number[], most: number): string {
  return values
    .map((value, index) => {
      if (value === 0) return '';
      const height = Math.max(2, (value / most) * (HEIGHT - 2));
      return `M${index * STEP} ${HEIGHT}v${-height.toFixed(1)}h${BAR}V${HEIGHT}z`;
    })
    .join('');
}
