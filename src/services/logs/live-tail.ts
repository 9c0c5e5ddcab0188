import { randomUUID } from 'node:crypto';
import {
  type LiveTailSessionLogEvent,
  SessionTimeoutException,
  type StartLiveTailResponseStream,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../aws/call.ts';
import type { Arrival, LogsEngine } from './engine.ts';
import type { FilterPattern } from './pattern/pattern.ts';
import type { LogGroupRow } from './store/groups.ts';

const SECOND = 1_000;
const LONGEST_SESSION = 3 * 3_600_000;
/** Events of a second; of more a sample is sent. */
const MOST_EVENTS = 500;

export interface LiveTailRequest {
  groups: readonly LogGroupRow[];
  identifiers: string[];
  streamNames: string[];
  streamPrefixes: string[];
  patternText: string;
  pattern: FilterPattern;
}

/** A session of Live Tail: what arrives, once a second, until the client goes away or three hours are over. */
export async function* liveTail(
  logs: LogsEngine,
  request: LiveTailRequest,
  { clock, signal, requestId }: Pick<Call, 'clock' | 'signal' | 'requestId'>,
): AsyncGenerator<StartLiveTailResponseStream> {
  const waiting = new Waiting(request);
  const unfollow = logs.follow((arrival) => waiting.add(arrival));
  const end = clock.now() + LONGEST_SESSION;
  try {
    yield {
      sessionStart: {
        requestId,
        sessionId: randomUUID(),
        logGroupIdentifiers: request.identifiers,
        logStreamNames: request.streamNames,
        logStreamNamePrefixes: request.streamPrefixes,
        logEventFilterPattern: request.patternText,
      },
    };
    while (clock.now() < end) {
      if (!(await slept(clock.sleep(SECOND, signal)))) return;
      yield { sessionUpdate: waiting.take() };
    }
    const message = 'Your Live Tail session has timed out after three hours.';
    yield { SessionTimeoutException: new SessionTimeoutException({ message, $metadata: {} }) };
  } finally {
    unfollow();
  }
}

/** False when the client went away meanwhile. */
function slept(sleep: Promise<void>): Promise<boolean> {
  return sleep.then(
    () => true,
    () => false,
  );
}

class Waiting {
  readonly #request: LiveTailRequest;
  readonly #groups: ReadonlySet<number>;
  #events: LiveTailSessionLogEvent[] = [];
  #sampled = false;

  constructor(request: LiveTailRequest) {
    this.#request = request;
    this.#groups = new Set(request.groups.map(({ id }) => id));
  }

  add({ group, stream, ingested, events }: Arrival): void {
    if (!this.#groups.has(group.id) || !this.#wants(stream.name)) return;
    for (const { timestamp, message } of events) {
      if (!this.#request.pattern.matches(message)) continue;
      if (this.#events.length >= MOST_EVENTS) {
        this.#sampled = true;
        return;
      }
      this.#events.push({
        logStreamName: stream.name,
        logGroupIdentifier: `${group.account}:${group.name}`,
        message,
        timestamp,
        ingestionTime: ingested,
      });
    }
  }

  take() {
    const update = { sessionMetadata: { sampled: this.#sampled }, sessionResults: this.#events };
    this.#events = [];
    this.#sampled = false;
    return update;
  }

  #wants(stream: string): boolean {
    const { streamNames, streamPrefixes } = this.#request;
    if (streamNames.length > 0) return streamNames.includes(stream);
    return streamPrefixes.length === 0 || streamPrefixes.some((prefix) => stream.startsWith(prefix));
  }
}
