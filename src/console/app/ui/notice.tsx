import type { ReactNode } from 'react';
import styles from './notice.module.css';

interface NoticeProps {
  title: string;
  tone?: 'plain' | 'bad';
  /** Above the title. */
  icon?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}

/** What a page or a panel says when it has nothing else to show: nothing there yet, not found, failed. */
export function Notice({ title, tone = 'plain', icon, children, actions }: NoticeProps) {
  return (
    <div className={styles.notice} role={tone === 'bad' ? 'alert' : undefined}>
      {icon && <div className={tone === 'bad' ? `${styles.icon} ${styles.bad}` : styles.icon}>{icon}</div>}
      <h2 className={styles.title}>{title}</h2>
      {children && <div className={styles.text}>{children}</div>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
