import { useMemo, useState } from 'react';
import { type FieldErrors, fieldErrors } from '../../api/field-errors.ts';
import { createFunction } from '../../api/functions.ts';
import { ApiError, messageOf, Unreachable } from '../../api/request.ts';
import type { RuntimeDocument } from '../../api/types.ts';
import { DraftStore } from '../../drafts/draft-store.ts';
import { useDraft } from '../../drafts/use-draft.ts';
import { navigate, useLeaveGuard } from '../../router.tsx';
import { localShelf } from '../../storage.ts';
import { afterCreation, codeFor, EMPTY, hasContent, isAddDraft, runtimeKey, withCode } from './add-draft.ts';

const FIELDS = ['title', 'runtime', 'version', 'code'] as const;
export type AddField = (typeof FIELDS)[number];
export type AddErrors = FieldErrors<AddField>;

/** What is typed into the form, kept as a draft, and sent. */
export function useAddForm() {
  const drafts = useMemo(() => new DraftStore('new', isAddDraft, localShelf), []);
  const [draft, setDraft] = useState(() => drafts.read() ?? EMPTY);
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<AddErrors>();
  const filled = hasContent(draft);
  const { settle } = useDraft(drafts, filled ? draft : undefined);
  useLeaveGuard(filled && touched);

  const change = (next: typeof draft) => {
    setDraft(next);
    setTouched(true);
  };
  const clear = (field: AddField) => setErrors((found) => found && withoutField(found, field));

  return {
    draft,
    busy,
    errors,
    setTitle(title: string) {
      change({ ...draft, title });
      clear('title');
    },
    setCode(runtime: RuntimeDocument, code: string) {
      change(withCode(draft, runtime, code));
      clear('code');
    },
    choose(runtime: RuntimeDocument) {
      setDraft({ ...draft, runtime: runtimeKey(runtime) });
      setErrors(undefined);
    },
    /** Resolves with what is wrong, or with nothing when it goes on to the function's page. */
    async submit(chosen: RuntimeDocument): Promise<AddErrors | undefined> {
      if (busy) return undefined;
      setBusy(true);
      setErrors(undefined);
      const { runtime, version } = chosen;
      const title = draft.title.trim();
      try {
        const id = await createFunction({ title, runtime, version, code: codeFor(draft, chosen) });
        const rest = afterCreation(draft, chosen);
        settle(hasContent(rest) ? rest : undefined);
        navigate(`/lambda/info?id=${id}`, { force: true });
        return undefined;
      } catch (failure) {
        const found = errorsOf(failure);
        setErrors(found);
        setBusy(false);
        return found;
      }
    },
  };
}

function errorsOf(failure: unknown): AddErrors {
  if (failure instanceof ApiError && failure.status < 500) return fieldErrors(failure.message, FIELDS);
  const why = failure instanceof Unreachable ? 'lambdock does not answer.' : `${messageOf(failure)}.`;
  return { fields: {}, rest: `${why} What you typed is kept in this browser; try again.` };
}

function withoutField(errors: AddErrors, field: AddField): AddErrors {
  const { [field]: _, ...fields } = errors.fields;
  return { ...errors, fields: fields as AddErrors['fields'] };
}
