import type { SourceError } from '../../api/types.ts';
import styles from './problem-box.module.css';

interface ProblemBoxProps {
  id: string;
  error: SourceError;
  /** Goes to the place in the editor, when it is there. */
  onShow?: () => void;
}

/** Why the code does not serve, in words that can be read where the mark in the editor can't. */
export function ProblemBox({ id, error, onShow }: ProblemBoxProps) {
  const { name, message, stack } = error;
  const title = name && !message.startsWith(name) ? `${name}: ${message}` : message;
  const place = placeOf(error);
  return (
    <div className={styles.box} role="alert">
      <p id={id} className={styles.title}>
        <strong>{title}</strong>{' '}
        {place &&
          (onShow ? (
            <button type="button" className={styles.place} onClick={onShow}>
              {place}
            </button>
          ) : (
            <span>{place}</span>
          ))}
      </p>
      {stack && stack !== message && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard
        <pre className={styles.stack} tabIndex={0}>
          {stack}
        </pre>
      )}
    </div>
  );
}

function placeOf({ file, line, column }: SourceError): string | undefined {
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined);
  return place.length === 0 ? undefined : place.join(':');
}
