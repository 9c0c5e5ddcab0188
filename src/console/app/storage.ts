/** What of the browser's storage is needed. Each may throw: when it is full, or when the browser is told to keep nothing. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

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
