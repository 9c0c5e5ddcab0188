import { Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

/**
 * Who types over selected code has it replaced here. Left to the browser, it would give the new text the look of the old one by a style
 * attribute, which the page's policy refuses, loudly.
 */
export const typingOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data: text, inputType, cancelable } = event;
    if (inputType !== 'insertText' || text === null || !cancelable) return false;
    if (view.composing || view.state.readOnly) return false;
    const range = replacedRange(view);
    if (range === undefined) return false;
    event.preventDefault();
    const insert = () => replacement(view, range, text);
    const handlers = view.state.facet(EditorView.inputHandler);
    if (!handlers.some((handler) => handler(view, range.from, range.to, text, insert)))
      view.dispatch(insert());
    return true;
  },
});

/** Undefined when nothing is replaced. The browser's selection may be newer than the one that the view knows of. */
function replacedRange(view: EditorView): { from: number; to: number } | undefined {
  const selection = document.getSelection();
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return undefined;
  const range = selection.getRangeAt(0);
  if (!view.contentDOM.contains(range.commonAncestorContainer)) return undefined;
  const from = view.posAtDOM(range.startContainer, range.startOffset);
  const to = view.posAtDOM(range.endContainer, range.endOffset);
  return from < to ? { from, to } : undefined;
}

function replacement({ state }: EditorView, { from, to }: { from: number; to: number }, text: string) {
  const insert = Text.of(text.split(/\r\n?|\n/));
  const { main } = state.selection;
  // Then there may be more selections than this one.
  if (main.from === from && main.to === to)
    return state.update(state.replaceSelection(insert), { userEvent: 'input.type' });
  const selection = { anchor: from + insert.length };
  return state.update({ changes: { from, to, insert }, selection, userEvent: 'input.type' });
}
