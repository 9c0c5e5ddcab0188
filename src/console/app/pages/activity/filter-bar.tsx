import { Pause, Play } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { SearchInput } from '../../ui/search-input.tsx';
import styles from './activity-page.module.css';
import { KINDS, type Kind } from './kinds.ts';
import type { ActivityView } from './use-activity-query.ts';
import type { KnownFunction } from './use-titles.ts';

interface FilterBarProps {
  view: ActivityView;
  onChange(changes: Partial<ActivityView>): void;
  functions: readonly KnownFunction[];
  paused: boolean;
  onPause(paused: boolean): void;
}

/** What of the activity is shown, and whether it goes on. */
export function FilterBar({ view, onChange, functions, paused, onPause }: FilterBarProps) {
  const { kinds, id, search, problems } = view;
  const toggle = (kind: Kind) =>
    onChange({ kinds: kinds.includes(kind) ? kinds.filter((other) => other !== kind) : [...kinds, kind] });
  return (
    <div className={styles.filters}>
      <SearchInput
        className={styles.search}
        label="Search the activity"
        placeholder="Search paths and messages"
        value={search}
        onChange={(text) => onChange({ search: text })}
      />
      <select
        className={styles.select}
        aria-label="Function"
        value={id}
        onChange={(event) => onChange({ id: event.target.value })}
      >
        <option value="">All functions</option>
        {id !== '' && !functions.some((fn) => fn.id === id) && <option value={id}>{id}</option>}
        {functions.map((fn) => (
          <option key={fn.id} value={fn.id}>
            {fn.title}
          </option>
        ))}
      </select>
      <Button className={styles.pause} onClick={() => onPause(!paused)}>
        {paused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        {paused ? 'Resume' : 'Pause'}
      </Button>
      <fieldset className={styles.kinds}>
        <legend className="visually-hidden">Kinds</legend>
        {KINDS.map(({ kind, label }) => (
          <button
            key={kind}
            type="button"
            className={styles.kind}
            aria-pressed={kinds.includes(kind)}
            onClick={() => toggle(kind)}
          >
            {label}
          </button>
        ))}
        <span className={styles.divider} aria-hidden="true" />
        <button
          type="button"
          className={styles.kind}
          aria-pressed={problems}
          onClick={() => onChange({ problems: !problems })}
        >
          Problems only
        </button>
      </fieldset>
    </div>
  );
}
