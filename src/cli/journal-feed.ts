import type { Clock } from '../clock/clock.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { Health } from './api.ts';
import { type DaemonClient, Unreachable } from './client.ts';

export interface JournalFeed {
  client: DaemonClient;
  clock: Clock;
  signal: AbortSignal;
  onEntry(entry: JournalEntry): void;
  /** The daemon went away; the feed goes on trying. Called once for each time that it goes. */
  onLost(): void;
  /** It listens, for the first time or again. Entries missed meanwhile follow. */
  onConnected(): void;
}

/** As `since` of an SSE endpoint: nothing of what was. */
export const FROM_NOW_ON = Number.MAX_SAFE_INTEGER;

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;
const HEALTH_TIMEOUT = 3_000;

/**
 * Follows what happens from now on in the daemon's journal, requests to functions left out, over the daemon's
 * restarts, until aborted. Rejects only when the daemon refuses.
 */
export async function followJournal(feed: JournalFeed): Promise<void> {
  const { client, clock, signal } = feed;
  let last = FROM_NOW_ON;
  let directory: string | undefined;
  let pause = FIRST_PAUSE;
  let lost = false;
  while (!signal.aborted) {
    try {
      const { dataDirectory } = await client.call<Health>('GET', '/_lambdock/health', undefined, {
        timeout: HEALTH_TIMEOUT,
        signal,
      });
      // Another data folder, another journal: its numbers have nothing to do with ours.
      if (directory !== dataDirectory) last = FROM_NOW_ON;
      directory = dataDirectory;
      const events = await client.events(`/_lambdock/journal?except=invocation&since=${last}`, signal);
      lost = false;
      pause = FIRST_PAUSE;
      feed.onConnected();
      for await (const { data, event } of events) {
        if (event !== undefined) continue;
        const entry = JSON.parse(data) as JournalEntry;
        last = entry.seq;
        feed.onEntry(entry);
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof Unreachable)) throw error;
    }
    if (signal.aborted) return;
    if (!lost) feed.onLost();
    lost = true;
    await clock.sleep(pause, signal).catch(() => undefined);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}
