import type { ErrorObject, Event, ExecutionStatus, Operation } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { FunctionRef } from '../names.ts';

/** Dates as milliseconds since 1970, as functions get them with their event. */
export type Stored<T> = T extends Date
  ? Milliseconds
  : T extends readonly (infer Item)[]
    ? Stored<Item>[]
    : T extends object
      ? { [Key in keyof T]: Stored<T[Key]> }
      : T;

export type StoredOperation = Stored<Operation>;
export type StoredEvent = Stored<Event>;

/** How an execution ended. */
export interface DurableOutcome {
  result?: string | undefined;
  error?: ErrorObject | undefined;
}

/** One execution of a durable function, without its input, operations and events. */
export interface ExecutionRecord {
  /** Its row. */
  key: number;
  /** The last part of its ARN. */
  id: string;
  name: string;
  /** As it was invoked: its qualifier may be an alias. */
  ref: FunctionRef;
  /** Which all of its invocations run. */
  version: string;
  status: ExecutionStatus;
  started: Milliseconds;
  ended?: Milliseconds;
  config: { ExecutionTimeout: number; RetentionPeriodInDays: number; KMSKeyArn?: string | undefined };
  requestId: string;
  traceHeader?: string | undefined;
  /** Invoked with the type Event: its failure may go to a dead letter queue. */
  isEvent: boolean;
  /** The operation of another execution that waits for this one. */
  parent?: { key: number; operation: string };
  /** The number of the last invocation, whose checkpoint tokens alone are good. */
  invocation: number;
  /** It is under way. */
  invoking: boolean;
  /** Of the checkpoint token that is good. */
  sequence: number;
  /** Changes of its operations so far, and how many of them the function was told of. */
  changes: number;
  seen: number;
  /** There is a reason to invoke the function. */
  wanted: boolean;
  /** Not before. */
  retryAt?: Milliseconds | undefined;
  /** Invocations in a row that broke off, or that answered PENDING with nothing to wait for. */
  failures: number;
  idle: number;
  /** Events of its history so far, and operations. */
  events: number;
  operations: number;
}

/** What is known of an operation beside what the function gets to see. */
export interface OperationPlan {
  /** Seconds; of callbacks. */
  heartbeat?: number | undefined;
  /** When a callback times out, and when it does for want of a heartbeat. */
  timeoutAt?: Milliseconds | undefined;
  heartbeatAt?: Milliseconds | undefined;
  /** Seconds; of waits. */
  duration?: number | undefined;
  /** A function that is no durable one, and is invoked for the operation. */
  target?: { ref: FunctionRef; version: string; payload: string; throttles: number } | undefined;
}

export interface OperationRow {
  number: number;
  operation: StoredOperation;
  plan: OperationPlan;
  /** When something happens to it by itself. */
  due: Milliseconds | undefined;
}

export const TERMINAL: ReadonlySet<string> = new Set([
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
  'STOPPED',
]);
