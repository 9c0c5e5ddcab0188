import type { Milliseconds } from '../../clock/clock.ts';
import type { LogSink } from '../../execution/function-host.ts';
import type { Scope } from '../../storage/scope.ts';
import type { LogsEngine } from './engine.ts';
import type { NewEvent } from './store/events.ts';
import type { LogGroupRow } from './store/groups.ts';
import type { LogStreamRow } from './store/streams.ts';

/** What may wait to be written. What comes beyond that is dropped, and told of in its place. */
const MOST_WAITING_BYTES = 64 * 2 ** 20;
const OVERHEAD = 100;
/** How long events are gathered, unless someone asks for them. */
const GATHERING: Milliseconds = 100;
/** Events that are stored at a time. */
const BATCH = 1_000;
/** As AWS has them in a log of a function that wrote more at once. */
const LONGEST_MESSAGE = 2 ** 20 - 26;

interface Waiting {
  scope: Scope;
  group: string;
  stream: string;
  events: readonly NewEvent[];
  bytes: number;
}

interface Batch extends Omit<Waiting, 'events' | 'bytes'> {
  events: NewEvent[];
}

interface Place {
  group: LogGroupRow;
  stream: LogStreamRow;
}

/** Takes what environments write and stores it when there is time. */
export class BufferedLogSink implements LogSink {
  readonly #logs: LogsEngine;
  readonly #onError: (error: unknown) => void;
  readonly #places = new Map<string, Place>();
  #waiting: Waiting[] = [];
  #bytes = 0;
  #scheduled = false;
  #stopped = false;
  #dropped = 0;

  constructor({ logs, onError }: { logs: LogsEngine; onError(error: unknown): void }) {
    this.#logs = logs;
    this.#onError = onError;
  }

  write(scope: Scope, group: string, stream: string, events: readonly NewEvent[]): void {
    if (events.length === 0 || this.#stopped) return;
    let bytes = OVERHEAD;
    for (const { message } of events) bytes += message.length * 2 + OVERHEAD;
    if (this.#bytes + bytes > MOST_WAITING_BYTES) {
      this.#dropped += events.length;
      return;
    }
    this.#waiting.push({ scope, group, stream, events, bytes });
    this.#bytes += bytes;
    this.#schedule();
  }

  /** A group or a stream of it is gone: it is looked up again, and made again, when it is next written to. */
  forget(scope: Scope, group: string): void {
    const prefix = placeKey(scope, group, '');
    for (const key of this.#places.keys()) if (key.startsWith(prefix)) this.#places.delete(key);
  }

  /** Stores all that waits. */
  flush(): void {
    while (this.#waiting.length > 0) this.#writeBatch();
  }

  stop(): void {
    this.flush();
    this.#stopped = true;
  }

  /** A transaction costs more than what is in it, and invocations wait for both. */
  #schedule(delay = GATHERING): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#logs.clock.after(delay, () => {
      this.#scheduled = false;
      if (this.#waiting.length > 0) this.#writeBatch();
      if (this.#waiting.length > 0) this.#schedule(0);
    });
  }

  /** What was written first, by its places, in one transaction. */
  #writeBatch(): void {
    const batches = new Map<string, Batch>();
    let [count, taken] = [0, 0];
    for (const { scope, group, stream, events, bytes } of this.#waiting) {
      if (count > 0 && taken + events.length > BATCH) break;
      const key = placeKey(scope, group, stream);
      let batch = batches.get(key);
      if (!batch) {
        batch = { scope, group, stream, events: [] };
        batches.set(key, batch);
      }
      for (const event of events) batch.events.push(shorten(event));
      this.#bytes -= bytes;
      taken += events.length;
      count++;
    }
    this.#waiting.splice(0, count);
    this.#noteDropped(batches);
    this.#store([...batches.values()]);
  }

  #noteDropped(batches: ReadonlyMap<string, Batch>): void {
    const [first] = batches.values();
    if (!first || this.#dropped === 0) return;
    const message = `[${this.#dropped} log events were dropped: they came faster than they could be stored]\n`;
    first.events.push({ timestamp: first.events.at(-1)!.timestamp, message });
    this.#dropped = 0;
  }

  #store(batches: readonly Batch[]): void {
    try {
      const arrivals = this.#logs.database.quickTransaction(() =>
        batches.map(({ scope, group, stream, events }) => {
          const place = this.#place(scope, group, stream);
          return this.#logs.store(place.group, place.stream, inOrder(events));
        }),
      );
      for (const arrival of arrivals) this.#logs.announce(arrival);
    } catch (error) {
      // What was made in the transaction is not there.
      this.#places.clear();
      this.#onError(error);
    }
  }

  #place(scope: Scope, groupName: string, streamName: string): Place {
    const key = placeKey(scope, groupName, streamName);
    let place = this.#places.get(key);
    if (!place) {
      place = this.#makePlace(scope, groupName, streamName);
      if (this.#places.size >= 1_000) this.#places.clear();
      this.#places.set(key, place);
    }
    return place;
  }

  #makePlace(scope: Scope, groupName: string, streamName: string): Place {
    const { groups, streams, clock } = this.#logs;
    const created = clock.now();
    const group =
      groups.get(scope, groupName) ?? groups.insert(scope, { name: groupName, created, class: 'STANDARD' })!;
    const stream = streams.get(group.id, streamName) ?? streams.insert(group.id, scope, streamName, created)!;
    return { group, stream };
  }
}

function placeKey({ account, region }: Scope, group: string, stream: string): string {
  return [account, region, group, stream].join('\n');
}

function shorten(event: NewEvent): NewEvent {
  if (event.message.length <= LONGEST_MESSAGE) return event;
  return { ...event, message: event.message.slice(0, LONGEST_MESSAGE) };
}

/** As PutLogEvents asks of its callers. */
function inOrder(events: NewEvent[]): NewEvent[] {
  const sorted = events.every(
    (event, index) => index === 0 || events[index - 1]!.timestamp <= event.timestamp,
  );
  return sorted ? events : events.sort((a, b) => a.timestamp - b.timestamp);
}
