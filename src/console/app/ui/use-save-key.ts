import { useEffect, useRef } from 'react';

/** Ctrl+S, and Cmd+S on a Mac, wherever in the page the focus is: it saves what is shown, not the page. */
export function useSaveKey(onSave: () => void): void {
  const current = useRef(onSave);
  useEffect(() => {
    current.current = onSave;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return;
      if (event.altKey || event.shiftKey) return;
      event.preventDefault();
      // What a dialog asks comes first.
      if (!event.repeat && !document.querySelector('dialog[open]')) current.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

/** How people name the key, as a hint. */
export const SAVE_KEY = /mac|iphone|ipad/i.test(navigator.platform) ? '⌘S' : 'Ctrl+S';
