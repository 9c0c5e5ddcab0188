import { gzip } from 'node:zlib';
import type { SubscriptionFilter } from '@aws-sdk/client-cloudwatch-logs';
import { partitionOf } from '../../aws/call.ts';
import { accountFilters } from './account-filters.ts';
import { groupArn } from './arns.ts';
import type { Arrival, LogsEngine } from './engine.ts';
import { type FilterPattern, parseFilterPattern } from './pattern/pattern.ts';
import { eventId } from './positions.ts';
import { subscriptionFilters } from './stored.ts';

/** The log group that events come from. */
export interface LogSource {
  arn: string;
  account: string;
}

/** Functions that are told of logs. Lambda's own operations, as far as they are needed here. */
export interface LambdaTarget {
  /** As an event invocation: resolves when it is queued. */
  invokeAsync(functionArn: string, source: LogSource, payload: Uint8Array): Promise<void>;
  /** Whether there is the function, and its policy lets logs of this group invoke it. */
  mayInvoke(functionArn: string, source: LogSource): boolean | Promise<boolean>;
}

export interface SubscriptionsOptions {
  logs: LogsEngine;
  lambda: LambdaTarget | undefined;
  onError(error: unknown): void;
}

interface Subscription {
  filter: SubscriptionFilter;
  pattern: FilterPattern;
}

interface OutgoingEvent {
  id: string;
  timestamp: number;
  message: string;
}

/** What is gathered for one function before it is sent. */
const MOST_BYTES = 4 * 2 ** 20;
/** What may wait to be sent, of all functions. What comes beyond it is not delivered. */
const MOST_WAITING = 64 * 2 ** 20;

/**
 * Sends what is stored to the functions that subscribed to it, in the shape of AWS.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html#LambdaFunctionExample
 */
export class Subscriptions {
  readonly #logs: LogsEngine;
  readonly #lambda: LambdaTarget | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #byGroup = new Map<number, readonly Subscription[]>();
  readonly #sending = new Set<Promise<void>>();
  #waitingBytes = 0;

  constructor({ logs, lambda, onError }: SubscriptionsOptions) {
    this.#logs = logs;
    this.#lambda = lambda;
    this.#onError = onError;
    if (lambda) logs.follow((arrival) => this.#deliver(arrival));
  }

  async mayInvoke(functionArn: string, source: LogSource): Promise<boolean> {
    return (await this.#lambda?.mayInvoke(functionArn, source)) ?? false;
  }

  /** A filter was put or deleted, of a group or by a policy of an account. */
  changed(): void {
    this.#byGroup.clear();
  }

  /** Waits until all that was to be sent is sent. */
  async settle(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  #deliver({ group, stream, first, ingested, events }: Arrival): void {
    for (const { filter, pattern } of this.#of(group.id, group)) {
      const matching: OutgoingEvent[] = [];
      const { transformers } = this.#logs;
      for (const [index, { timestamp, message: original }] of events.entries()) {
        const message = filter.applyOnTransformedLogs
          ? transformers.transform(group, { message: original, ingested, stream: stream.name })
          : original;
        if (!pattern.matches(message)) continue;
        const id = eventId({ stream: stream.id, timestamp, seq: first + index });
        matching.push({ id, timestamp, message });
      }
      for (const batch of batches(matching)) {
        this.#send(filter, group, stream.name, batch);
      }
    }
  }

  #of(groupId: number, group: Arrival['group']): readonly Subscription[] {
    let found = this.#byGroup.get(groupId);
    if (!found) {
      const own = subscriptionFilters(this.#logs).ofParent(group, group.name);
      found = [...own, ...accountFilters(this.#logs, group)]
        .filter(({ destinationArn }) => destinationArn!.split(':')[2] === 'lambda')
        .map((filter) => ({ filter, pattern: parseFilterPattern(filter.filterPattern!) }));
      if (this.#byGroup.size >= 10_000) this.#byGroup.clear();
      this.#byGroup.set(groupId, found);
    }
    return found;
  }

  #send(
    { filterName, destinationArn }: SubscriptionFilter,
    { account, region, name: group }: Arrival['group'],
    stream: string,
    events: readonly OutgoingEvent[],
  ): void {
    const message = JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: account,
      logGroup: group,
      logStream: stream,
      subscriptionFilters: [filterName],
      logEvents: events,
    });
    if (this.#waitingBytes + message.length > MOST_WAITING) {
      this.#onError(new Error(`${events.length} log events were not delivered to ${destinationArn}`));
      return;
    }
    this.#waitingBytes += message.length;
    const place = { account, region, partition: partitionOf(region) };
    const source = { arn: `${groupArn(place, group)}:*`, account };
    const sending: Promise<void> = pack(message)
      .then((payload) => this.#lambda!.invokeAsync(destinationArn!, source, payload))
      .catch(this.#onError)
      .finally(() => {
        this.#waitingBytes -= message.length;
        this.#sending.delete(sending);
      });
    this.#sending.add(sending);
  }
}

function* batches(events: readonly OutgoingEvent[]): Generator<OutgoingEvent[]> {
  let batch: OutgoingEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(event.message) + 150;
    if (bytes + size > MOST_BYTES && batch.length > 0) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function pack(message: string): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(message, (error, packed) => {
      if (error) reject(error);
      else resolve(Buffer.from(JSON.stringify({ awslogs: { data: packed.toString('base64') } })));
    });
  });
}
