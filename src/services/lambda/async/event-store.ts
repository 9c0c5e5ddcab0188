import type { Milliseconds } from '../../../clock/clock.ts';
import type { Scope } from '../../../storage/scope.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import type { FunctionKey } from '../store/function-record.ts';

/** An asynchronous invocation, as it was asked for. */
export interface AsyncEvent {
  scope: Scope;
  partition: string;
  name: string;
  qualifier: string | undefined;
  requestId: string;
  payload: Uint8Array;
  clientContext: string | undefined;
  traceHeader: string | undefined;
  /** How many functions it went through, each the destination of the one before. */
  hops?: number;
}

/** One that waits, or is being tried. */
export interface QueuedEvent extends AsyncEvent {
  id: number;
  created: Milliseconds;
  /** Times that the function ran, and failed. */
  attempts: number;
  /** Times in a row that no environment was to be had. */
  throttles: number;
}

/** Which events are due, without what is in them. */
export interface DueEvent {
  id: number;
  /** Whose they are. */
  function: string;
}

interface Row {
  id: number;
  account: string;
  region: string;
  function: string;
  qualifier: string | null;
  partition: string;
  request_id: string;
  payload: Buffer;
  client_context: string | null;
  trace_header: string | null;
  created: number;
  attempts: number;
  throttles: number;
  hops: number;
}

/** Asynchronous invocations that are not done with, so that they outlive the daemon. */
export class EventStore {
  readonly #add: Statement<{ id: number }>;
  readonly #get: Statement<Row>;
  readonly #due: Statement<DueEvent>;
  readonly #next: Statement<{ due: number | null }>;
  readonly #retry: Statement<never>;
  readonly #remove: Statement<never>;
  readonly #clear: Statement<never>;
  readonly #count: Statement<{ count: number }>;

  constructor(database: Database) {
    this.#add = database.prepare(
      `INSERT INTO lambda_async_events (account, region, function, qualifier, partition, request_id, payload,
         client_context, trace_header, created, due, hops, attempts, throttles)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0) RETURNING id`,
    );
    this.#get = database.prepare('SELECT * FROM lambda_async_events WHERE id = ?');
    this.#due = database.prepare(
      `SELECT id, account || '/' || region || '/' || function AS function FROM lambda_async_events
       WHERE due > ? AND due <= ? ORDER BY due, id`,
    );
    this.#next = database.prepare('SELECT min(due) AS due FROM lambda_async_events WHERE due > ?');
    this.#retry = database.prepare(
      'UPDATE lambda_async_events SET due = ?, attempts = ?, throttles = ? WHERE id = ?',
    );
    this.#remove = database.prepare('DELETE FROM lambda_async_events WHERE id = ?');
    this.#clear = database.prepare(
      'DELETE FROM lambda_async_events WHERE account = ? AND region = ? AND function = ?',
    );
    this.#count = database.prepare('SELECT count(*) AS count FROM lambda_async_events');
  }

  add(event: AsyncEvent, now: Milliseconds): DueEvent {
    const { account, region } = event.scope;
    const { id } = this.#add.get(
      account,
      region,
      event.name,
      event.qualifier ?? null,
      event.partition,
      event.requestId,
      Buffer.from(event.payload),
      event.clientContext ?? null,
      event.traceHeader ?? null,
      now,
      now,
      event.hops ?? 0,
    )!;
    return { id, function: `${account}/${region}/${event.name}` };
  }

  get(id: number): QueuedEvent | undefined {
    const row = this.#get.get(id);
    if (!row) return undefined;
    const { account, region, partition, payload, created, attempts, throttles, hops } = row;
    return {
      id,
      scope: { account, region },
      partition,
      name: row.function,
      qualifier: row.qualifier ?? undefined,
      requestId: row.request_id,
      payload,
      clientContext: row.client_context ?? undefined,
      traceHeader: row.trace_header ?? undefined,
      created,
      attempts,
      throttles,
      hops,
    };
  }

  /** Those that became due after `since`, up to `until`; the oldest first. */
  due(since: Milliseconds, until: Milliseconds): DueEvent[] {
    return this.#due.all(since, until);
  }

  /** When the next event after `now` is due. */
  next(now: Milliseconds): Milliseconds | undefined {
    return this.#next.get(now)?.due ?? undefined;
  }

  retry({ id, attempts, throttles }: QueuedEvent, due: Milliseconds): void {
    this.#retry.run(due, attempts, throttles, id);
  }

  remove(id: number): void {
    this.#remove.run(id);
  }

  clear({ scope: { account, region }, name }: FunctionKey): void {
    this.#clear.run(account, region, name);
  }

  get size(): number {
    return this.#count.get()!.count;
  }
}
