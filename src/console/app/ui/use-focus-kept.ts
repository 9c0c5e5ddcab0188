import { useEffect } from 'react';

/**
 * When what has the focus goes away, the page as a whole gets it. Otherwise the browser gives it to nobody, and who works by keyboard
 * begins at the top again: after an undo whose message closes, a function that somebody deletes, a page that follows another.
 */
export function useFocusKept(): void {
  useEffect(() => {
    let last: Element | null = document.activeElement;
    const onFocus = () => {
      last = document.activeElement;
    };
    const observer = new MutationObserver(() => {
      if (document.activeElement !== document.body || !last || last.isConnected) return;
      last = null;
      document.getElementById('main')?.focus();
    });
    document.addEventListener('focusin', onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', onFocus);
      observer.disconnect();
    };
  }, []);
}
