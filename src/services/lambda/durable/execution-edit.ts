import type { ErrorObject, ExecutionStatus } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { OperationStore } from './operation-store.ts';
import type {
  DurableOutcome,
  ExecutionRecord,
  OperationRow,
  StoredEvent,
  StoredOperation,
} from './records.ts';
import type { ExecutionStore } from './store.ts';

export interface DurableStores {
  executions: ExecutionStore;
  operations: OperationStore;
}

const DAY: Milliseconds = 86_400_000;

/**
 * Changes of one execution in a transaction of the database, which end with `save`. What was changed is noted for the function,
 * which is told of each change once.
 */
export class ExecutionEdit {
  readonly record: ExecutionRecord;
  readonly now: Milliseconds;
  readonly #stores: DurableStores;

  constructor(stores: DurableStores, record: ExecutionRecord, now: Milliseconds) {
    this.#stores = stores;
    this.record = record;
    this.now = now;
  }

  get isRunning(): boolean {
    return this.record.status === 'RUNNING';
  }

  operation(id: string): OperationRow | undefined {
    return this.#stores.operations.get(this.record.key, id);
  }

  /** The operations to which something happens by now. */
  dueOperations(): OperationRow[] {
    return this.#stores.operations.due(this.record.key, this.now);
  }

  openOperations(): OperationRow[] {
    return this.#stores.operations.open(this.record.key);
  }

  /** What the function was not told of yet. */
  get hasNews(): boolean {
    return this.#stores.operations.hasChanged(this.record.key, this.record.seen);
  }

  /** The function is told of everything now. */
  takeNews(): StoredOperation[] {
    const { key, seen } = this.record;
    const news = this.#stores.operations.changed(key, seen);
    this.record.seen = this.record.changes;
    return news;
  }

  add(operation: StoredOperation, plan: OperationRow['plan'] = {}, due?: Milliseconds): void {
    this.put({ number: ++this.record.operations, operation, plan, due });
  }

  put(row: OperationRow): void {
    this.#stores.operations.put(this.record.key, row, ++this.record.changes);
  }

  /** What the function does not get to see, so that it is no news. */
  replan(row: Omit<OperationRow, 'operation'>): void {
    this.#stores.operations.replan(this.record.key, row);
  }

  event(
    EventType: NonNullable<StoredEvent['EventType']>,
    details: StoredEvent,
    about?: Pick<StoredOperation, 'Id' | 'Name' | 'ParentId' | 'SubType'>,
  ): void {
    const { Id, Name, ParentId, SubType } = about ?? {};
    this.#stores.operations.addEvent(this.record.key, {
      EventType,
      EventId: ++this.record.events,
      EventTimestamp: this.now,
      ...(Id === undefined ? {} : { Id }),
      ...(Name === undefined ? {} : { Name }),
      ...(ParentId === undefined ? {} : { ParentId }),
      ...(SubType === undefined ? {} : { SubType }),
      ...details,
    });
  }

  /** Ends the execution, whatever its operations are waiting for. */
  end(status: Exclude<ExecutionStatus, 'RUNNING'>, outcome: DurableOutcome): void {
    const { record, now } = this;
    record.status = status;
    record.ended = now;
    record.wanted = false;
    delete record.retryAt;
    this.#stores.executions.conclude(record.key, outcome);
    const about = { Id: record.id, Name: record.name };
    const Result = { Payload: outcome.result, Truncated: false };
    const failure = { Error: eventError(outcome.error) };
    if (status === 'SUCCEEDED')
      this.event('ExecutionSucceeded', { ExecutionSucceededDetails: { Result } }, about);
    else if (status === 'FAILED') this.event('ExecutionFailed', { ExecutionFailedDetails: failure }, about);
    else if (status === 'TIMED_OUT')
      this.event('ExecutionTimedOut', { ExecutionTimedOutDetails: failure }, about);
    else this.event('ExecutionStopped', { ExecutionStoppedDetails: failure }, about);
  }

  save(): void {
    this.#stores.executions.save(this.record, this.#due());
  }

  /** When the execution is to be looked at again. */
  #due(): Milliseconds | undefined {
    const { record, now } = this;
    const { config, started, ended } = record;
    if (ended !== undefined) return ended + config.RetentionPeriodInDays * DAY;
    const times = [started + config.ExecutionTimeout * 1000];
    const next = this.#stores.operations.next(record.key);
    if (next !== undefined) times.push(next);
    if (record.retryAt !== undefined && record.retryAt > now) times.push(record.retryAt);
    return Math.min(...times);
  }
}

export function eventError(error: ErrorObject | undefined) {
  return { ...(error ? { Payload: error } : {}), Truncated: false };
}
