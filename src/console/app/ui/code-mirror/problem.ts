import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { CodeProblem } from '../code-editor.tsx';

/** Marks where something is wrong, in the margin and under the code; undefined takes the mark away. */
export function showProblem(view: EditorView, problem: CodeProblem | undefined): void {
  view.dispatch(setDiagnostics(view.state, problem ? [diagnosticOf(view.state, problem)] : []));
}

function diagnosticOf({ doc }: EditorState, { line, column, message }: CodeProblem): Diagnostic {
  // The code may be another one by now than that which failed.
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const indent = found.text.length - found.text.trimStart().length;
  const from = Math.min(found.from + (column === undefined ? indent : Math.max(column - 1, 0)), found.to);
  // Languages tell where something begins, not where it ends.
  const word = /^(?:\w+|\S|\s*$)/.exec(found.text.slice(from - found.from))?.[0].length ?? 0;
  const to = column === undefined || word === 0 ? found.to : from + word;
  return { from: from === to ? found.from + indent : from, to, severity: 'error', message };
}
