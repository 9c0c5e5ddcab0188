import type { Event, Execution, Operation } from '@aws-sdk/client-lambda';
import { functionArn } from '../names.ts';
import { executionArn } from './execution-arn.ts';
import type { ExecutionRecord, StoredEvent, StoredOperation } from './records.ts';

const DATES = new Set([
  'StartTimestamp',
  'EndTimestamp',
  'EventTimestamp',
  'NextAttemptTimestamp',
  'ScheduledEndTimestamp',
]);
/** What holds data of the user's, with a mark of what was left out of it. */
const DATA = new Set(['Input', 'Result', 'Error']);

export function showOperation(operation: StoredOperation): Operation {
  return withDates(operation, true) as unknown as Operation;
}

/** `withData`: as IncludeExecutionData asks for. */
export function showEvent(event: StoredEvent, withData: boolean): Event {
  return withDates(event, withData) as unknown as Event;
}

function withDates(value: object, withData: boolean): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, member]: [string, unknown]) => {
    if (DATES.has(key) && typeof member === 'number') return [key, new Date(member)];
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return [key, member];
    if (!withData && DATA.has(key)) return [key, { Truncated: true }];
    return [key, withDates(member, withData)];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

export function showExecution(record: ExecutionRecord): Execution {
  return {
    DurableExecutionArn: executionArn(record),
    DurableExecutionName: record.name,
    FunctionArn: functionArn(record.ref, record.version),
    Status: record.status,
    StartTimestamp: new Date(record.started),
    EndTimestamp: record.ended === undefined ? undefined : new Date(record.ended),
  };
}
