import type { ErrorObject } from '@aws-sdk/client-lambda';
import type { Outcome } from '../../../execution/function-host.ts';
import type { Conclusion } from '../async/destinations.ts';
import type { AsyncEvent, QueuedEvent } from '../async/event-store.ts';
import type { Target } from '../invoking.ts';
import type { Durable } from './durable.ts';
import { startDurable } from './durable-invoke.ts';
import { errorPayload } from './invocation.ts';
import type { ExecutionRecord } from './records.ts';

const NO_LOG = Buffer.alloc(0);

/**
 * What becomes of an event that is for a durable function: its execution. The event's request id is its name, so that an event
 * that is tried twice starts one.
 */
export function beginEvent(durable: Durable, target: Target, event: AsyncEvent): Outcome {
  const { requestId, traceHeader, payload } = event;
  try {
    startDurable(durable, target, payload, { requestId, traceHeader, name: requestId, isEvent: true });
    return { payload: Buffer.from('null'), logTail: NO_LOG };
  } catch (error) {
    const { name, message } = error as Error;
    const refused = errorPayload({ ErrorType: name, ErrorMessage: message });
    return { payload: refused, functionError: 'Unhandled', logTail: NO_LOG };
  }
}

/** An execution that failed as the event that started it. */
export function failedEvent(
  { stores }: Durable,
  { key, ref, requestId, traceHeader, started, version }: ExecutionRecord,
  error: ErrorObject | undefined,
): [QueuedEvent, Conclusion] {
  const event = {
    ...ref,
    id: 0,
    requestId,
    payload: Buffer.from(stores.executions.input(key)),
    clientContext: undefined,
    traceHeader,
    created: started,
    attempts: 1,
    throttles: 0,
  };
  const outcome: Outcome = { payload: errorPayload(error), functionError: 'Unhandled', logTail: NO_LOG };
  return [event, { condition: 'RetriesExhausted', result: { outcome, version } }];
}
