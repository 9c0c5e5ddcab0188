import { type KeyboardEvent, lazy, type Ref, Suspense, useId, useState } from 'react';
import styles from './code-editor.module.css';

/** A place in the code where something is wrong. */
export interface CodeProblem {
  /** From 1. */
  line: number;
  /** From 1; the whole line where it is not known. */
  column?: number | undefined;
  message: string;
}

export interface CodeEditorHandle {
  focus(): void;
  /** Brings a line, from 1, into view and puts the cursor there. */
  goTo(line: number, column?: number): void;
}

export interface CodeEditorProps {
  value: string;
  /** Without it, the code can only be read. */
  onChange?: ((code: string) => void) | undefined;
  /** The runtime, as `python`. */
  runtime: string;
  /** The code's file, where it has one: its ending tells more than the runtime does. */
  file?: string | undefined;
  problem?: CodeProblem | undefined;
  /** The element that says what is wrong with the code as a whole. */
  describedBy?: string | undefined;
  invalid?: boolean;
  ref?: Ref<CodeEditorHandle>;
}

// Most of the console's bytes: what is around it can be seen while it loads.
const CodeMirror = lazy(() => import('./code-mirror/code-mirror.tsx'));

/** An editor of code, as high as the space it is given. Its accessible name is "Code". */
export function CodeEditor(props: CodeEditorProps) {
  const hint = useId();
  const [trapped, setTrapped] = useState(false);
  const describedBy = [props.describedBy, props.onChange && hint].filter(Boolean).join(' ');
  // Whoever comes with Tab, or finds that it does not lead out, sees what does.
  const onKeyUp = ({ key }: KeyboardEvent) => key === 'Tab' && setTrapped(true);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only watches what the editor in it is told
    <div className={styles.frame} onKeyUp={onKeyUp} onBlur={() => setTrapped(false)}>
      <Suspense fallback={<Loading />}>
        <CodeMirror {...props} describedBy={describedBy} />
      </Suspense>
      {props.onChange && (
        <p id={hint} className={trapped ? styles.hint : 'visually-hidden'}>
          Tab indents. Press Escape, then Tab, to leave the editor.
        </p>
      )}
    </div>
  );
}

function Loading() {
  return (
    <div className={styles.loading} aria-busy="true">
      <output className="visually-hidden">Loading the editor…</output>
      {['46%', '68%', '12%'].map((width) => (
        <span key={width} className={styles.bone} style={{ width }} />
      ))}
    </div>
  );
}
