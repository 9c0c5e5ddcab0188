import type { ReactNode } from 'react';
import styles from './bar.module.css';

interface BarProps {
  tone?: 'plain' | 'warn' | 'bad';
  icon?: ReactNode;
  children: ReactNode;
  actions?: ReactNode;
}

/** A line above what it is about, with what can be done. Read out when it appears. */
export function Bar({ tone = 'plain', icon, children, actions }: BarProps) {
  return (
    <div className={`${styles.bar} ${styles[tone]}`} role={tone === 'bad' ? 'alert' : 'status'}>
      <div className={styles.about}>
        {icon && <span className={styles.icon}>{icon}</span>}
        <p className={styles.text}>{children}</p>
      </div>
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
