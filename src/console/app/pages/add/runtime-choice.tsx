import { useId } from 'react';
import type { RuntimeDocument } from '../../api/types.ts';
import { RuntimeName } from '../../ui/runtime-name.tsx';
import { runtimeKey } from './add-draft.ts';
import styles from './runtime-choice.module.css';

interface RuntimeChoiceProps {
  runtimes: readonly RuntimeDocument[];
  chosen: RuntimeDocument | undefined;
  error: string | undefined;
  onChoose(runtime: RuntimeDocument): void;
}

/** The languages there are, side by side. */
export function RuntimeChoice({ runtimes, chosen, error, onChoose }: RuntimeChoiceProps) {
  const name = useId();
  return (
    <fieldset className={styles.field} aria-describedby={error === undefined ? undefined : `${name}-error`}>
      <legend className={styles.label}>Runtime</legend>
      <div className={styles.choices}>
        {runtimes.map((runtime) => (
          <label key={runtimeKey(runtime)} className={styles.choice}>
            <input
              type="radio"
              name={name}
              className={styles.radio}
              checked={runtime === chosen}
              onChange={() => onChoose(runtime)}
            />
            <RuntimeName runtime={runtime.runtime} version={runtime.version} />
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p id={`${name}-error`} className={styles.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
