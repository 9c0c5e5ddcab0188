/** The code as the daemon has it. */
export interface Stored {
  code: string;
  etag: string | null;
}

/** What is kept of code that was typed and not saved: also what it was typed on, to tell whether that is still what is stored. */
export interface CodeDraft {
  code: string;
  base: Stored;
  /** When it was typed. */
  time: string;
}

/**
 * Code being edited while others may change it. `base` is what was stored when the typing began: the code is unsaved when it differs
 * from that. `theirs` is what someone else stored since, and can't be merged by itself.
 */
export interface Editing {
  base: Stored;
  code: string;
  theirs?: Stored;
  /** Both versions are being shown side by side. */
  comparing: boolean;
  /** What is on its way to the daemon. */
  saving?: string;
  /** Why it did not get there. */
  failure?: unknown;
  /** It was typed before the page was loaded. */
  restoredFrom?: string;
}

export type EditingEvent =
  | { type: 'typed'; code: string }
  /** What is stored came from the daemon. */
  | { type: 'stored'; stored: Stored }
  | { type: 'saving' }
  | { type: 'saved'; etag: string | null }
  /** The daemon refused to overwrite this. */
  | { type: 'refused'; theirs: Stored }
  | { type: 'failed'; failure: unknown }
  | { type: 'compare' }
  | { type: 'keep-editing' }
  /** From now on what they stored is what this is an edit of. */
  | { type: 'keep-mine' }
  /** Gives up what was typed for what is stored. */
  | { type: 'take-stored' };

/** Begins with what is stored, and with what was typed before the page was loaded, if that is not the same. */
export function beginEditing(stored: Stored, draft: CodeDraft | undefined): Editing {
  if (!draft || draft.code === stored.code) return { base: stored, code: stored.code, comparing: false };
  const editing = { base: draft.base, code: draft.code, comparing: false, restoredFrom: draft.time };
  return takeStored(editing, stored);
}

export function isDirty({ code, base }: Editing): boolean {
  return code !== base.code;
}

export function edit(editing: Editing, event: EditingEvent): Editing {
  switch (event.type) {
    case 'typed':
      return { ...editing, code: event.code };
    case 'stored':
      return takeStored(editing, event.stored);
    case 'saving': {
      const { failure: _, ...rest } = editing;
      return { ...rest, saving: editing.code };
    }
    case 'saved': {
      const { saving, restoredFrom: _, ...rest } = editing;
      return { ...rest, base: { code: saving ?? editing.code, etag: event.etag } };
    }
    case 'refused': {
      const { saving: _, ...rest } = editing;
      const next = takeStored(rest, event.theirs);
      return { ...next, comparing: next.theirs !== undefined };
    }
    case 'failed': {
      const { saving: _, ...rest } = editing;
      return { ...rest, failure: event.failure };
    }
    case 'compare':
      return { ...editing, comparing: editing.theirs !== undefined };
    case 'keep-editing':
      return { ...editing, comparing: false };
    case 'keep-mine':
      return settle(editing, editing.theirs ?? editing.base, editing.code);
    case 'take-stored': {
      const stored = editing.theirs ?? editing.base;
      return settle(editing, stored, stored.code);
    }
  }
}

function takeStored(editing: Editing, stored: Stored): Editing {
  // What comes while saving may be from before or after it; the page asks again when that is over.
  if (editing.saving !== undefined || stored.etag === (editing.theirs ?? editing.base).etag) return editing;
  if (stored.code === editing.code) return settle(editing, stored, editing.code);
  if (!isDirty(editing)) return settle(editing, stored, stored.code);
  // Only the title changed, or they went back to where this one began.
  if (stored.code === editing.base.code) {
    const { theirs: _, ...rest } = editing;
    return { ...rest, base: stored, comparing: false };
  }
  return { ...editing, theirs: stored };
}

function settle(editing: Editing, base: Stored, code: string): Editing {
  const { theirs: _, failure: __, restoredFrom, ...rest } = editing;
  const unsaved = code !== base.code;
  return { ...rest, base, code, comparing: false, ...(unsaved && restoredFrom ? { restoredFrom } : {}) };
}
