import { EditorView } from '@codemirror/view';

/** The colours of differences: what is only in the old version is red, what is only in the new one is green. */
export const mergeLook = EditorView.theme({
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--bad-soft)' },
  '&.cm-merge-b .cm-changedLine, .cm-changedLine, .cm-inlineChangedLine': {
    backgroundColor: 'var(--good-soft)',
  },
  // Underlined: on a stronger background, coloured code could not be read well.
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'none',
    boxShadow: 'inset 0 -2px var(--bad)',
  },
  '&.cm-merge-b .cm-changedText, .cm-changedText': {
    background: 'none',
    boxShadow: 'inset 0 -2px var(--good)',
  },
  '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: 'var(--bad)' },
  '&.cm-merge-b .cm-changedLineGutter, .cm-changedLineGutter': { background: 'var(--good)' },
  '.cm-deletedChunk': { paddingLeft: 'var(--space-2)' },
  '.cm-collapsedLines': {
    padding: '4px var(--space-3)',
    background: 'var(--sunken)',
    color: 'var(--ink-2)',
    fontFamily: 'var(--sans)',
    fontSize: 'var(--text-xs)',
  },
});
