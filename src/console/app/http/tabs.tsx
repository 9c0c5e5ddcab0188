import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import styles from './tabs.module.css';

interface Tab<K extends string> {
  key: K;
  label: string;
  /** How many there are of what it shows. */
  count?: number;
  content: ReactNode;
}

interface TabsProps<K extends string> {
  label: string;
  tabs: readonly Tab<K>[];
  chosen: K;
  onChoose(key: K): void;
  /** At the end of the row of tabs. */
  extra?: ReactNode;
  className?: string | undefined;
}

/** Parts of which one is shown; the arrow keys go from one to the next. */
export function Tabs<K extends string>({ label, tabs, chosen, onChoose, extra, className }: TabsProps<K>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ key }) => key === chosen);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + tabs.length) % tabs.length;
    onChoose(tabs[next]!.key);
    list.current!.querySelectorAll<HTMLElement>('[role=tab]')[next]!.focus();
  };
  const content = tabs.find(({ key }) => key === chosen)?.content;
  return (
    <div className={[styles.tabs, className].filter(Boolean).join(' ')}>
      <div className={styles.bar}>
        <div ref={list} className={styles.list} role="tablist" aria-label={label} onKeyDown={onKeyDown}>
          {tabs.map(({ key, label: name, count = 0 }) => (
            <button
              key={key}
              type="button"
              role="tab"
              id={`${id}-${key}`}
              className={styles.tab}
              aria-selected={key === chosen}
              aria-controls={`${id}-content`}
              tabIndex={key === chosen ? 0 : -1}
              onClick={() => onChoose(key)}
            >
              {name}
              {count > 0 && <span className={styles.count}>{count}</span>}
            </button>
          ))}
        </div>
        {extra}
      </div>
      <div
        id={`${id}-content`}
        className={styles.content}
        role="tabpanel"
        aria-labelledby={`${id}-${chosen}`}
      >
        {content}
      </div>
    </div>
  );
}
