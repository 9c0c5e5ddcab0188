import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { highlighting, look } from './theme.ts';
import { typingOver } from './typing-over.ts';

/** What an editor has that code is written in. */
export function editing(): Extension {
  return [
    lintGutter(),
    appearance(),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    closeBrackets(),
    typingOver,
    highlightActiveLine(),
    highlightActiveLineGutter(),
    keymap.of([...closeBracketsKeymap, ...historyKeymap, indentWithTab]),
    navigation(),
  ];
}

/** The same to read in. Tab goes on to what comes next in the page. */
export function reading(): Extension {
  return [lintGutter(), appearance(), drawSelection(), EditorState.readOnly.of(true), navigation()];
}

/** How code looks wherever it is shown, the comparison of two versions included. */
export function appearance(): Extension {
  return [
    EditorView.cspNonce.of(nonce()),
    look,
    syntaxHighlighting(highlighting),
    lineNumbers(),
    highlightSpecialChars(),
  ];
}

function navigation(): Extension {
  return [
    foldGutter({ openText: '⌄', closedText: '›' }),
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...searchKeymap, ...foldKeymap, ...lintKeymap, ...defaultKeymap]),
  ];
}

/** Lets the editor add its styles under the page's policy. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
