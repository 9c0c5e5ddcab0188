import { X } from 'lucide-react';
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button, IconButton } from './button.tsx';
import styles from './toasts.module.css';

interface Toast {
  message: string;
  tone?: 'plain' | 'bad';
  action?: { label: string; run(): void };
}

type Shown = Toast & { id: number };

const ToastContext = createContext<((toast: Toast) => void) | null>(null);
const SHOWN_FOR = 6_000;
/** Long enough to read, think and reach the button. */
const SHOWN_FOR_WITH_ACTION = 12_000;
const MOST = 4;

/** Short messages about what just happened, some with a way to undo it. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Shown[]>([]);
  const next = useRef(1);
  const show = useCallback((toast: Toast) => {
    setToasts((shown) => [...shown, { ...toast, id: next.current++ }].slice(-MOST));
  }, []);
  const remove = useCallback((id: number) => setToasts((shown) => shown.filter((one) => one.id !== id)), []);
  return (
    <ToastContext value={show}>
      {children}
      <section className={styles.stack} aria-label="Messages" aria-live="polite">
        {toasts.map((toast) => (
          <Item key={toast.id} toast={toast} onDone={remove} />
        ))}
      </section>
    </ToastContext>
  );
}

export function useToast(): (toast: Toast) => void {
  const show = use(ToastContext);
  if (!show) throw new Error('useToast outside of ToastProvider');
  return show;
}

function Item({ toast, onDone }: { toast: Shown; onDone(id: number): void }) {
  const { id, message, tone = 'plain', action } = toast;
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = window.setTimeout(() => onDone(id), action ? SHOWN_FOR_WITH_ACTION : SHOWN_FOR);
    return () => window.clearTimeout(timer);
  }, [held, id, action, onDone]);
  const hold = useMemo(
    () => ({
      onMouseEnter: () => setHeld(true),
      onMouseLeave: () => setHeld(false),
      onFocus: () => setHeld(true),
      onBlur: () => setHeld(false),
    }),
    [],
  );
  return (
    <div className={tone === 'bad' ? `${styles.toast} ${styles.bad}` : styles.toast} {...hold}>
      <span className={styles.message}>{message}</span>
      {action && (
        <Button
          tone="quiet"
          className={styles.action}
          onClick={() => {
            onDone(id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton label="Dismiss" className={styles.dismiss} onClick={() => onDone(id)}>
        <X size={15} aria-hidden />
      </IconButton>
    </div>
  );
}
