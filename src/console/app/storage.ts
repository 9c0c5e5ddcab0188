import type { Shelf } from './drafts/draft-store.ts';

/** Kept for all pages at this address. */
export const localShelf: Shelf = shelf(() => localStorage);
/** Kept for this tab. */
export const sessionShelf: Shelf = shelf(() => sessionStorage);

/** A browser that keeps nothing refuses the storage as a whole. It is asked for with each call, so that only calls can fail. */
function shelf(storage: () => Storage): Shelf {
  return {
    getItem: (key) => storage().getItem(key),
    setItem: (key, value) => storage().setItem(key, value),
    removeItem: (key) => storage().removeItem(key),
  };
}
