import type { ErrorObject } from '@aws-sdk/client-lambda';
import { executionArn, writeToken } from './execution-arn.ts';
import type { DurableStores } from './execution-edit.ts';
import type { DurableOutcome, ExecutionRecord } from './records.ts';
import { statePage } from './state-page.ts';

/** Of the operations that come with the event; the function asks for the others. */
const LARGEST_STATE = 5_242_880;
const MOST_OPERATIONS = 1000;

/** What AWS's durable execution SDKs are invoked with. */
export function durableEvent(stores: DurableStores, record: ExecutionRecord, updated: string[]): Buffer {
  const page = statePage(stores, record, { items: MOST_OPERATIONS, bytes: LARGEST_STATE });
  return Buffer.from(
    JSON.stringify({
      DurableExecutionArn: executionArn(record),
      CheckpointToken: writeToken(record),
      InitialExecutionState: { Operations: page.operations, NextMarker: page.marker ?? '' },
      UpdatedOperationIds: updated,
    }),
  );
}

export type DurableAnswer =
  | { status: 'PENDING' }
  | { status: 'SUCCEEDED' | 'FAILED'; outcome: DurableOutcome }
  | { status: 'INVALID'; message: string };

/** What the SDKs answer. */
export function readAnswer(payload: Uint8Array): DurableAnswer {
  const text = Buffer.from(payload).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { status: 'INVALID', message: `Invalid invocation output: ${(error as Error).message}` };
  }
  const { Status, Result, Error: given } = Object(value) as Record<string, unknown>;
  const result = typeof Result === 'string' ? Result : undefined;
  const error = readError(given);
  if (Status === 'PENDING') return { status: 'PENDING' };
  if (Status === 'SUCCEEDED') {
    if (error) return { status: 'INVALID', message: 'Cannot provide an Error for SUCCEEDED status.' };
    return { status: 'SUCCEEDED', outcome: { result } };
  }
  if (Status === 'FAILED') {
    if (result !== undefined) {
      return { status: 'INVALID', message: 'Cannot provide a Result for FAILED status.' };
    }
    return { status: 'FAILED', outcome: { error: error ?? {} } };
  }
  if (Status === undefined || Status === null)
    return { status: 'INVALID', message: 'Response status is required' };
  return { status: 'INVALID', message: `Unexpected invocation status: ${JSON.stringify(Status)}` };
}

function readError(value: unknown): ErrorObject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { ErrorMessage, ErrorType, ErrorData, StackTrace } = value as Record<string, unknown>;
  return {
    ...(typeof ErrorMessage === 'string' ? { ErrorMessage } : {}),
    ...(typeof ErrorType === 'string' ? { ErrorType } : {}),
    ...(typeof ErrorData === 'string' ? { ErrorData } : {}),
    ...(Array.isArray(StackTrace) ? { StackTrace: StackTrace.map(String) } : {}),
  };
}

/** A function's error, as runtimes give it, in the form of durable executions. */
export function errorOf(payload: Uint8Array): ErrorObject {
  const text = Buffer.from(payload).toString('utf8');
  try {
    const { errorMessage, errorType, stackTrace, trace } = Object(JSON.parse(text)) as Record<
      string,
      unknown
    >;
    const stack = stackTrace ?? trace;
    return {
      ...(typeof errorMessage === 'string' ? { ErrorMessage: errorMessage } : {}),
      ...(typeof errorType === 'string' ? { ErrorType: errorType } : {}),
      ...(Array.isArray(stack) ? { StackTrace: stack.map(String) } : {}),
    };
  } catch {
    return { ErrorMessage: text };
  }
}

/** The error of an execution, as an invocation that waited for it is answered. */
export function errorPayload(error: ErrorObject | undefined): Buffer {
  const { ErrorMessage, ErrorType, ErrorData, StackTrace } = error ?? {};
  return Buffer.from(
    JSON.stringify({
      errorMessage: ErrorMessage ?? '',
      errorType: ErrorType ?? 'Error',
      ...(ErrorData === undefined ? {} : { errorData: ErrorData }),
      ...(StackTrace === undefined ? {} : { stackTrace: StackTrace }),
    }),
  );
}
