import type { ServerResponse } from 'node:http';
import type { Clock } from '../clock/clock.ts';
import type { Journal, JournalEntry } from '../journal/journal.ts';
import { EventStream } from '../support/event-stream.ts';

export interface JournalStreamOptions {
  journal: Journal;
  clock: Clock;
  /** Entries after this one. */
  since: number;
  /** At most this many of the entries there are. */
  tail?: number | undefined;
  matches(entry: JournalEntry): boolean;
  /** Go on with new entries; otherwise the answer ends with the last there is. */
  follow: boolean;
}

/** So many entries wait for a client that is slow to take those before; it is told how many more there were. */
const MOST_WAITING = 20_000;

/** Journal entries as Server-Sent Events: those there are at the speed at which the client takes them, then each new one. */
export function streamJournal(res: ServerResponse, options: JournalStreamOptions): void {
  const { journal, clock, since, tail, matches, follow } = options;
  let waiting = journal.since(since, { limit: tail, matches });
  let next = 0;
  const unsubscribe = follow
    ? journal.subscribe((entry) => {
        if (!matches(entry)) return;
        if (next === waiting.length) stream.send(entry.seq, entry);
        else if (waiting.length < MOST_WAITING) waiting.push(entry);
        else stream.drop();
      })
    : () => {};
  const stream = new EventStream(res, clock, unsubscribe);
  const sendWaiting = () => {
    while (next < waiting.length && !res.writableNeedDrain) {
      const entry = waiting[next++]!;
      stream.send(entry.seq, entry);
    }
    if (next < waiting.length) return;
    res.off('drain', sendWaiting);
    waiting = [];
    next = 0;
    if (!follow) res.end();
  };
  res.on('drain', sendWaiting);
  sendWaiting();
}
