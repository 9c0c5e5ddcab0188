import { useEffect, useId, useRef } from 'react';
import type { FullFunction, FunctionStatus } from '../../api/types.ts';
import { Button } from '../../ui/button.tsx';
import { CodeEditor, type CodeEditorHandle } from '../../ui/code-editor.tsx';
import { useToast } from '../../ui/toasts.tsx';
import { SAVE_KEY, useSaveKey } from '../../ui/use-save-key.ts';
import { CodeBars, LinkedBars } from './code-bars.tsx';
import styles from './code-panel.module.css';
import { ConflictDialog } from './conflict-dialog.tsx';
import { ProblemBox } from './problem-box.tsx';
import { SaveProgress } from './save-progress.tsx';
import { useCodeEditing } from './use-code-editing.ts';

interface CodePanelProps {
  fn: FullFunction;
  etag: string | null;
  status: FunctionStatus;
  /** Why what is shown may be old. */
  error: unknown;
  onDirty(dirty: boolean): void;
  refresh(): void;
}

/** The function's code: edited and saved here, or shown as it changes in a file. */
export function CodePanel({ fn, etag, status, error, onDirty, refresh }: CodePanelProps) {
  const { id, code, runtime } = fn;
  const { source, lastError } = status;
  const linked = source.kind === 'linked' ? source : undefined;
  const readOnly = linked !== undefined;
  const stored = { code, etag };
  const { editing, dirty, kept, dispatch, save, keepMine } = useCodeEditing({
    id,
    stored,
    readOnly,
    refresh,
  });
  const editor = useRef<CodeEditorHandle>(null);
  const toast = useToast();
  const heading = useId();
  const problem = useId();
  const focusEditor = () => editor.current?.focus();
  useSaveKey(save);
  useEffect(() => onDirty(dirty), [dirty, onDirty]);
  useAfter(editing.comparing, focusEditor);

  const takeStored = (message: string) => {
    const mine = editing.code;
    dispatch({ type: 'take-stored' });
    focusEditor();
    toast({
      message,
      action: { label: 'Undo', run: () => dispatch({ type: 'typed', code: mine }) },
    });
  };
  const here = lastError?.line !== undefined && isOwnFile(lastError.file, linked?.entry);
  return (
    <section className={styles.panel} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>Code</h2>
        <SaveProgress id={id} saving={editing.saving !== undefined} dirty={dirty} />
        {!readOnly && (
          <Button
            tone={dirty ? 'primary' : 'plain'}
            onClick={save}
            aria-busy={editing.saving !== undefined || undefined}
            title={SAVE_KEY}
          >
            Save
          </Button>
        )}
      </div>
      {linked && <LinkedBars source={linked} error={error} />}
      <CodeBars
        editing={editing}
        dirty={dirty}
        kept={kept}
        onRetry={() => {
          // The button goes with the message.
          focusEditor();
          save();
        }}
        onCompare={() => dispatch({ type: 'compare' })}
        onDiscard={() => takeStored('The draft is discarded')}
      />
      <CodeEditor
        ref={editor}
        value={editing.code}
        onChange={readOnly ? undefined : (next) => dispatch({ type: 'typed', code: next })}
        runtime={runtime}
        file={linked?.entry}
        problem={
          here ? { line: lastError.line!, column: lastError.column, message: lastError.message } : undefined
        }
        describedBy={lastError && problem}
        invalid={lastError !== undefined}
      />
      {lastError && (
        <ProblemBox
          id={problem}
          error={lastError}
          {...(here ? { onShow: () => editor.current?.goTo(lastError.line!, lastError.column) } : {})}
        />
      )}
      <ConflictDialog
        editing={editing}
        runtime={runtime}
        onKeepMine={keepMine}
        onTakeTheirs={() => takeStored('Their code is in the editor')}
        onGoOn={() => dispatch({ type: 'keep-editing' })}
      />
    </section>
  );
}

/** Errors are told of other files, too, as of what a folder's handler imports. */
function isOwnFile(file: string | undefined, entry: string | undefined): boolean {
  return entry === undefined ? file === undefined || !file.includes('/') : file === entry;
}

/** Calls `then` when something that was shown is shown no more. */
function useAfter(shown: boolean, then: () => void): void {
  const was = useRef(false);
  useEffect(() => {
    if (was.current && !shown) then();
    was.current = shown;
  });
}
