import type { Clock } from '../clock/clock.ts';
import type { SourceError } from '../execution/source.ts';
import type { StatusAnswer } from './api.ts';
import type { DaemonClient } from './client.ts';

export interface WaitInput {
  client: DaemonClient;
  clock: Clock;
  id: string;
  signal: AbortSignal;
}

const POLL = 50;

/** Waits until a function's current code serves, and resolves with why not when it doesn't. Resolves early when aborted. */
export async function waitUntilServing({
  client,
  clock,
  id,
  signal,
}: WaitInput): Promise<SourceError | undefined> {
  while (!signal.aborted) {
    const status = await client.call<StatusAnswer>('GET', `/lambda/${id}/status`);
    if (status.state === 'ready' || status.state === 'idle') return undefined;
    if (status.state === 'failed')
      return status.lastError ?? { kind: 'load', message: 'the code does not serve' };
    await clock.sleep(POLL, signal).catch(() => undefined);
  }
  return undefined;
}
