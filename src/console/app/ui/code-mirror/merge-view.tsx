import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import styles from '../code-compare.module.css';
import type { CodeCompareProps } from '../code-compare.tsx';
import { languageOf } from './languages.ts';
import { mergeLook } from './merge-theme.ts';
import { appearance } from './setup.ts';

const NARROW = window.matchMedia('(max-width: 720px)');
/** Long stretches that are the same are folded away, with some lines left around what differs. */
const COLLAPSED = { margin: 3, minSize: 6 };

export default function Comparison({ before, after, runtime }: CodeCompareProps) {
  const parent = useRef<HTMLDivElement>(null);
  const narrow = useSyncExternalStore(subscribe, () => NARROW.matches);
  const [old, next] = [before.code, after.code];

  useEffect(() => {
    let view: { destroy(): void } | undefined;
    let wanted = true;
    void languageOf(runtime).then((language) => {
      if (!wanted) return;
      const shared = [
        appearance(),
        language,
        mergeLook,
        EditorView.lineWrapping,
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
      ];
      view = narrow
        ? unified(parent.current!, old, next, shared)
        : sideBySide(parent.current!, old, next, shared);
    });
    return () => {
      wanted = false;
      view?.destroy();
    };
  }, [old, next, runtime, narrow]);

  return (
    <div className={styles.compare}>
      <div className={styles.labels}>
        <span>
          <i aria-hidden="true" /> {before.label}
        </span>
        <span>
          <i aria-hidden="true" /> {after.label}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also by keyboard */}
      <section ref={parent} className={styles.scroll} tabIndex={0} aria-label="Differences" />
    </div>
  );
}

function sideBySide(parent: HTMLElement, old: string, next: string, extensions: Extension): MergeView {
  return new MergeView({
    parent,
    a: { doc: old, extensions: [extensions, EditorView.contentAttributes.of({ 'aria-label': 'Theirs' })] },
    b: { doc: next, extensions: [extensions, EditorView.contentAttributes.of({ 'aria-label': 'Mine' })] },
    collapseUnchanged: COLLAPSED,
  });
}

function unified(parent: HTMLElement, old: string, next: string, extensions: Extension): EditorView {
  return new EditorView({
    parent,
    doc: next,
    extensions: [
      extensions,
      EditorView.contentAttributes.of({ 'aria-label': 'Theirs and mine' }),
      unifiedMergeView({ original: old, mergeControls: false, collapseUnchanged: COLLAPSED }),
    ],
  });
}

function subscribe(listener: () => void): () => void {
  NARROW.addEventListener('change', listener);
  return () => NARROW.removeEventListener('change', listener);
}
