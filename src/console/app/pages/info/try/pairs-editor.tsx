import { X } from 'lucide-react';
import { useId, useRef } from 'react';
import { IconButton } from '../../../ui/button.tsx';
import { inputClass } from '../../../ui/field.tsx';
import type { Pair } from './draft.ts';
import styles from './pairs-editor.module.css';

interface PairsEditorProps {
  /** What one of them is called: `Header`. */
  what: string;
  pairs: readonly Pair[];
  onChange(pairs: Pair[]): void;
  /** Names that come to mind. */
  names?: readonly string[];
  problemOf?(pair: Pair): string | undefined;
}

const EMPTY: Pair = { name: '', value: '' };

/** Names and values, with an empty row at the end to go on with. */
export function PairsEditor({ what, pairs, onChange, names = [], problemOf }: PairsEditorProps) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const rows = [...pairs, EMPTY];
  const change = (at: number, change: Partial<Pair>) =>
    onChange(
      rows
        .map((row, index) => (index === at ? { ...row, ...change } : row))
        .slice(0, Math.max(pairs.length, at + 1)),
    );
  const remove = (at: number) => {
    onChange(pairs.filter((_, index) => index !== at));
    list.current?.querySelectorAll<HTMLElement>('input')[at * 2]?.focus();
  };
  return (
    <>
      <ul ref={list} className={styles.list}>
        {rows.map((pair, index) => {
          const problem = problemOf?.(pair);
          const about = `${id}-${index}`;
          const described = problem === undefined ? {} : { 'aria-describedby': about };
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its position
            <li key={index} className={styles.row}>
              <input
                className={`${inputClass} ${styles.input}`}
                aria-label={`${what} ${index + 1} name`}
                placeholder="Name"
                list={`${id}-names`}
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={pair.name}
                onChange={(event) => change(index, { name: event.target.value })}
                {...described}
              />
              <input
                className={`${inputClass} ${styles.input}`}
                aria-label={`${what} ${index + 1} value`}
                placeholder="Value"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={pair.value}
                onChange={(event) => change(index, { value: event.target.value })}
              />
              {index < pairs.length ? (
                <IconButton label={`Remove ${what.toLowerCase()} ${index + 1}`} onClick={() => remove(index)}>
                  <X size={14} aria-hidden />
                </IconButton>
              ) : (
                <span />
              )}
              {problem !== undefined && (
                <p id={about} className={styles.problem}>
                  {problem}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <datalist id={`${id}-names`}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
