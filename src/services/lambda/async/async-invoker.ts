import type { Clock, Milliseconds } from '../../../clock/clock.ts';
import { type Outcome, Throttled } from '../../../execution/function-host.ts';
import type { Destinations } from './destinations.ts';
import type { EventSettings, FindEventSettings } from './event-settings.ts';
import type { EventStore, QueuedEvent } from './event-store.ts';

export interface AsyncInvokerOptions {
  store: EventStore;
  clock: Clock;
  settingsOf: FindEventSettings;
  /** No concurrency at all is reserved for the function. */
  isSwitchedOff(event: QueuedEvent): boolean;
  /** Runs the function. Undefined where it is not there any more. */
  invoke(event: QueuedEvent): Promise<{ outcome: Outcome; version: string } | undefined>;
  destinations: Destinations;
  /** Nothing is to be written any more. */
  isStopped(): boolean;
  onError(error: unknown): void;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_AFTER: readonly Milliseconds[] = [60_000, 120_000];
const THROTTLED_FIRST: Milliseconds = 1_000;
const THROTTLED_LONGEST: Milliseconds = 300_000;

/** One attempt at an asynchronous invocation, and what follows from its end. */
export class AsyncInvoker {
  readonly #options: AsyncInvokerOptions;

  constructor(options: AsyncInvokerOptions) {
    this.#options = options;
  }

  async attempt(id: number): Promise<void> {
    const { store, clock, settingsOf, destinations, isSwitchedOff } = this.#options;
    const event = store.get(id);
    if (!event) return;
    const settings = settingsOf(event);
    if (clock.now() - event.created >= settings.maximumAge) {
      destinations.conclude(event, settings, { condition: 'EventAgeExceeded', result: undefined });
      store.remove(id);
      return;
    }
    if (isSwitchedOff(event)) {
      destinations.conclude(event, settings, { condition: 'ZeroReservedConcurrency', result: undefined });
      store.remove(id);
      return;
    }
    let result: { outcome: Outcome; version: string } | undefined;
    try {
      result = await this.#options.invoke(event);
    } catch (error) {
      if (!this.#options.isStopped()) this.#postpone(event, error);
      return;
    }
    // An invocation that ended because the daemon does is tried again by the next one.
    if (this.#options.isStopped()) return;
    if (!result) store.remove(id);
    else this.#finish({ ...event, attempts: event.attempts + 1, throttles: 0 }, settings, result);
  }

  #finish(event: QueuedEvent, settings: EventSettings, result: { outcome: Outcome; version: string }): void {
    const { store, clock, destinations } = this.#options;
    const failed = result.outcome.functionError !== undefined;
    const isTriedAgain = failed && event.attempts <= settings.maximumRetryAttempts;
    const next = clock.now() + RETRY_AFTER[Math.min(event.attempts, RETRY_AFTER.length) - 1]!;
    if (isTriedAgain && next - event.created < settings.maximumAge) {
      store.retry(event, next);
      return;
    }
    // Too old by the time of the next attempt, it ends with what this one came to.
    const condition = isTriedAgain ? 'EventAgeExceeded' : failed ? 'RetriesExhausted' : 'Success';
    destinations.conclude(event, settings, { condition, result });
    store.remove(event.id);
  }

  /** What was not the function's failure does not count as an attempt. */
  #postpone(event: QueuedEvent, error: unknown): void {
    const { store, clock, onError } = this.#options;
    if (!(error instanceof Throttled)) onError(error);
    const throttles = event.throttles + 1;
    const wait = Math.min(THROTTLED_LONGEST, THROTTLED_FIRST * 2 ** Math.min(throttles - 1, 10));
    store.retry({ ...event, throttles }, clock.now() + wait);
  }
}
