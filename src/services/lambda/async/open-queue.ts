import { randomUUID } from 'node:crypto';
import { beginEvent } from '../durable/durable-events.ts';
import { readyVersion, routeQualifier } from '../invoking.ts';
import type { Lambda } from '../lambda.ts';
import { arnOf, LATEST } from '../names.ts';
import { AsyncInvoker } from './async-invoker.ts';
import { Dispatcher } from './async-queue.ts';
import { Destinations } from './destinations.ts';
import { EventStore, type QueuedEvent } from './event-store.ts';

export interface OpenQueue {
  queue: Dispatcher;
  destinations: Destinations;
}

/** The queue of asynchronous invocations, not yet started. */
export function openQueue(lambda: Lambda, onError: (error: unknown) => void): OpenQueue {
  const { database, clock, journal, host, functions, durable } = lambda;
  const store = new EventStore(database);
  lambda.cleanups.push({ functionDeleted: (deleted) => store.clear(deleted) });
  const destinations: Destinations = new Destinations({
    clock,
    journal,
    queue: () => dispatcher,
    newRequestId: randomUUID,
    deadLetterOf: (event) =>
      (routeQualifier(lambda, event) ?? functions.version(event, LATEST))?.settings.DeadLetterConfig
        ?.TargetArn,
  });
  const invoker: AsyncInvoker = new AsyncInvoker({
    store,
    clock,
    settingsOf: (event) => lambda.eventSettings(event),
    isSwitchedOff: (event) => lambda.reservedOf(event) === 0,
    destinations,
    isStopped: () => dispatcher.isStopped,
    onError,
    invoke: async (event: QueuedEvent) => {
      const record = routeQualifier(lambda, event);
      if (!record) return undefined;
      if (record.settings.DurableConfig) {
        return { outcome: beginEvent(durable, { ref: event, record }, event), version: record.version };
      }
      const version = await readyVersion(lambda, { ref: event, record });
      const { requestId, payload, clientContext, traceHeader } = event;
      const outcome = await host.invoke(version, {
        requestId,
        payload,
        invokedFunctionArn: arnOf(event),
        clientContext,
        traceHeader,
      });
      return { outcome, version: record.version };
    },
  });
  const dispatcher: Dispatcher = new Dispatcher({
    store,
    clock,
    attempt: (id) => invoker.attempt(id),
    onError,
  });
  return { queue: dispatcher, destinations };
}
