import { EditorState } from '@codemirror/state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isFromOutside,
  lineBreakOf,
  replaceCode,
} from '../../../src/console/app/ui/code-mirror/replace-code.ts';

describe('replacing the code in an editor', () => {
  it('leaves the cursor where it is when other lines change', () => {
    const doc = 'one\ntwo\nthree\n';
    const before = EditorState.create({ doc, selection: { anchor: doc.indexOf('three') + 2 } });
    const { state } = replaceCode(before, 'one and more\ntwo\nthree\n');
    expect(state.doc.lineAt(state.selection.main.head).text).toBe('three');
    expect(state.selection.main.head - state.doc.line(3).from).toBe(2);
  });

  it('is told from what was typed', () => {
    const state = EditorState.create({ doc: 'a' });
    expect(isFromOutside(replaceCode(state, 'b'))).toBe(true);
    expect(isFromOutside(state.update({ changes: { from: 0, insert: 'b' } }))).toBe(false);
  });

  it('makes of any code any other', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '\u{1f600}')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, text, (old, next) => {
        expect(replaceCode(EditorState.create({ doc: old }), next).newDoc.toString()).toBe(next);
      }),
    );
  });

  it('keeps the line breaks of Windows, unless there are others as well', () => {
    const edited = (doc: string) => {
      const state = EditorState.create({ doc, extensions: lineBreakOf(doc) });
      return state.update({ changes: { from: 0, insert: 'x' } }).state.sliceDoc();
    };
    expect(edited('a\r\nb\r\n')).toBe('xa\r\nb\r\n');
    expect(edited('a\nb\n')).toBe('xa\nb\n');
    expect(edited('a\r\nb\nc')).toBe('xa\nb\nc');
  });
});
