import type { Clock } from '../clock/clock.ts';
import type { SourceError } from '../execution/source.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { StatusAnswer } from './api.ts';
import { type DaemonClient, Unreachable } from './client.ts';
import { FROM_NOW_ON } from './journal-feed.ts';

export interface WaitInput {
  client: DaemonClient;
  clock: Clock;
  id: string;
  signal: AbortSignal;
  /** Told what takes its time, such as the first Python environment. */
  onProgress?(message: string): void;
}

const POLL = 50;

/** Waits until a function's current code serves, and resolves with why not when it doesn't. Resolves early when aborted. */
export async function waitUntilServing(input: WaitInput): Promise<SourceError | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([input.signal, over.signal]);
  const progress = input.onProgress && showProgress(input, input.onProgress, signal);
  try {
    while (!signal.aborted) {
      const status = await input.client.call<StatusAnswer>('GET', `/lambda/${input.id}/status`);
      if (status.state === 'ready' || status.state === 'idle') return undefined;
      if (status.state === 'failed')
        return status.lastError ?? { kind: 'load', message: 'the code does not serve' };
      await input.clock.sleep(POLL, signal).catch(() => undefined);
    }
    return undefined;
  } finally {
    over.abort();
    await progress;
  }
}

async function showProgress(
  { client, id }: WaitInput,
  onProgress: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { data, event } of await client.events(
      `/_lambdock/journal?since=${FROM_NOW_ON}`,
      signal,
    )) {
      if (event !== undefined) continue;
      const entry = JSON.parse(data) as JournalEntry;
      if (entry.type === 'progress' && entry.id === id && !entry.done) onProgress(entry.message);
    }
  } catch (error) {
    // Whoever waits learns of a daemon that is gone by asking for the status.
    if (!signal.aborted && !(error instanceof Unreachable)) throw error;
  }
}
