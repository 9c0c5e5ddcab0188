import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import styles from './toggle-button.module.css';

interface ToggleButtonProps {
  label: string;
  on: boolean;
  onChange(on: boolean): void;
  children: ReactNode;
}

/** Something that is on or off, as an icon. */
export function ToggleButton({ label, on, onChange, children }: ToggleButtonProps) {
  return (
    <IconButton
      label={label}
      aria-pressed={on}
      className={on ? styles.on : undefined}
      onClick={() => onChange(!on)}
    >
      {children}
    </IconButton>
  );
}
