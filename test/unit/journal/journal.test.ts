import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { Journal, type JournalEntry, type JournalStore } from '../../../src/journal/journal.ts';

class MemoryStore implements JournalStore {
  entries: JournalEntry[] = [];
  next = 1;
  reserve(count: number) {
    this.next += count;
    return this.next - count;
  }
  append(entries: readonly JournalEntry[]) {
    this.entries.push(...entries);
  }
  read(since: number, limit: number) {
    return this.entries.filter(({ seq }) => seq > since).slice(-limit);
  }
  clear() {
    this.entries = [];
  }
}

const notice = (message: string) => ({ type: 'notice', message }) as const;

test('entries are numbered in order and carry the time of the clock', () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const journal = new Journal({ clock });
  const heard: JournalEntry[] = [];
  journal.subscribe((entry) => heard.push(entry));
  journal.record(notice('a'));
  journal.record(notice('b'));
  expect(heard).toMatchObject([
    { seq: 1, time: '2026-01-01T00:00:00.000Z', message: 'a' },
    { seq: 2, message: 'b' },
  ]);
  expect(journal.since(1)).toEqual([heard[1]]);
});

test('nobody hears an entry after unsubscribing', () => {
  const journal = new Journal({ clock: new ManualClock() });
  let heard = 0;
  const unsubscribe = journal.subscribe(() => heard++);
  journal.record(notice('a'));
  unsubscribe();
  journal.record(notice('b'));
  expect(heard).toBe(1);
});

test('entries are stored behind the recording, all but invocations', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const journal = new Journal({ clock, store });
  journal.record(notice('a'));
  journal.record({ type: 'invocation', id: 'f', method: 'GET', path: '/', status: 200, durationMs: 1 });
  expect(store.entries).toEqual([]);
  await clock.advance(1_000);
  expect(store.entries).toMatchObject([{ type: 'notice' }]);
  expect(journal.since(0)).toHaveLength(2);
});

test('a later journal on the same store goes on numbering and knows what was before', () => {
  const store = new MemoryStore();
  {
    using journal = new Journal({ clock: new ManualClock(), store });
    journal.record(notice('before'));
  }
  const later = new Journal({ clock: new ManualClock(), store });
  later.record(notice('after'));
  const [before, after] = later.since(0);
  expect([before, after]).toMatchObject([{ message: 'before' }, { message: 'after' }]);
  expect(after!.seq).toBeGreaterThan(before!.seq);
  expect(later.since(before!.seq)).toEqual([after]);
});

test('memory stays bounded, and what left it is read from the store', () => {
  const store = new MemoryStore();
  const journal = new Journal({ clock: new ManualClock(), store, capacity: 10 });
  for (let i = 1; i <= 100; i++) journal.record(notice(String(i)));
  journal.flush();
  expect(journal.since(0, { limit: 1_000 }).map((entry) => 'message' in entry && entry.message)).toEqual(
    Array.from({ length: 100 }, (_, index) => String(index + 1)),
  );
});

test('entries that the store refuses are kept and offered again', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const errors: unknown[] = [];
  const journal = new Journal({ clock, store, onStoreError: (error) => errors.push(error) });
  const append = store.append.bind(store);
  store.append = () => {
    throw new Error('disk full');
  };
  journal.record(notice('a'));
  await clock.advance(1_000);
  expect(errors).toHaveLength(1);
  store.append = append;
  await clock.advance(5_000);
  expect(store.entries).toMatchObject([{ message: 'a' }]);
});
