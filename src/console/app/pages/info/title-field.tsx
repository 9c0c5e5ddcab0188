import { useEffect, useId, useRef, useState } from 'react';
import { sentence } from '../../api/field-errors.ts';
import { updateFunction } from '../../api/functions.ts';
import { messageOf } from '../../api/request.ts';
import styles from './title-field.module.css';

/** The title as the page's heading, to be typed over. Enter, or going elsewhere, saves it; Escape takes it back. */
export function TitleField({ id, title }: { id: string; title: string }) {
  const [typed, setTyped] = useState<string>();
  /** What was typed and sent: shown until it comes back from the daemon. */
  const [sent, setSent] = useState<string>();
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const errorId = useId();

  // biome-ignore lint/correctness/useExhaustiveDependencies: says when
  useEffect(() => {
    setTyped((text) => (text === sent || document.activeElement !== input.current ? undefined : text));
    setSent(undefined);
  }, [title]);

  const commit = async () => {
    if (typed === undefined) return;
    setError(undefined);
    if (typed === sent) return;
    if (typed.trim() === title) {
      setTyped(undefined);
      return;
    }
    setSent(typed);
    try {
      await updateFunction(id, { title: typed.trim() }, null);
    } catch (failure) {
      setSent(undefined);
      setError(sentence(messageOf(failure)));
    }
  };

  return (
    <div className={styles.field}>
      <h1 className={styles.heading}>
        <input
          ref={input}
          className={styles.input}
          aria-label="Title"
          aria-invalid={error !== undefined || undefined}
          aria-describedby={error === undefined ? undefined : errorId}
          autoComplete="off"
          spellCheck={false}
          value={typed ?? title}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => void commit()}
          onKeyDown={(event) => {
            if (event.key === 'Enter') void commit();
            if (event.key !== 'Escape') return;
            setTyped(undefined);
            setError(undefined);
          }}
        />
      </h1>
      {error !== undefined && (
        <p id={errorId} className={styles.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
