import type { Clock } from '../../../clock/clock.ts';
import type { FunctionHost, FunctionVersion } from '../../../execution/function-host.ts';
import type { DurableStores } from './execution-edit.ts';
import type { ExecutionRecord, OperationRow } from './records.ts';

export type EndStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** What follows from changes once they are in the database. */
export interface Aftermath {
  /** Executions that may have to be invoked. */
  touched: Set<number>;
  ended: Set<number>;
  /** Functions to invoke for operations. */
  chained: { key: number; row: OperationRow }[];
}

export interface EngineOptions {
  stores: DurableStores;
  clock: Clock;
  host: FunctionHost;
  /** Undefined where the function is not there any more. */
  versionOf(record: ExecutionRecord): FunctionVersion | Promise<FunctionVersion> | undefined;
  /** Runs a function that is no durable one for an operation. */
  runChained(key: number, row: OperationRow): Promise<void>;
  onEnd(record: ExecutionRecord): void;
  onError(error: unknown): void;
}
