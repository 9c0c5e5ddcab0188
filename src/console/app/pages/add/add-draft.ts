import type { RuntimeDocument } from '../../api/types.ts';

/** What was typed of a function that does not exist yet: for each runtime its own code, where it is not the default. */
export interface AddDraft {
  title: string;
  /** The runtime chosen, as `node 20`. */
  runtime: string | undefined;
  codes: Readonly<Record<string, string>>;
}

export const EMPTY: AddDraft = { title: '', runtime: undefined, codes: {} };

/** A runtime and its version, as `node 20`. */
export function runtimeKey({ runtime, version }: { runtime: string; version: string }): string {
  return `${runtime} ${version}`;
}

/** The runtime that is chosen, else the one that is proposed, else the first. */
export function chosenRuntime(
  draft: AddDraft,
  runtimes: readonly RuntimeDocument[],
  proposed: { runtime: string; version: string } | undefined,
): RuntimeDocument | undefined {
  const find = (key: string | undefined) => runtimes.find((one) => runtimeKey(one) === key);
  return find(draft.runtime) ?? find(proposed && runtimeKey(proposed)) ?? runtimes[0];
}

export function codeFor(draft: AddDraft, runtime: RuntimeDocument): string {
  return draft.codes[runtimeKey(runtime)] ?? runtime.default_code;
}

/** The draft with other code for a runtime; the default code needs no keeping. */
export function withCode(draft: AddDraft, runtime: RuntimeDocument, code: string): AddDraft {
  const key = runtimeKey(runtime);
  const { [key]: _, ...others } = draft.codes;
  return { ...draft, codes: code === runtime.default_code ? others : { ...others, [key]: code } };
}

/** What stays when a function was made of it: what was typed for other runtimes. */
export function afterCreation(draft: AddDraft, runtime: RuntimeDocument): AddDraft {
  return { ...withCode(draft, runtime, runtime.default_code), title: '' };
}

/** Something was typed that is worth keeping. */
export function hasContent({ title, codes }: AddDraft): boolean {
  return title.trim() !== '' || Object.keys(codes).length > 0;
}

export function isAddDraft(value: unknown): value is AddDraft {
  const { title, codes } = (value ?? {}) as Partial<AddDraft>;
  return (
    typeof title === 'string' &&
    typeof codes === 'object' &&
    codes !== null &&
    Object.values(codes).every((code) => typeof code === 'string')
  );
}
