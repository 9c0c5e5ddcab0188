import { type ReactNode, useEffect, useId, useRef } from 'react';
import styles from './dialog.module.css';

interface DialogProps {
  open: boolean;
  /** Escape was pressed. */
  onClose(): void;
  title: string;
  /** As wide as the window lets it be, for two texts side by side. */
  wide?: boolean;
  children: ReactNode;
}

/** Over the page, which can't be used meanwhile. The browser keeps the focus within it and gives it back. */
export function Dialog({ open, onClose, title, wide = false, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current!;
    if (open && !dialog.open) dialog.showModal();
    else if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      className={wide ? `${styles.dialog} ${styles.wide}` : styles.dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      {open && (
        <>
          <h2 id={heading} className={styles.title}>
            {title}
          </h2>
          <div className={styles.body}>{children}</div>
        </>
      )}
    </dialog>
  );
}

Dialog.Actions = function Actions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
};
