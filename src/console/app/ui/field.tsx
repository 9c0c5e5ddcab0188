import { type ReactNode, useId } from 'react';
import styles from './field.module.css';

interface FieldProps {
  label: string;
  /** What is wrong with what is in it. */
  error?: string | undefined;
  hint?: string;
  /** The control, which takes these. */
  children(control: { id: string; 'aria-invalid'?: true; 'aria-describedby'?: string }): ReactNode;
}

/** A control with its name above and what is wrong with it below. */
export function Field({ label, error, hint, children }: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  const described = error !== undefined || hint !== undefined;
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children({
        id,
        ...(error !== undefined ? { 'aria-invalid': true } : {}),
        ...(described ? { 'aria-describedby': about } : {}),
      })}
      {described && (
        <p
          id={about}
          className={error !== undefined ? styles.error : styles.hint}
          role={error ? 'alert' : undefined}
        >
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export const inputClass = styles.input!;
