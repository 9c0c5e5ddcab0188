import { FileSymlink, TriangleAlert, Undo2 } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { FullFunction, FunctionStatus } from '../../api/types.ts';
import { Bar } from '../../ui/bar.tsx';
import { Button } from '../../ui/button.tsx';
import { CodeEditor, type CodeEditorHandle } from '../../ui/code-editor.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Ago, duration } from '../../ui/time.tsx';
import { SAVE_KEY, useSaveKey } from '../../ui/use-save-key.ts';
import styles from './code-panel.module.css';
import { ConflictDialog } from './conflict-dialog.tsx';
import type { Editing } from './editing.ts';
import { ProblemBox } from './problem-box.tsx';
import { SaveFailure } from './save-failure.tsx';
import { useCodeEditing } from './use-code-editing.ts';
import { type Reload, useReload } from './use-reload.ts';

interface CodePanelProps {
  fn: FullFunction;
  etag: string | null;
  status: FunctionStatus | undefined;
  onDirty(dirty: boolean): void;
  refresh(): void;
}

/** The function's code: edited and saved here, or shown as it changes in a file. */
export function CodePanel({ fn, etag, status, onDirty, refresh }: CodePanelProps) {
  const { id, code, runtime } = fn;
  const linked = status?.source.kind === 'linked' ? status.source : undefined;
  const readOnly = linked !== undefined;
  const { editing, dirty, kept, dispatch, save, keepMine } = useCodeEditing({
    id,
    stored: { code, etag },
    readOnly,
    refresh,
  });
  const reload = useReload(id);
  const editor = useRef<CodeEditorHandle>(null);
  const heading = useId();
  const problemId = useId();
  useSaveKey(save);
  useEffect(() => onDirty(dirty), [dirty, onDirty]);

  const error = status?.lastError;
  const ours = error?.line !== undefined && isOwnFile(error.file, linked?.entry);
  return (
    <section className={styles.panel} aria-labelledby={heading}>
      <div className={styles.head}>
        <h2 id={heading}>Code</h2>
        <output className={styles.progress}>{progressOf(editing, dirty, reload)}</output>
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
      {linked && (
        <Bar
          icon={<FileSymlink size={15} aria-hidden />}
          actions={<CopyButton text={fileOf(linked)} label="Copy the path" />}
        >
          Read-only here. It runs from <code>{fileOf(linked)}</code> and reloads as that changes.
        </Bar>
      )}
      {editing.theirs && (
        <Bar
          tone="warn"
          icon={<TriangleAlert size={15} aria-hidden />}
          actions={<Button onClick={() => dispatch({ type: 'compare' })}>Compare</Button>}
        >
          Someone else saved this function while you were typing. Nothing of yours is lost.
        </Bar>
      )}
      {editing.failure !== undefined && <SaveFailure failure={editing.failure} kept={kept} onRetry={save} />}
      {editing.failure === undefined && !editing.theirs && dirty && editing.restoredFrom && (
        <Bar
          icon={<Undo2 size={15} aria-hidden />}
          actions={
            <Button tone="quiet" onClick={() => dispatch({ type: 'discard' })}>
              Discard draft
            </Button>
          }
        >
          Your unsaved draft from <Ago time={editing.restoredFrom} /> is in the editor.
        </Bar>
      )}
      <CodeEditor
        ref={editor}
        value={editing.code}
        onChange={readOnly ? undefined : (next) => dispatch({ type: 'typed', code: next })}
        runtime={runtime}
        file={linked?.entry}
        problem={
          error && ours ? { line: error.line!, column: error.column, message: error.message } : undefined
        }
        describedBy={error && problemId}
        invalid={error !== undefined}
      />
      {error && (
        <ProblemBox
          id={problemId}
          error={error}
          {...(ours ? { onShow: () => editor.current?.goTo(error.line!, error.column) } : {})}
        />
      )}
      <ConflictDialog
        editing={editing}
        runtime={runtime}
        onKeepMine={keepMine}
        onTakeTheirs={() => dispatch({ type: 'take-theirs' })}
        onGoOn={() => dispatch({ type: 'keep-editing' })}
      />
    </section>
  );
}

function progressOf({ saving }: Editing, dirty: boolean, reload: Reload | undefined): string {
  if (saving !== undefined) return 'Saving…';
  if (dirty) return '';
  switch (reload?.phase) {
    case undefined:
      return '';
    case 'loading':
      return 'Loading the new code…';
    case 'ready':
      return `Live in ${duration(reload.durationMs)}`;
    case 'failed':
      return 'It does not load';
  }
}

/** Errors are told of other files, too, as of what a folder's handler imports. */
function isOwnFile(file: string | undefined, entry: string | undefined): boolean {
  return entry === undefined ? file === undefined || !file.includes('/') : file === entry;
}

function fileOf({ directory, entry }: { directory: string; entry: string }): string {
  return `${directory.replace(/\/$/, '')}/${entry}`;
}
