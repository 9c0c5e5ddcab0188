import { randomUUID } from 'node:crypto';
import {
  type DurableConfig,
  DurableExecutionAlreadyStartedException,
  type ErrorObject,
} from '@aws-sdk/client-lambda';
import type { Outcome } from '../../../execution/function-host.ts';
import { readyVersion } from '../invoking.ts';
import type { DeletedFunction, Lambda } from '../lambda.ts';
import type { FunctionRef } from '../names.ts';
import { ChainedInvokes } from './chained-invokes.ts';
import { completeChained } from './completions.ts';
import { DurableEngine } from './engine.ts';
import type { Aftermath } from './engine-types.ts';
import { type DurableStores, ExecutionEdit } from './execution-edit.ts';
import { errorPayload } from './invocation.ts';
import { OperationStore } from './operation-store.ts';
import type { ExecutionRecord } from './records.ts';
import { ExecutionStore } from './store.ts';

export interface ExecutionStart {
  ref: FunctionRef;
  version: string;
  config: DurableConfig;
  payload: string;
  /** One is made where none is given. */
  name?: string | undefined;
  requestId: string;
  traceHeader: string | undefined;
  isEvent: boolean;
  parent?: ExecutionRecord['parent'];
}

const USUAL_RETENTION = 14;
/** Seconds. */
const LONGEST_EXECUTION = 31_622_400;

/** Executions of durable functions. https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html */
export class Durable {
  readonly stores: DurableStores;
  readonly engine: DurableEngine;
  readonly chained: ChainedInvokes;
  /** An execution that an event started has failed. To be replaced by who knows where that is told. */
  onFailedEvent: (record: ExecutionRecord, error: ErrorObject | undefined) => void = () => {};
  /** To be replaced by who keeps something for executions that run. */
  onEnd: (key: number) => void = () => {};

  constructor(lambda: Lambda) {
    const { database, clock, host, functions, onError } = lambda;
    this.stores = {
      executions: new ExecutionStore(database),
      operations: new OperationStore(database),
    };
    this.engine = new DurableEngine({
      stores: this.stores,
      clock,
      host,
      versionOf: ({ ref, version }) => {
        const record = functions.version(ref, version);
        return record && readyVersion(lambda, { ref, record });
      },
      runChained: (key, row) => this.chained.run(key, row),
      onEnd: (record) => this.#ended(record),
      onError,
    });
    this.chained = new ChainedInvokes(lambda, this);
    lambda.cleanups.push({ functionDeleted: (deleted) => this.#functionDeleted(deleted) });
  }

  /**
   * Starts an execution, or finds the one that was started with this name and payload.
   *
   * @throws DurableExecutionAlreadyStartedException where the name was used with another payload
   */
  begin(start: ExecutionStart): ExecutionRecord {
    return this.engine.transaction((after) => {
      const { executions } = this.stores;
      const known = start.name === undefined ? undefined : executions.byName(start.ref, start.name);
      if (!known) return this.add(start, after);
      if (executions.input(known.key) !== start.payload) throw alreadyStarted();
      return known;
    });
  }

  /** In a transaction. */
  add(start: ExecutionStart, after: Aftermath): ExecutionRecord {
    const { ref, version, config, requestId, traceHeader, isEvent, parent } = start;
    const id = randomUUID();
    const now = this.engine.clock.now();
    const { RetentionPeriodInDays = USUAL_RETENTION, KMSKeyArn } = config;
    // Functions of earlier data folders may have none.
    const { ExecutionTimeout = LONGEST_EXECUTION } = config;
    const record = this.stores.executions.add(
      {
        id,
        name: start.name ?? randomUUID(),
        ref,
        version,
        status: 'RUNNING',
        started: now,
        config: { ExecutionTimeout, RetentionPeriodInDays, ...(KMSKeyArn ? { KMSKeyArn } : {}) },
        requestId,
        ...(traceHeader === undefined ? {} : { traceHeader }),
        isEvent,
        ...(parent ? { parent } : {}),
        invocation: 0,
        invoking: false,
        sequence: 0,
        changes: 0,
        seen: 0,
        wanted: true,
        failures: 0,
        idle: 0,
        events: 0,
        operations: 0,
      },
      start.payload,
    );
    const edit = new ExecutionEdit(this.stores, record, now);
    const Input = { Payload: start.payload, Truncated: false };
    const about = { Id: id, Name: record.name };
    edit.event('ExecutionStarted', { ExecutionStartedDetails: { Input, ExecutionTimeout } }, about);
    edit.save();
    after.touched.add(record.key);
    return record;
  }

  #ended(record: ExecutionRecord): void {
    this.onEnd(record.key);
    const failed = record.status === 'FAILED' || record.status === 'TIMED_OUT';
    if (failed && record.isEvent)
      this.onFailedEvent(record, this.stores.executions.outcome(record.key).error);
  }

  /** What an execution came to, as an invocation that waits for it is answered. Rejects when the signal aborts. */
  async outcome({ key }: ExecutionRecord, signal: AbortSignal): Promise<Outcome> {
    const logTail = Buffer.alloc(0);
    await this.engine.ended(key, signal);
    const record = this.stores.executions.get(key);
    if (record?.status === 'SUCCEEDED') {
      const { result } = this.stores.executions.outcome(key);
      return { payload: Buffer.from(result || 'null'), logTail };
    }
    const error = record
      ? (this.stores.executions.outcome(key).error ?? { ErrorMessage: `Execution ${record.status}` })
      : { ErrorType: 'ResourceNotFoundException', ErrorMessage: 'The function was deleted.' };
    return { payload: errorPayload(error), functionError: 'Unhandled', logTail };
  }

  /** Executions go with their function. In the transaction of its deletion. */
  #functionDeleted({ scope, name, partition }: DeletedFunction): void {
    const after: Aftermath = { touched: new Set(), ended: new Set(), chained: [] };
    const { executions } = this.stores;
    const gone = executions.ofFunction({ scope, name });
    for (const { parent } of gone) {
      const waiting = parent && this.engine.open(parent.key);
      const row = waiting?.operation(parent!.operation);
      if (waiting?.isRunning && row?.operation.Status === 'STARTED') {
        const ErrorMessage = `Function not found: arn:${partition}:lambda:${scope.region}:${scope.account}:function:${name}`;
        const error = { ErrorType: 'ResourceNotFoundException', ErrorMessage };
        completeChained(waiting, row, 'FAILED', { error });
        waiting.record.wanted = true;
        waiting.save();
        after.touched.add(parent!.key);
      }
    }
    for (const { key } of gone) executions.delete(key);
    queueMicrotask(() => {
      for (const { key } of gone) this.engine.forget(key);
      this.engine.follow(after);
    });
  }
}

/** In the words of its description, since AWS's own are not known. */
function alreadyStarted(): Error {
  const message =
    'The durable execution with the specified name has already been started. Each durable execution name must be unique within the function. Use a different name or check the status of the existing execution.';
  return new DurableExecutionAlreadyStartedException({
    message,
    Message: message,
    Type: 'User',
    $metadata: {},
  });
}
