import type {
  FilteredLogEvent,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import { groupReferred, type Logs, streamNamed } from '../logs.ts';
import { readToken, writeToken } from '../pages.ts';
import { eventId } from '../positions.ts';
import { END, EVENT_OVERHEAD, type Position } from '../store/events.ts';
import type { LogGroupRow } from '../store/groups.ts';
import { type ScannedEvent, scan } from '../store/scan.ts';
import type { LogStreamRow } from '../store/streams.ts';

const LIST = 'FilterLogEvents';
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

interface Place extends Position {
  descending: boolean;
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function filterLogEvents(
  logs: Logs,
): Operation<FilterLogEventsCommandInput, FilterLogEventsCommandOutput> {
  return async (input, call) => {
    const { startTime = 0, endTime = END.timestamp, filterPattern = '', limit = MOST_EVENTS } = input;
    if (input.logStreamNames && input.logStreamNamePrefix !== undefined) {
      throw invalidParameter('logStreamNamePrefix and logStreamNames cannot be specified together.');
    }
    const pattern = readFilterPattern(filterPattern);
    const group = groupReferred(logs, call, input);
    const start = Math.max(startTime, logs.horizon(group));
    const streams = streamsOf(logs, group, input, start, endTime);
    const from = input.nextToken === undefined ? undefined : readToken<Place>(LIST, input.nextToken);
    const descending = from?.descending ?? input.startFromHead === false;
    const { events, more } = await fillPage(
      scan(logs.events, { streams, start, end: endTime, descending, after: from, signal: call.signal }),
      (message) => pattern.matches(message),
      limit,
    );
    const last = more ? events.at(-1)! : undefined;
    return {
      events: events.map(describe),
      searchedLogStreams: [],
      nextToken: last && writeToken(LIST, { timestamp: last.timestamp, seq: last.seq, descending }),
    };
  };
}

function streamsOf(
  logs: Logs,
  group: LogGroupRow,
  { logStreamNames, logStreamNamePrefix }: FilterLogEventsCommandInput,
  start: number,
  end: number,
): LogStreamRow[] {
  if (logStreamNames) return [...new Set(logStreamNames)].map((name) => streamNamed(logs, group, name));
  return logs.streams.within(group.id, start, end, logStreamNamePrefix);
}

/** The first events that match, and whether there is anything behind them. */
async function fillPage(
  chunks: AsyncIterable<ScannedEvent[]>,
  wanted: (message: string) => boolean,
  limit: number,
): Promise<{ events: ScannedEvent[]; more: boolean }> {
  const events: ScannedEvent[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    for (const event of chunk) {
      if (events.length === limit) return { events, more: true };
      if (!wanted(event.message)) continue;
      bytes += Buffer.byteLength(event.message) + EVENT_OVERHEAD;
      if (bytes > MOST_BYTES && events.length > 0) return { events, more: true };
      events.push(event);
    }
  }
  return { events, more: false };
}

function describe({ stream, timestamp, seq, ingested, message }: ScannedEvent): FilteredLogEvent {
  return {
    logStreamName: stream.name,
    timestamp,
    message,
    ingestionTime: ingested,
    eventId: eventId({ stream: stream.id, timestamp, seq }),
  };
}
