import { randomUUID } from 'node:crypto';
import type { ErrorObject } from '@aws-sdk/client-lambda';
import type { Clock, ClockTimer, Milliseconds } from '../../../clock/clock.ts';
import { type Outcome, Throttled } from '../../../execution/function-host.ts';
import { arnOf } from '../names.ts';
import { backoff } from './backoff.ts';
import { completeChained, completeDue } from './completions.ts';
import type { Aftermath, EndStatus, EngineOptions } from './engine-types.ts';
import { type DurableStores, ExecutionEdit } from './execution-edit.ts';
import { finishInvocation } from './finishing.ts';
import { durableEvent } from './invocation.ts';
import type { DurableOutcome, OperationRow } from './records.ts';
import { Slots } from './slots.ts';
import { Waiters } from './waiters.ts';

/** Invocations at a time, as of the queue of events. */
const MOST_AT_ONCE = 50;
const LONGEST_WAIT: Milliseconds = 3_600_000;

/**
 * Has executions go on: invokes their functions when there is something new for them, and sees to what time brings. All that it
 * knows is in the database, so that a daemon which was killed goes on where it was.
 */
export class DurableEngine implements AsyncDisposable {
  readonly stores: DurableStores;
  readonly clock: Clock;
  readonly #options: EngineOptions;
  readonly #slots = new Slots(MOST_AT_ONCE);
  /** Executions that are invoked, or wait for a slot. */
  readonly #active = new Set<number>();
  readonly #throttles = new Map<number, number>();
  readonly #waiters = new Waiters();
  #timer: ClockTimer | undefined;
  #stopped = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.stores = options.stores;
    this.clock = options.clock;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Takes up what an earlier daemon left. */
  start(): void {
    this.transaction(({ touched }) => {
      for (const key of this.stores.executions.running()) {
        const edit = this.open(key)!;
        if (edit.record.invoking) edit.record.wanted = true;
        edit.record.invoking = false;
        // Functions that ran for operations are gone as well.
        for (const row of edit.openOperations()) {
          if (row.plan.target) edit.replan({ ...row, due: edit.now });
        }
        edit.save();
        touched.add(key);
      }
    });
    this.#tick();
  }

  /** Starts nothing any more. What is under way is not waited for: the next daemon does it again. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#slots.close();
    return Promise.resolve();
  }

  /** Changes an execution in a transaction, and has it go on from there. Undefined where there is none. */
  change<T>(key: number, work: (edit: ExecutionEdit, after: Aftermath) => T, isQuick = false): T | undefined {
    return this.transaction((after) => {
      const edit = this.open(key);
      if (!edit) return undefined;
      const result = work(edit, after);
      edit.save();
      return result;
    }, isQuick);
  }

  /** `isQuick`: nobody is told of it, so that it need not survive a power cut. */
  transaction<T>(work: (after: Aftermath) => T, isQuick = false): T {
    const after: Aftermath = { touched: new Set(), ended: new Set(), chained: [] };
    const result = this.stores.executions.transaction(() => work(after), isQuick);
    this.follow(after);
    return result;
  }

  /** In a transaction. */
  open(key: number): ExecutionEdit | undefined {
    const record = this.stores.executions.get(key);
    return record && new ExecutionEdit(this.stores, record, this.clock.now());
  }

  /** Ends an execution, and with it the operation that waits for it. In a transaction. */
  conclude(edit: ExecutionEdit, after: Aftermath, status: EndStatus, outcome: DurableOutcome): void {
    const { record } = edit;
    edit.end(status, outcome);
    after.ended.add(record.key);
    const parent = record.parent && this.open(record.parent.key);
    const row = parent?.operation(record.parent!.operation);
    if (!parent?.isRunning || row?.operation.Status !== 'STARTED') return;
    const seconds = record.config.ExecutionTimeout;
    const told = status === 'TIMED_OUT' ? { error: chainedTimeout(seconds) } : outcome;
    completeChained(parent, row, status, told);
    parent.record.wanted = true;
    parent.save();
    after.touched.add(record.parent!.key);
  }

  /** What follows from changes that are in the database now. */
  follow({ touched, ended, chained }: Aftermath): void {
    for (const key of ended) this.#announce(key);
    for (const key of touched) this.#drive(key);
    for (const { key, row } of chained) this.runChained(key, row);
    this.#arm();
  }

  runChained(key: number, row: OperationRow): void {
    this.#slots.run(() => this.#options.runChained(key, row).catch(this.#options.onError));
  }

  /** Resolves when the execution has ended or is gone; rejects when the signal aborts first. */
  async ended(key: number, signal: AbortSignal): Promise<void> {
    if (this.stores.executions.get(key)?.status === 'RUNNING') await this.#waiters.wait(key, signal);
  }

  #announce(key: number): void {
    const record = this.stores.executions.get(key);
    if (record) this.#guard(() => this.#options.onEnd(record));
    this.forget(key);
  }

  /** Lets go of who waits for an execution that has ended or is gone. */
  forget(key: number): void {
    this.#throttles.delete(key);
    this.#waiters.release(key);
  }

  #arm(): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    const next = this.stores.executions.next();
    if (next === undefined) return;
    const wait = Math.min(LONGEST_WAIT, Math.max(0, next - this.clock.now()));
    this.#timer = this.clock.after(wait, () => this.#guard(() => this.#tick()));
  }

  #tick(): void {
    if (this.#stopped) return;
    for (const key of this.stores.executions.due(this.clock.now())) this.#guard(() => this.#pass(key));
    this.#arm();
  }

  /** What time has brought to an execution. */
  #pass(key: number): void {
    const record = this.stores.executions.get(key);
    if (record?.ended !== undefined) {
      this.stores.executions.delete(key);
      return;
    }
    this.change(key, (edit, after) => {
      after.touched.add(key);
      const { started, config } = edit.record;
      if (started + config.ExecutionTimeout * 1000 <= edit.now) {
        const ErrorMessage = `Execution timed out after ${config.ExecutionTimeout} seconds.`;
        this.conclude(edit, after, 'TIMED_OUT', { error: { ErrorMessage } });
        return;
      }
      for (const row of edit.dueOperations()) {
        if (!row.plan.target) continue;
        edit.replan({ ...row, due: undefined });
        after.chained.push({ key, row });
      }
      if (completeDue(edit)) edit.record.wanted = true;
    });
  }

  /** Invokes the function if there is a reason, and nothing against it. */
  #drive(key: number): void {
    if (this.#stopped || this.#active.has(key)) return;
    const record = this.stores.executions.get(key);
    if (!record?.wanted || record.invoking || record.status !== 'RUNNING') return;
    if (record.retryAt !== undefined && record.retryAt > this.clock.now()) return;
    this.#active.add(key);
    this.#slots.run(async () => {
      try {
        await this.#invoke(key);
      } catch (error) {
        if (!this.#stopped) this.#guard(() => this.#postpone(key, error));
      }
      this.#active.delete(key);
      this.#guard(() => this.#drive(key));
    });
  }

  async #invoke(key: number): Promise<void> {
    const begun = this.change(
      key,
      ({ record }) => {
        const version = record.status === 'RUNNING' ? this.#options.versionOf(record) : undefined;
        if (record.status === 'RUNNING') record.invoking = true;
        record.wanted = false;
        record.retryAt = undefined;
        record.invocation++;
        record.sequence = 0;
        return { record, version };
      },
      true,
    );
    if (!begun?.record.invoking) return;
    const { version, record } = begun;
    const started = this.clock.now();
    const requestId = record.invocation === 1 ? record.requestId : randomUUID();
    if (!version) {
      this.#finish(key, { gone: true });
      return;
    }
    const ready = await version;
    const payload = this.change(
      key,
      (edit) => {
        const updated = edit.takeNews().map(({ Id }) => Id!);
        return durableEvent(this.stores, edit.record, updated);
      },
      true,
    );
    if (!payload) return;
    const outcome = await this.#options.host.invoke(ready, {
      requestId,
      payload,
      invokedFunctionArn: arnOf(record.ref),
      traceHeader: record.traceHeader,
    });
    // An invocation that ended because the daemon does is done again by the next one.
    if (this.#stopped) return;
    this.#throttles.delete(key);
    this.#finish(key, { outcome, requestId, started });
  }

  #finish(key: number, end: { gone: true } | { outcome: Outcome; requestId: string; started: number }): void {
    this.change(key, (edit, after) => {
      edit.record.invoking = false;
      after.touched.add(key);
      const conclude = (status: EndStatus, outcome: DurableOutcome) =>
        this.conclude(edit, after, status, outcome);
      if ('gone' in end) {
        const ErrorMessage = `Function not found: ${arnOf(edit.record.ref)}`;
        conclude('FAILED', { error: { ErrorType: 'ResourceNotFoundException', ErrorMessage } });
      } else finishInvocation(edit, end, conclude);
    });
  }

  /** No environment was to be had, which is nobody's failure. */
  #postpone(key: number, error: unknown): void {
    if (!(error instanceof Throttled)) this.#options.onError(error);
    const throttles = (this.#throttles.get(key) ?? 0) + 1;
    this.#throttles.set(key, throttles);
    this.change(key, (edit) => {
      edit.record.invoking = false;
      edit.record.wanted = edit.isRunning;
      edit.record.retryAt = edit.now + backoff(throttles);
    });
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function chainedTimeout(seconds: number): ErrorObject {
  return {
    ErrorType: 'ChainedInvoke.Timeout',
    ErrorMessage: `CHAINED_INVOKE timed out after ${seconds} seconds.`,
  };
}
