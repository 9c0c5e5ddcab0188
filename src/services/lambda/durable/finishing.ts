import type { ErrorObject } from '@aws-sdk/client-lambda';
import type { Milliseconds } from '../../../clock/clock.ts';
import type { Outcome } from '../../../execution/function-host.ts';
import { backoff } from './backoff.ts';
import type { EndStatus } from './engine-types.ts';
import { type ExecutionEdit, eventError } from './execution-edit.ts';
import { errorOf, readAnswer } from './invocation.ts';
import type { DurableOutcome } from './records.ts';
import { LARGEST_PAYLOAD } from './update-checks.ts';

/** Invocations in a row that break off before an execution fails with the last one's error. */
const MOST_FAILURES = 9;
/** Times that PENDING may be answered with nothing to wait for, which an SDK that replays may do once. */
const MOST_IDLE = 3;
const IDLE_PAUSE: Milliseconds = 5_000;

export interface InvocationEnd {
  outcome: Outcome;
  requestId: string;
  started: Milliseconds;
}

/** What follows from how an invocation ended. */
export function finishInvocation(
  edit: ExecutionEdit,
  { outcome, requestId, started }: InvocationEnd,
  conclude: (status: EndStatus, outcome: DurableOutcome) => void,
): void {
  const { record, now } = edit;
  const failure = outcome.functionError ? errorOf(outcome.payload) : undefined;
  edit.event('InvocationCompleted', {
    InvocationCompletedDetails: {
      StartTimestamp: started,
      EndTimestamp: now,
      RequestId: requestId,
      ...(failure ? { Error: eventError(failure) } : {}),
    },
  });
  // It was stopped, timed out, or told its own end with a checkpoint.
  if (!edit.isRunning) return;
  if (failure) {
    tryAgain(edit, failure, conclude);
    return;
  }
  record.failures = 0;
  const answer = readAnswer(outcome.payload);
  if (answer.status === 'INVALID') {
    conclude('FAILED', { error: invalidOutput(answer.message) });
  } else if (answer.status === 'PENDING') {
    suspend(edit, conclude);
  } else if (isTooLarge(edit, answer.outcome)) {
    const ErrorMessage = `Execution output payload size must be less than or equal to ${LARGEST_PAYLOAD} bytes.`;
    conclude('FAILED', { error: { ErrorMessage } });
  } else conclude(answer.status, answer.outcome);
}

/** Invoked again after a while, the function goes on from its last checkpoint. */
function tryAgain(
  { record, now }: ExecutionEdit,
  error: ErrorObject,
  conclude: (status: EndStatus, outcome: DurableOutcome) => void,
): void {
  record.failures++;
  if (record.failures >= MOST_FAILURES) {
    conclude('FAILED', { error });
    return;
  }
  record.wanted = true;
  record.retryAt = now + backoff(record.failures);
}

function suspend(edit: ExecutionEdit, conclude: (status: EndStatus, outcome: DurableOutcome) => void): void {
  const { record } = edit;
  record.wanted = edit.hasNews;
  if (record.wanted || edit.openOperations().some(({ operation }) => isAwaited(operation))) {
    record.idle = 0;
    return;
  }
  record.idle++;
  if (record.idle >= MOST_IDLE) {
    const message = 'Cannot return PENDING status with no pending operations.';
    conclude('FAILED', { error: invalidOutput(message) });
    return;
  }
  record.wanted = true;
  record.retryAt = edit.now + IDLE_PAUSE;
}

/** What ends without the function. */
function isAwaited({ Type, Status }: { Type?: string | undefined; Status?: string | undefined }): boolean {
  if (Type === 'STEP') return Status === 'PENDING' || Status === 'READY';
  return Type !== 'CONTEXT';
}

function isTooLarge({ record }: ExecutionEdit, { result }: DurableOutcome): boolean {
  const isBehind = record.isEvent || record.parent !== undefined;
  return isBehind && result !== undefined && Buffer.byteLength(result) > LARGEST_PAYLOAD;
}

function invalidOutput(message: string): ErrorObject {
  return { ErrorType: 'InvalidParameterValueException', ErrorMessage: message };
}
