import { Compartment } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useImperativeHandle, useRef } from 'react';
import type { CodeEditorProps } from '../code-editor.tsx';
import styles from './code-mirror.module.css';
import { languageOf } from './languages.ts';
import { showProblem } from './problem.ts';
import { isFromOutside, lineBreakOf, replaceCode } from './replace-code.ts';
import { editing, reading } from './setup.ts';

/** CodeMirror as a controlled component. The view lives as long as the component: what changes is told to it. */
export default function CodeMirror(props: CodeEditorProps) {
  const { value, onChange, runtime, file, problem, describedBy, invalid, ref } = props;
  const parent = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  /** What the view holds, as told to or by the parent: comparing with it spares asking the view for all of its text. */
  const known = useRef(value);
  const change = useRef(onChange);
  const parts = useRef({
    breaks: new Compartment(),
    language: new Compartment(),
    access: new Compartment(),
    attributes: new Compartment(),
  });
  const readOnly = onChange === undefined;

  useEffect(() => {
    change.current = onChange;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; the effects below tell it what changes
  useEffect(() => {
    const { breaks, language, access, attributes } = parts.current;
    known.current = value;
    const made = new EditorView({
      doc: value,
      parent: parent.current!,
      extensions: [
        breaks.of(lineBreakOf(value)),
        access.of(readOnly ? reading() : editing()),
        language.of([]),
        attributes.of([]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || update.transactions.every(isFromOutside)) return;
          known.current = update.state.sliceDoc();
          change.current?.(known.current);
        }),
      ],
    });
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, []);

  useEffect(() => {
    if (value === known.current) return;
    known.current = value;
    const { current } = view;
    current!.dispatch({ effects: parts.current.breaks.reconfigure(lineBreakOf(value)) });
    current!.dispatch(replaceCode(current!.state, value));
  }, [value]);

  useEffect(() => {
    view.current!.dispatch({
      effects: parts.current.access.reconfigure(readOnly ? reading() : editing()),
    });
  }, [readOnly]);

  useEffect(() => {
    let wanted = true;
    void languageOf(runtime, file).then((language) => {
      if (wanted) view.current?.dispatch({ effects: parts.current.language.reconfigure(language) });
    });
    return () => {
      wanted = false;
    };
  }, [runtime, file]);

  useEffect(() => {
    const attributes = EditorView.contentAttributes.of({
      'aria-label': 'Code',
      // It is focusable as it is; this tells programs that look for it.
      tabindex: '0',
      ...(describedBy ? { 'aria-describedby': describedBy } : {}),
      ...(invalid ? { 'aria-invalid': 'true' } : {}),
      ...(readOnly ? { 'aria-readonly': 'true' } : {}),
    });
    view.current!.dispatch({ effects: parts.current.attributes.reconfigure(attributes) });
  }, [describedBy, invalid, readOnly]);

  const { line, column, message } = problem ?? {};
  useEffect(() => {
    showProblem(view.current!, line === undefined ? undefined : { line, column, message: message! });
  }, [line, column, message]);

  useImperativeHandle(
    ref,
    () => ({
      focus: () => view.current?.focus(),
      goTo(wanted, at = 1) {
        const { current } = view;
        if (!current) return;
        const found = current.state.doc.line(Math.min(Math.max(wanted, 1), current.state.doc.lines));
        const anchor = Math.min(found.from + Math.max(at - 1, 0), found.to);
        current.dispatch({
          selection: { anchor },
          effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
        });
        current.focus();
      },
    }),
    [],
  );

  return <div ref={parent} className={styles.editor} />;
}
