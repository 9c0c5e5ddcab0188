import { duration } from '../../ui/time.tsx';
import styles from './code-panel.module.css';
import { useReload } from './use-reload.ts';

interface SaveProgressProps {
  id: string;
  saving: boolean;
  dirty: boolean;
}

/** How far new code is on its way from here to answering requests. Read out as it changes. */
export function SaveProgress({ id, saving, dirty }: SaveProgressProps) {
  const reload = useReload(id);
  // What runs is not what is in the editor.
  const shown = saving || dirty ? undefined : reload;
  return (
    <output className={shown?.phase === 'failed' ? `${styles.progress} ${styles.failed}` : styles.progress}>
      {saving && 'Saving…'}
      {shown?.phase === 'loading' && 'Loading the new code…'}
      {shown?.phase === 'ready' && `Live in ${duration(shown.durationMs)}`}
      {shown?.phase === 'failed' && 'It does not load'}
    </output>
  );
}
