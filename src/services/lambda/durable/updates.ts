import type { OperationUpdate } from '@aws-sdk/client-lambda';
import { writeCallbackId } from './execution-arn.ts';
import { type ExecutionEdit, eventError } from './execution-edit.ts';
import type { StoredOperation } from './records.ts';
import { checkUpdate } from './update-checks.ts';

/** Starts the function that a CHAINED_INVOKE names, or has the operation failed. */
export type StartChained = (edit: ExecutionEdit, operation: StoredOperation, update: OperationUpdate) => void;
/** Ends the execution of an EXECUTION's update. */
export type EndExecution = (edit: ExecutionEdit, update: OperationUpdate) => void;

export interface UpdateEffects {
  startChained: StartChained;
  endExecution: EndExecution;
}

/** One update of a checkpoint. @throws InvalidParameterValueException */
export function applyUpdate(edit: ExecutionEdit, update: OperationUpdate, effects: UpdateEffects): void {
  const row = edit.operation(update.Id!);
  checkUpdate(edit, update, row?.operation);
  switch (update.Type) {
    case 'EXECUTION':
      effects.endExecution(edit, update);
      return;
    case 'CONTEXT':
      applyContext(edit, update);
      return;
    case 'STEP':
      applyStep(edit, update);
      return;
    case 'WAIT':
      applyWait(edit, update);
      return;
    case 'CALLBACK':
      startCallback(edit, update);
      return;
    default:
      effects.startChained(edit, newOperation(edit, update), update);
  }
}

function newOperation({ now }: ExecutionEdit, update: OperationUpdate): StoredOperation {
  const { Id, ParentId, Name, Type, SubType } = update;
  return {
    Id,
    ...(ParentId === undefined ? {} : { ParentId }),
    ...(Name === undefined ? {} : { Name }),
    Type,
    ...(SubType === undefined ? {} : { SubType }),
    StartTimestamp: now,
    Status: 'STARTED',
  };
}

/** Changes the operation that an update is about, which may begin with it. */
function change(
  edit: ExecutionEdit,
  update: OperationUpdate,
  members: Partial<StoredOperation>,
): StoredOperation {
  const row = edit.operation(update.Id!);
  const operation = { ...(row?.operation ?? newOperation(edit, update)), ...members };
  if (row) edit.put({ ...row, operation, due: operation.StepDetails?.NextAttemptTimestamp });
  else edit.add(operation, {}, operation.StepDetails?.NextAttemptTimestamp);
  return operation;
}

function applyContext(edit: ExecutionEdit, update: OperationUpdate): void {
  const { Action, Payload, ContextOptions } = update;
  if (Action === 'START') {
    edit.event('ContextStarted', { ContextStartedDetails: {} }, change(edit, update, {}));
    return;
  }
  const details = { ReplayChildren: ContextOptions?.ReplayChildren ?? false };
  const ended = { EndTimestamp: edit.now };
  if (Action === 'SUCCEED') {
    const ContextDetails = { ...details, Result: Payload };
    const operation = change(edit, update, { ...ended, Status: 'SUCCEEDED', ContextDetails });
    const Result = { Payload, Truncated: false };
    edit.event('ContextSucceeded', { ContextSucceededDetails: { Result } }, operation);
    return;
  }
  const ContextDetails = { ...details, Error: update.Error };
  const operation = change(edit, update, { ...ended, Status: 'FAILED', ContextDetails });
  edit.event('ContextFailed', { ContextFailedDetails: { Error: eventError(update.Error) } }, operation);
}

function applyStep(edit: ExecutionEdit, update: OperationUpdate): void {
  const { Action, Payload, Error: error, StepOptions } = update;
  const before = edit.operation(update.Id!)?.operation.StepDetails;
  if (Action === 'START') {
    // What the attempt before came to stays, for the function to go on from.
    const StepDetails = { ...before, Attempt: before?.Attempt ?? 0, NextAttemptTimestamp: undefined };
    const operation = change(edit, update, { Status: 'STARTED', StepDetails });
    edit.event('StepStarted', { StepStartedDetails: {} }, operation);
    return;
  }
  const Attempt = (before?.Attempt ?? 0) + 1;
  const delay = Action === 'RETRY' ? (StepOptions?.NextAttemptDelaySeconds ?? 0) : undefined;
  const RetryDetails = {
    CurrentAttempt: Attempt,
    ...(delay === undefined ? {} : { NextAttemptDelaySeconds: delay }),
  };
  const StepDetails = {
    Attempt,
    ...(delay === undefined ? {} : { NextAttemptTimestamp: edit.now + delay * 1000 }),
    Result: Payload,
    Error: error,
  };
  const operation = change(edit, update, {
    Status: Action === 'RETRY' ? 'PENDING' : Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED',
    ...(Action === 'RETRY' ? {} : { EndTimestamp: edit.now }),
    StepDetails,
  });
  // A retry without an error is a condition that was looked at once more.
  if (Action === 'FAIL' || error) {
    edit.event('StepFailed', { StepFailedDetails: { Error: eventError(error), RetryDetails } }, operation);
    return;
  }
  const Result = { Payload, Truncated: false };
  edit.event('StepSucceeded', { StepSucceededDetails: { Result, RetryDetails } }, operation);
}

const USUAL_WAIT = 1;

function applyWait(edit: ExecutionEdit, update: OperationUpdate): void {
  if (update.Action === 'CANCEL') {
    const operation = change(edit, update, { Status: 'CANCELLED', EndTimestamp: edit.now });
    const details = update.Error ? { Error: eventError(update.Error) } : {};
    edit.event('WaitCancelled', { WaitCancelledDetails: details }, operation);
    return;
  }
  const Duration = update.WaitOptions?.WaitSeconds ?? USUAL_WAIT;
  const ScheduledEndTimestamp = edit.now + Duration * 1000;
  const operation = { ...newOperation(edit, update), WaitDetails: { ScheduledEndTimestamp } };
  edit.add(operation, { duration: Duration }, ScheduledEndTimestamp);
  edit.event('WaitStarted', { WaitStartedDetails: { Duration, ScheduledEndTimestamp } }, operation);
}

function startCallback(edit: ExecutionEdit, update: OperationUpdate): void {
  const { TimeoutSeconds = 0, HeartbeatTimeoutSeconds = 0 } = update.CallbackOptions ?? {};
  const CallbackId = writeCallbackId(edit.record.id, update.Id!);
  const operation = { ...newOperation(edit, update), CallbackDetails: { CallbackId } };
  const timeoutAt = TimeoutSeconds > 0 ? edit.now + TimeoutSeconds * 1000 : undefined;
  const heartbeat = HeartbeatTimeoutSeconds > 0 ? HeartbeatTimeoutSeconds : undefined;
  const heartbeatAt = heartbeat === undefined ? undefined : edit.now + heartbeat * 1000;
  edit.add(operation, { timeoutAt, heartbeat, heartbeatAt }, earliest(timeoutAt, heartbeatAt));
  const details = {
    CallbackId,
    ...(heartbeat === undefined ? {} : { HeartbeatTimeout: heartbeat }),
    ...(timeoutAt === undefined ? {} : { Timeout: TimeoutSeconds }),
  };
  edit.event('CallbackStarted', { CallbackStartedDetails: details }, operation);
}

export function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
