import type { Clock } from '../../clock/clock.ts';
import type { LogSink } from '../../execution/function-host.ts';
import type { Scope } from '../../storage/scope.ts';
import type { Database } from '../../storage/sqlite/database.ts';
import { Queries } from './queries.ts';
import { ScheduledQueries } from './scheduled-queries.ts';
import { BufferedLogSink } from './sink.ts';
import { DocumentTable } from './store/documents.ts';
import { EVENT_OVERHEAD, EventTable, type NewEvent } from './store/events.ts';
import { GroupTable, type LogGroupRow } from './store/groups.ts';
import { type LogStreamRow, StreamTable } from './store/streams.ts';
import { TagTable } from './store/tags.ts';
import { type LambdaTarget, Subscriptions } from './subscriptions.ts';
import { GroupTransformers } from './transform/group-transformers.ts';
import { Upkeep } from './upkeep.ts';

/** Events that have just been stored. */
export interface Arrival {
  group: LogGroupRow;
  stream: LogStreamRow;
  ingested: number;
  /** The number of the first of them; those of the others follow it. */
  first: number;
  events: readonly NewEvent[];
}

export interface LogsEngineOptions {
  database: Database;
  clock: Clock;
  /** Where subscriptions may lead to. Without it functions can't subscribe. */
  lambda?: LambdaTarget;
  /** A write that failed behind everyone's back, or a bug. */
  onError(error: unknown): void;
}

/** The logs themselves: where they are stored, who is told of new ones, and when old ones go. Knows no API. */
export class LogsEngine implements AsyncDisposable {
  readonly clock: Clock;
  readonly database: Database;
  readonly groups: GroupTable;
  readonly streams: StreamTable;
  readonly events: EventTable;
  readonly tags: TagTable;
  /** For what writes logs without being a client: execution environments. */
  readonly sink: LogSink;
  readonly transformers: GroupTransformers;
  readonly subscriptions: Subscriptions;
  readonly queries: Queries;
  readonly #scheduled: ScheduledQueries;
  readonly #sink: BufferedLogSink;
  readonly #upkeep: Upkeep;
  readonly #documents = new Map<string, DocumentTable<unknown>>();
  readonly #listeners = new Set<(arrival: Arrival) => void>();
  readonly #onError: (error: unknown) => void;

  constructor({ database, clock, lambda, onError }: LogsEngineOptions) {
    this.clock = clock;
    this.database = database;
    this.groups = new GroupTable(database);
    this.streams = new StreamTable(database);
    this.events = new EventTable(database);
    this.tags = new TagTable(database);
    this.#onError = onError;
    this.#sink = new BufferedLogSink({ logs: this, onError });
    this.sink = this.#sink;
    this.transformers = new GroupTransformers({ logs: this, onError });
    this.subscriptions = new Subscriptions({ logs: this, lambda, onError });
    this.queries = new Queries({ logs: this, onError });
    this.#scheduled = new ScheduledQueries({ logs: this, onError });
    this.#upkeep = new Upkeep({ logs: this, onError });
  }

  /** What is stored of one kind. */
  documents<T>(kind: string): DocumentTable<T> {
    let table = this.#documents.get(kind);
    if (!table) {
      table = new DocumentTable(this.database, kind);
      this.#documents.set(kind, table);
    }
    return table as DocumentTable<T>;
  }

  /** Stores events, which are in the order of their times, and tells those who follow. */
  append(group: LogGroupRow, stream: LogStreamRow, events: readonly NewEvent[]): void {
    if (events.length > 0) this.announce(this.database.transaction(() => this.store(group, stream, events)));
  }

  /** Within a transaction of the caller's, who announces them once it is done. */
  store(group: LogGroupRow, stream: LogStreamRow, events: readonly NewEvent[]): Arrival {
    const ingested = this.clock.now();
    let bytes = events.length * EVENT_OVERHEAD;
    for (const { message } of events) bytes += Buffer.byteLength(message);
    const span = { first: events[0]!.timestamp, last: events.at(-1)!.timestamp, ingested, bytes };
    this.streams.touch(stream.id, span);
    const first = this.events.append(stream.id, ingested, events);
    return { group, stream, ingested, first, events };
  }

  announce(arrival: Arrival): void {
    for (const listener of this.#listeners) this.#tell(listener, arrival);
  }

  /** Calls `listener` with what is stored from now on, until it is told to stop. */
  follow(listener: (arrival: Arrival) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The time before which a group's events are no longer there, whether or not they were removed yet. */
  horizon({ retention }: LogGroupRow): number {
    return retention === null ? 0 : this.clock.now() - retention * DAY;
  }

  /** Removes a group with its streams at once; their events follow in pieces. */
  removeGroup(scope: Scope, group: LogGroupRow, alsoInTransaction: () => void): void {
    this.database.transaction(() => {
      this.streams.removeAllOf(group.id);
      this.groups.delete(group.id);
      alsoInTransaction();
    });
    this.#sink.forget(scope, group.name);
    this.#upkeep.removalsWaiting();
  }

  removeStream(scope: Scope, group: LogGroupRow, stream: LogStreamRow): void {
    this.database.transaction(() => this.streams.remove(stream.id));
    this.#sink.forget(scope, group.name);
    this.#upkeep.removalsWaiting();
  }

  /** Stores what environments have written up to now. */
  flush(): void {
    this.#sink.flush();
  }

  /** Waits for what is written behind the scenes. */
  async settle(): Promise<void> {
    this.#sink.flush();
    await this.subscriptions.settle();
    await this.queries.settle();
    await this.#scheduled.settle();
    await this.#upkeep.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sink.stop();
    await this.queries.stopAll();
    await this.#scheduled.stop();
    await this.subscriptions.settle();
    await this.#upkeep.stop();
  }

  #tell(listener: (arrival: Arrival) => void, arrival: Arrival): void {
    try {
      listener(arrival);
    } catch (error) {
      this.#onError(error);
    }
  }
}

const DAY = 86_400_000;
