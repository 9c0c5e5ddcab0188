/** What of `localStorage` is needed. Each may throw, as when the browser is told to keep nothing. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const PREFIX = 'lambdock.draft.';

/** Keeps what was typed and not sent in this browser, so that neither a reload nor a closed tab loses it. */
export class DraftStore<Draft> {
  readonly #key: string;
  readonly #isDraft: (value: unknown) => value is Draft;
  readonly #shelf: Shelf;

  constructor(name: string, isDraft: (value: unknown) => value is Draft, shelf: Shelf) {
    this.#key = PREFIX + name;
    this.#isDraft = isDraft;
    this.#shelf = shelf;
  }

  /** Undefined when there is none, or none that this version of the console can read. */
  read(): Draft | undefined {
    try {
      const value: unknown = JSON.parse(this.#shelf.getItem(this.#key) ?? 'null');
      return this.#isDraft(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }

  /** False when the browser keeps nothing, for it is full or does not want to. */
  write(draft: Draft): boolean {
    try {
      this.#shelf.setItem(this.#key, JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  remove(): void {
    try {
      this.#shelf.removeItem(this.#key);
    } catch {
      // It keeps nothing anyway.
    }
  }
}
