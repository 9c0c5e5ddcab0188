import { Annotation, EditorState, type Extension, type Text, type Transaction } from '@codemirror/state';

const fromOutside = Annotation.define<true>();

/** Whether a change was not typed here, but told to the editor. */
export function isFromOutside(transaction: Transaction): boolean {
  return transaction.annotation(fromOutside) === true;
}

/** Puts other code in place. Only what differs is replaced, so that cursor, folds and scroll position stay; it can be undone. */
export function replaceCode(state: EditorState, code: string): Transaction {
  const next = state.toText(code);
  const { from, to, insertTo } = differenceOf(state.doc, next);
  return state.update({
    changes: { from, to, insert: next.slice(from, insertTo) },
    annotations: fromOutside.of(true),
  });
}

/** Files of Windows stay as they are, line breaks included, unless they have both kinds. */
export function lineBreakOf(code: string): Extension {
  return code.includes('\r\n') && !/(?:^|[^\r])\n/.test(code) ? EditorState.lineSeparator.of('\r\n') : [];
}

/** The one range outside of which both texts are the same. `from` and `to` are of the old one, `from` and `insertTo` of the new one. */
function differenceOf(old: Text, next: Text): { from: number; to: number; insertTo: number } {
  const [a, b] = [old.toString(), next.toString()];
  const shorter = Math.min(a.length, b.length);
  let from = 0;
  while (from < shorter && a.charCodeAt(from) === b.charCodeAt(from)) from++;
  let same = 0;
  while (same < shorter - from && a.charCodeAt(a.length - 1 - same) === b.charCodeAt(b.length - 1 - same))
    same++;
  return { from, to: a.length - same, insertTo: b.length - same };
}
