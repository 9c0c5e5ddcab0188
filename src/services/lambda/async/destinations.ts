import type { Clock } from '../../../clock/clock.ts';
import type { Outcome } from '../../../execution/function-host.ts';
import type { Journal } from '../../../journal/journal.ts';
import { functionArn, LATEST, parseFunctionArn } from '../names.ts';
import type { AsyncQueue } from './async-queue.ts';
import type { EventSettings } from './event-settings.ts';
import type { QueuedEvent } from './event-store.ts';

/** How an asynchronous invocation ended. */
export interface Conclusion {
  condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded' | 'ZeroReservedConcurrency';
  /** Of the last attempt, where that was the end. */
  result: { outcome: Outcome; version: string } | undefined;
}

export interface DestinationsOptions {
  clock: Clock;
  journal: Journal;
  queue(): AsyncQueue;
  newRequestId(): string;
  /** The function's dead letter queue, an ARN. */
  deadLetterOf(event: QueuedEvent): string | undefined;
}

/**
 * Where the results of asynchronous invocations go. To functions they go indeed; queues, topics, buses and buckets are not there
 * yet, so that what would be sent to them stands in the journal.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class Destinations {
  readonly #options: DestinationsOptions;

  constructor(options: DestinationsOptions) {
    this.#options = options;
  }

  conclude(event: QueuedEvent, settings: EventSettings, conclusion: Conclusion): void {
    const failed = conclusion.condition !== 'Success';
    const target = failed ? settings.onFailure : settings.onSuccess;
    if (target !== undefined) this.#send(target, event, this.#record(event, conclusion));
    if (failed) this.bury(event, conclusion);
  }

  /** To the function's dead letter queue, where it has one. */
  bury(event: QueuedEvent, conclusion: Conclusion): void {
    const deadLetter = this.#options.deadLetterOf(event);
    if (deadLetter !== undefined) this.#bury(deadLetter, event, conclusion);
  }

  #send(target: string, event: QueuedEvent, record: DestinationRecord): void {
    const { journal, queue, newRequestId } = this.#options;
    const ref = parseFunctionArn(target);
    const hops = (event.hops ?? 0) + 1;
    if (ref && hops > MOST_HOPS) {
      const message = `${event.name}: its results went in a circle of functions, which was ended after ${MOST_HOPS} of them`;
      journal.record({ type: 'notice', message });
      return;
    }
    if (ref) {
      queue().enqueue({
        ...ref,
        requestId: newRequestId(),
        payload: Buffer.from(JSON.stringify(record)),
        clientContext: undefined,
        traceHeader: event.traceHeader,
        hops,
      });
      return;
    }
    journal.record({ type: 'lambda.destination', target, function: functionArn(event), record });
  }

  #record(event: QueuedEvent, { condition, result }: Conclusion): DestinationRecord {
    return {
      version: '1.0',
      timestamp: new Date(this.#options.clock.now()).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: functionArn(event, event.qualifier ?? LATEST),
        condition,
        approximateInvokeCount: event.attempts,
      },
      requestPayload: parsed(event.payload),
      ...(result
        ? {
            responseContext: {
              statusCode: 200,
              executedVersion: result.version,
              ...(result.outcome.functionError ? { functionError: result.outcome.functionError } : {}),
            },
            responsePayload: parsed(result.outcome.payload),
          }
        : {}),
    };
  }

  /** A dead letter is the event itself, with attributes that tell of the error. https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
  #bury(target: string, event: QueuedEvent, { condition, result }: Conclusion): void {
    const neverTried = condition === 'ZeroReservedConcurrency';
    const message = neverTried ? NEVER_TRIED : result && errorMessage(result.outcome.payload);
    this.#options.journal.record({
      type: 'lambda.dead-letter',
      target,
      function: functionArn(event),
      body: Buffer.from(event.payload).toString('utf8'),
      attributes: {
        RequestID: event.requestId,
        ...(neverTried ? {} : { ErrorCode: '200' }),
        ...(message === undefined ? {} : { ErrorMessage: message.slice(0, LONGEST_MESSAGE) }),
      },
    });
  }
}

/** What a destination gets. */
interface DestinationRecord {
  version: '1.0';
  timestamp: string;
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: Conclusion['condition'];
    approximateInvokeCount: number;
  };
  requestPayload: unknown;
  responseContext?: { statusCode: number; executedVersion: string; functionError?: string };
  responsePayload?: unknown;
}

/** As AWS ends recursive loops: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html */
const MOST_HOPS = 16;
const LONGEST_MESSAGE = 1024;
/** As AWS spells it. */
const NEVER_TRIED = 'Function not invoked. Function isconfigured with zero reserved concurrent executions';

function parsed(payload: Uint8Array): unknown {
  const text = Buffer.from(payload).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorMessage(payload: Uint8Array): string | undefined {
  const value = parsed(payload);
  if (typeof value !== 'object' || value === null || !('errorMessage' in value)) return undefined;
  return typeof value.errorMessage === 'string' ? value.errorMessage : undefined;
}
