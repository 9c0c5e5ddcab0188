import styles from './switch.module.css';

interface SwitchProps {
  label: string;
  on: boolean;
  onChange(on: boolean): void;
  hint?: string;
}

/** Something that stays on or off. */
export function Switch({ label, on, onChange, hint }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={on}
      className={styles.switch}
      title={hint}
      onClick={() => onChange(!on)}
    >
      <span className={styles.track} aria-hidden="true" />
      {label}
    </button>
  );
}
