import { describe, expect, it } from 'vitest';
import { DraftStore, type Shelf } from '../../../src/console/app/drafts/draft-store.ts';

const isText = (value: unknown): value is string => typeof value === 'string';

describe('drafts', () => {
  it('are there for whoever opens the page again', () => {
    const shelf = memory();
    new DraftStore('a', isText, shelf).write('typed');
    expect(new DraftStore('a', isText, shelf).read()).toBe('typed');
    expect(new DraftStore('b', isText, shelf).read()).toBeUndefined();
  });

  it('are gone when they are removed', () => {
    const shelf = memory();
    const drafts = new DraftStore('a', isText, shelf);
    drafts.write('typed');
    drafts.remove();
    expect(drafts.read()).toBeUndefined();
    expect(shelf.size()).toBe(0);
  });

  it('are not read when they are of another form, or no JSON', () => {
    const shelf = memory();
    const drafts = new DraftStore('a', isText, shelf);
    new DraftStore('a', (value): value is object => typeof value === 'object', shelf).write({ old: 1 });
    expect(drafts.read()).toBeUndefined();
    drafts.write('typed');
    shelf.spoil();
    expect(drafts.read()).toBeUndefined();
  });

  it('say so when the browser is full, and throw nothing when it keeps nothing', () => {
    const refuse = () => {
      throw new Error('QuotaExceededError');
    };
    const drafts = new DraftStore('a', isText, { getItem: refuse, setItem: refuse, removeItem: refuse });
    expect(drafts.write('typed')).toBe(false);
    expect(drafts.read()).toBeUndefined();
    drafts.remove();
    expect(new DraftStore('a', isText, memory()).write('typed')).toBe(true);
  });
});

function memory(): Shelf & { spoil(): void; size(): number } {
  const entries = new Map<string, string>();
  return {
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
    spoil() {
      for (const [key, value] of entries) entries.set(key, value.slice(1));
    },
    size: () => entries.size,
  };
}
