import type { FunctionState } from '../api/types.ts';
import styles from './state-badge.module.css';

/** What a state is called, and how it looks. */
const STATES: Record<FunctionState, { label: string; tone: string; hint: string }> = {
  idle: { label: 'Idle', tone: 'rest', hint: 'Starts with its next request' },
  starting: { label: 'Starting', tone: 'work', hint: 'Its first process is starting' },
  ready: { label: 'Ready', tone: 'good', hint: 'Answers requests' },
  reloading: { label: 'Reloading', tone: 'work', hint: 'New code is loading; requests wait for it' },
  failed: { label: 'Failed', tone: 'bad', hint: 'Its code does not load; requests get the error' },
  restarting: {
    label: 'Restarting',
    tone: 'bad',
    hint: 'Its process ended by itself and starts again after a pause',
  },
};

export function StateBadge({ state }: { state: FunctionState }) {
  const { label, tone, hint } = STATES[state];
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={hint}>
      <span className={styles.dot} aria-hidden="true" />
      {label}
    </span>
  );
}
