import type { Milliseconds } from '../../../clock/clock.ts';
import type { Database, Statement } from '../../../storage/sqlite/database.ts';
import type { OperationPlan, OperationRow, StoredEvent, StoredOperation } from './records.ts';

interface Row {
  number: number;
  operation: string;
  plan: string | null;
  due: number | null;
}

/** What happens in executions: their operations as they are now, and their histories. */
export class OperationStore {
  readonly #put: Statement<never>;
  readonly #get: Statement<Row>;
  readonly #behind: Statement<Row>;
  readonly #changed: Statement<Row>;
  readonly #isChanged: Statement<{ number: number }>;
  readonly #due: Statement<Row>;
  readonly #next: Statement<{ due: number | null }>;
  readonly #open: Statement<Row>;
  readonly #replan: Statement<never>;
  readonly #addEvent: Statement<never>;
  readonly #events: Statement<{ event: string }>;
  readonly #eventsBack: Statement<{ event: string }>;

  constructor(database: Database) {
    const table = 'lambda_durable_operations';
    const select = `SELECT number, operation, plan, due FROM ${table} WHERE execution = ?`;
    this.#put = database.prepare(
      `INSERT INTO ${table} (execution, number, id, changed, due, operation, plan) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET changed = excluded.changed, due = excluded.due, operation = excluded.operation,
         plan = excluded.plan`,
    );
    this.#get = database.prepare(`${select} AND id = ?`);
    this.#behind = database.prepare(`${select} AND number > ? ORDER BY number LIMIT ?`);
    this.#changed = database.prepare(`${select} AND changed > ? ORDER BY number`);
    this.#isChanged = database.prepare(
      `SELECT number FROM ${table} WHERE execution = ? AND changed > ? LIMIT 1`,
    );
    this.#due = database.prepare(`${select} AND due <= ? ORDER BY due, number`);
    this.#next = database.prepare(
      `SELECT min(due) AS due FROM ${table} WHERE execution = ? AND due IS NOT NULL`,
    );
    this.#open = database.prepare(
      `${select} AND operation ->> '$.Status' IN ('STARTED', 'PENDING', 'READY') ORDER BY number`,
    );
    this.#replan = database.prepare(
      `UPDATE ${table} SET plan = ?, due = ? WHERE execution = ? AND number = ?`,
    );
    const events = 'SELECT event FROM lambda_durable_events WHERE execution = ? AND';
    this.#addEvent = database.prepare(
      'INSERT INTO lambda_durable_events (execution, number, event) VALUES (?, ?, ?)',
    );
    this.#events = database.prepare(`${events} number > ? ORDER BY number LIMIT ?`);
    this.#eventsBack = database.prepare(`${events} number < ? ORDER BY number DESC LIMIT ?`);
  }

  /** Adds an operation, or replaces it. */
  put(execution: number, { number, operation, plan, due }: OperationRow, changed: number): void {
    const planned = Object.keys(plan).length === 0 ? null : JSON.stringify(plan);
    const text = JSON.stringify(operation);
    this.#put.run(execution, number, operation.Id!, changed, due ?? null, text, planned);
  }

  get(execution: number, id: string): OperationRow | undefined {
    const row = this.#get.get(execution, id);
    return row && read(row);
  }

  /** Those that started after the one of this number. */
  behind(execution: number, number: number, limit: number): OperationRow[] {
    return this.#behind.all(execution, number, limit).map(read);
  }

  /** Those that have changed since. */
  changed(execution: number, since: number): StoredOperation[] {
    return this.#changed.all(execution, since).map((row) => read(row).operation);
  }

  hasChanged(execution: number, since: number): boolean {
    return this.#isChanged.get(execution, since) !== undefined;
  }

  /** Those to which something happens by `now`, in its order. */
  due(execution: number, now: Milliseconds): OperationRow[] {
    return this.#due.all(execution, now).map(read);
  }

  next(execution: number): Milliseconds | undefined {
    return this.#next.get(execution)?.due ?? undefined;
  }

  /** Those that have not ended. */
  open(execution: number): OperationRow[] {
    return this.#open.all(execution).map(read);
  }

  /** What the function does not get to see, so that it is no change of the operation. */
  replan(execution: number, { number, plan, due }: Omit<OperationRow, 'operation'>): void {
    this.#replan.run(JSON.stringify(plan), due ?? null, execution, number);
  }

  addEvent(execution: number, event: StoredEvent): void {
    this.#addEvent.run(execution, event.EventId!, JSON.stringify(event));
  }

  /** The events after that number, or, backwards, before it. */
  events(execution: number, from: number | undefined, limit: number, backwards: boolean): StoredEvent[] {
    const rows = backwards
      ? this.#eventsBack.all(execution, from ?? Number.MAX_SAFE_INTEGER, limit)
      : this.#events.all(execution, from ?? 0, limit);
    return rows.map(({ event }) => JSON.parse(event) as StoredEvent);
  }
}

function read({ number, operation, plan, due }: Row): OperationRow {
  return {
    number,
    operation: JSON.parse(operation) as StoredOperation,
    plan: plan === null ? {} : (JSON.parse(plan) as OperationPlan),
    due: due ?? undefined,
  };
}
