import { randomUUID } from 'node:crypto';
import type { QueryStatus } from '@aws-sdk/client-cloudwatch-logs';
import type { Scope } from '../../storage/scope.ts';
import type { LogsEngine } from './engine.ts';
import { type ResultField, RunningQuery } from './insights/query.ts';
import type { QueryEvent } from './insights/row.ts';
import { TimeGuard, TookTooLong } from './insights/time-guard.ts';
import { tableReader } from './lookup-tables.ts';
import { eventPointer } from './positions.ts';
import type { LogGroupRow } from './store/groups.ts';
import { pause, type ScannedEvent, scan } from './store/scan.ts';

export interface QueryRequest {
  text: string;
  groups: readonly LogGroupRow[];
  /** Milliseconds, both included. */
  start: number;
  end: number;
  limit: number | undefined;
  /** The ARN of who asked. */
  caller: string;
}

/** A query that was started, and what it came to. */
export interface StoredQuery {
  id: string;
  scope: Scope;
  /** The query with what it is asked of, as AWS tells of it. */
  source: string;
  groups: readonly string[];
  status: QueryStatus;
  created: number;
  ended: number | undefined;
  caller: string;
  results: ResultField[][];
  statistics: { recordsMatched: number; recordsScanned: number; bytesScanned: number };
  controller: AbortController;
  /** Resolves when it runs no more, however it ended. */
  done: Promise<void>;
}

/** Results are kept for some time, and no more of them than memory is for. */
const KEPT = 200;
const MOST_RUNNING = 100;
/** Rows that are worked on in one go are as many as take about this long. */
const SLICE_TIME = 5;
const MOST_ROWS = 500;
/** Longer than any slice takes on a machine that has much else to do. */
const LONGEST_SLICE = 1_000;

/** The queries of Logs Insights that run, and those that ran. */
export class Queries {
  readonly #logs: LogsEngine;
  readonly #onError: (error: unknown) => void;
  readonly #queries = new Map<string, StoredQuery>();
  readonly #running = new Set<Promise<void>>();
  readonly #guard = new TimeGuard(LONGEST_SLICE);

  constructor({ logs, onError }: { logs: LogsEngine; onError(error: unknown): void }) {
    this.#logs = logs;
    this.#onError = onError;
  }

  /** Whether one more may be started now. */
  get room(): boolean {
    return this.#running.size < MOST_RUNNING;
  }

  /** Runs behind the scenes. @throws QueryError */
  start(scope: Scope, request: QueryRequest): StoredQuery {
    const now = this.#logs.clock.now();
    const running = new RunningQuery(request.text, {
      limit: request.limit,
      now,
      readTable: tableReader(this.#logs, scope),
    });
    const query: StoredQuery = {
      id: randomUUID(),
      scope: { account: scope.account, region: scope.region },
      source: sourceOf(request),
      groups: request.groups.map(({ name }) => name),
      status: 'Running',
      created: now,
      ended: undefined,
      caller: request.caller,
      results: [],
      statistics: { recordsMatched: 0, recordsScanned: 0, bytesScanned: 0 },
      controller: new AbortController(),
      done: Promise.resolve(),
    };
    this.#keep(query);
    const run: Promise<void> = this.#run(query, running, request).finally(() => this.#running.delete(run));
    this.#running.add(run);
    query.done = run;
    return query;
  }

  get({ account, region }: Scope, id: string): StoredQuery | undefined {
    const query = this.#queries.get(id);
    return query?.scope.account === account && query.scope.region === region ? query : undefined;
  }

  /** Latest first. */
  all({ account, region }: Scope): StoredQuery[] {
    return [...this.#queries.values()]
      .filter(({ scope }) => scope.account === account && scope.region === region)
      .reverse();
  }

  /** False where it runs no more. */
  stop(query: StoredQuery): boolean {
    if (query.status !== 'Running') return false;
    query.status = 'Cancelled';
    query.ended = this.#logs.clock.now();
    query.controller.abort();
    return true;
  }

  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async stopAll(): Promise<void> {
    for (const query of this.#queries.values()) this.stop(query);
    await this.settle();
  }

  #keep(query: StoredQuery): void {
    for (const { id, status } of this.#queries.values()) {
      if (this.#queries.size < KEPT) break;
      if (status !== 'Running') this.#queries.delete(id);
    }
    this.#queries.set(query.id, query);
  }

  async #run(query: StoredQuery, running: RunningQuery, request: QueryRequest): Promise<void> {
    const { signal } = query.controller;
    try {
      await this.#feed(query, running, request);
      signal.throwIfAborted();
      query.results = await this.#finish(running, signal);
      query.status = 'Complete';
    } catch (error) {
      if (signal.aborted) return;
      query.status = error instanceof TookTooLong ? 'Timeout' : 'Failed';
      if (!(error instanceof TookTooLong)) this.#onError(error);
    } finally {
      query.statistics.recordsMatched = running.matched;
      query.ended ??= this.#logs.clock.now();
    }
  }

  async #feed(
    query: StoredQuery,
    running: RunningQuery,
    { groups, start, end }: QueryRequest,
  ): Promise<void> {
    const { signal } = query.controller;
    const { streams, events } = this.#logs;
    const names = new Map(groups.map((group) => [group.id, group]));
    const horizon = Math.min(...groups.map((group) => this.#logs.horizon(group)));
    const from = Math.max(start, horizon);
    await pause(signal);
    const all = groups.flatMap((group) => streams.within(group.id, from, end));
    const slice = new SliceSize();
    for await (const chunk of scan(events, { streams: all, start: from, end, descending: true, signal })) {
      for (let at = 0; at < chunk.length; ) {
        const rows = chunk.slice(at, at + slice.rows);
        at += rows.length;
        const more = slice.timed(() =>
          this.#guard.run(() =>
            rows.every((event) => {
              const group = names.get(event.stream.group_id)!;
              if (event.timestamp < this.#logs.horizon(group)) return true;
              query.statistics.recordsScanned++;
              query.statistics.bytesScanned += event.message.length;
              return running.push(toQueryEvent(this.#logs, event, group));
            }),
          ),
        );
        if (!more) return;
        if (at < chunk.length) await pause(signal);
      }
    }
  }

  async #finish(running: RunningQuery, signal: AbortSignal): Promise<ResultField[][]> {
    const pieces = running.end();
    for (;;) {
      const piece = this.#guard.run(() => pieces.next());
      if (piece.done) return piece.value;
      await pause(signal);
    }
  }
}

/** How many rows make a slice: as many as the last ones let expect. */
class SliceSize {
  rows = 50;

  timed<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    const took = performance.now() - start;
    if (took > SLICE_TIME) this.rows = Math.max(1, Math.floor(this.rows / 2));
    else if (took < SLICE_TIME / 4) this.rows = Math.min(MOST_ROWS, this.rows * 2);
    return result;
  }
}

/** Its transformed version may take as long as users' regular expressions take. */
export function toQueryEvent(
  { transformers }: LogsEngine,
  event: ScannedEvent,
  group: LogGroupRow,
): QueryEvent {
  const { timestamp, seq, ingested, message, stream } = event;
  const { name, account } = group;
  return {
    timestamp,
    ingested,
    message,
    transformed: transformers.transformUnguarded(group, { message, ingested, stream: stream.name }),
    stream: stream.name,
    group: name,
    account,
    pointer: eventPointer({ stream: stream.id, timestamp, seq }),
  };
}

function sourceOf({ text, groups, start, end }: QueryRequest): string {
  const names = groups.map(({ name }) => `"${name}"`).join(', ');
  return `SOURCE ${names} START=${start} END=${end} | ${text}`;
}
