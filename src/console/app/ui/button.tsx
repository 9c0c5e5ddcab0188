import type { ButtonHTMLAttributes, ReactNode } from 'react';
import styles from './button.module.css';

type Tone = 'plain' | 'primary' | 'danger' | 'quiet';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone;
  /** Something is under way: it can't be pressed again, and says so. */
  busy?: boolean;
  children: ReactNode;
}

export function Button({
  tone = 'plain',
  busy = false,
  className,
  disabled,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[tone], className].filter(Boolean).join(' ')}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** What it does, to who can't see the icon; shown as a hint as well. */
  label: string;
  tone?: 'quiet' | 'danger';
  children: ReactNode;
}

export function IconButton({ label, tone = 'quiet', className, children, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.icon, tone === 'danger' ? styles.iconDanger : '', className]
        .filter(Boolean)
        .join(' ')}
      aria-label={label}
      title={label}
    >
      {children}
    </button>
  );
}

/** The look of a button for a link. */
export function buttonClass(tone: Tone = 'plain'): string {
  return `${styles.button} ${styles[tone]}`;
}

/** The look of an icon button for a link. */
export const iconClass = styles.icon!;
