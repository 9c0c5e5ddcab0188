import type { ErrorObject } from '@aws-sdk/client-lambda';
import { type ExecutionEdit, eventError } from './execution-edit.ts';
import type { DurableOutcome, OperationRow, StoredOperation } from './records.ts';
import { earliest } from './updates.ts';

/**
 * What time alone brings: waits that are over, steps to be tried again, callbacks that nobody answered.
 * Returns whether there was any.
 */
export function completeDue(edit: ExecutionEdit): boolean {
  let any = false;
  for (const row of edit.dueOperations()) {
    const { Type, Status } = row.operation;
    if (Type === 'WAIT') completeWait(edit, row);
    else if (Type === 'STEP' && Status === 'PENDING') readyStep(edit, row);
    else if (Type === 'CALLBACK') timeOutCallback(edit, row);
    else continue;
    any = true;
  }
  return any;
}

function close(edit: ExecutionEdit, row: OperationRow, members: Partial<StoredOperation>): StoredOperation {
  const operation = { ...row.operation, EndTimestamp: edit.now, ...members };
  edit.put({ ...row, operation, due: undefined });
  return operation;
}

function completeWait(edit: ExecutionEdit, row: OperationRow): void {
  const operation = close(edit, row, { Status: 'SUCCEEDED' });
  edit.event('WaitSucceeded', { WaitSucceededDetails: { Duration: row.plan.duration } }, operation);
}

function readyStep(edit: ExecutionEdit, row: OperationRow): void {
  const { NextAttemptTimestamp: _, ...StepDetails } = row.operation.StepDetails ?? {};
  edit.put({ ...row, operation: { ...row.operation, Status: 'READY', StepDetails }, due: undefined });
}

function timeOutCallback(edit: ExecutionEdit, row: OperationRow): void {
  const { timeoutAt } = row.plan;
  const isOver = timeoutAt !== undefined && timeoutAt <= edit.now;
  const error = isOver
    ? { ErrorType: 'Callback.Timeout', ErrorMessage: 'Callback timed out' }
    : { ErrorType: 'Callback.Heartbeat', ErrorMessage: 'Callback timed out on heartbeat' };
  const CallbackDetails = { ...row.operation.CallbackDetails, Error: error };
  const operation = close(edit, row, { Status: 'TIMED_OUT', CallbackDetails });
  edit.event('CallbackTimedOut', { CallbackTimedOutDetails: { Error: eventError(error) } }, operation);
}

/** An external system answered. */
export function succeedCallback(edit: ExecutionEdit, row: OperationRow, result: string | undefined): void {
  const CallbackDetails = { ...row.operation.CallbackDetails, Result: result };
  const operation = close(edit, row, { Status: 'SUCCEEDED', CallbackDetails });
  const Result = { Payload: result, Truncated: false };
  edit.event('CallbackSucceeded', { CallbackSucceededDetails: { Result } }, operation);
}

export function failCallback(edit: ExecutionEdit, row: OperationRow, error: ErrorObject): void {
  const CallbackDetails = { ...row.operation.CallbackDetails, Error: error };
  const operation = close(edit, row, { Status: 'FAILED', CallbackDetails });
  edit.event('CallbackFailed', { CallbackFailedDetails: { Error: eventError(error) } }, operation);
}

/** An external system is still at it. */
export function extendCallback(edit: ExecutionEdit, row: OperationRow): void {
  const { heartbeat, timeoutAt } = row.plan;
  if (heartbeat === undefined) return;
  const heartbeatAt = edit.now + heartbeat * 1000;
  edit.replan({
    number: row.number,
    plan: { ...row.plan, heartbeatAt },
    due: earliest(timeoutAt, heartbeatAt),
  });
}

export type ChainedStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** The function that the operation invoked has ended. */
export function completeChained(
  edit: ExecutionEdit,
  row: OperationRow,
  status: ChainedStatus,
  { result, error }: DurableOutcome,
): void {
  const ChainedInvokeDetails = status === 'SUCCEEDED' ? { Result: result } : { Error: error };
  const operation = close(edit, row, { Status: status, ChainedInvokeDetails });
  const details = { Error: eventError(error) };
  if (status === 'SUCCEEDED') {
    const Result = { Payload: result, Truncated: false };
    edit.event('ChainedInvokeSucceeded', { ChainedInvokeSucceededDetails: { Result } }, operation);
  } else if (status === 'FAILED') {
    edit.event('ChainedInvokeFailed', { ChainedInvokeFailedDetails: details }, operation);
  } else if (status === 'TIMED_OUT') {
    edit.event('ChainedInvokeTimedOut', { ChainedInvokeTimedOutDetails: details }, operation);
  } else {
    edit.event('ChainedInvokeStopped', { ChainedInvokeStoppedDetails: details }, operation);
  }
}
