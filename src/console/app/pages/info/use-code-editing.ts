import { useEffect, useMemo, useReducer } from 'react';
import { DraftStore } from '../../drafts/draft-store.ts';
import { useDraft } from '../../drafts/use-draft.ts';
import { useLeaveGuard } from '../../router.tsx';
import { localShelf } from '../../storage.ts';
import { beginEditing, type CodeDraft, edit, isDirty, type Stored } from './editing.ts';
import { saveCode } from './save-code.ts';

interface CodeEditingOptions {
  id: string;
  /** The newest that came from the daemon. */
  stored: Stored;
  /** Its code is changed elsewhere: nothing is typed here. */
  readOnly: boolean;
  /** Asks the daemon again for what is stored. */
  refresh(): void;
}

/** The code as it is edited on this page: saved, kept as a draft until then, and brought together with what others save. */
export function useCodeEditing({ id, stored, readOnly, refresh }: CodeEditingOptions) {
  const drafts = useMemo(() => new DraftStore(id, isCodeDraft, localShelf), [id]);
  const [editing, dispatch] = useReducer(edit, undefined, () =>
    beginEditing(stored, readOnly ? undefined : drafts.read()),
  );
  const dirty = isDirty(editing);
  const { code, base, restoredFrom } = editing;

  const { code: storedCode, etag } = stored;
  useEffect(() => dispatch({ type: 'stored', stored: { code: storedCode, etag } }), [storedCode, etag]);

  const draft = useMemo<CodeDraft | undefined>(
    () => (dirty ? { code, base, time: restoredFrom ?? new Date().toISOString() } : undefined),
    [dirty, code, base, restoredFrom],
  );
  const { kept } = useDraft(drafts, draft);
  useLeaveGuard(dirty);

  const send = async (mine: string, on: Stored) => {
    dispatch({ type: 'saving' });
    try {
      const answer = await saveCode(id, mine, on);
      dispatch('theirs' in answer ? { type: 'refused', ...answer } : { type: 'saved', ...answer });
    } catch (failure) {
      dispatch({ type: 'failed', failure });
    }
    refresh();
  };

  return {
    editing,
    dirty,
    /** The browser keeps what is typed, until it is saved. */
    kept,
    dispatch,
    save(): void {
      if (editing.saving !== undefined || !dirty) return;
      if (editing.theirs) dispatch({ type: 'compare' });
      else void send(code, base);
    },
    /** Saves this version over theirs. */
    keepMine(): void {
      const on = editing.theirs ?? base;
      dispatch({ type: 'keep-mine' });
      void send(code, on);
    },
  };
}

function isCodeDraft(value: unknown): value is CodeDraft {
  const { code, base, time } = (value ?? {}) as Partial<CodeDraft>;
  return typeof code === 'string' && typeof base?.code === 'string' && typeof time === 'string';
}
