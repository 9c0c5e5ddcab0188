import type { GetLogEventsCommandInput, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { groupReferred, type Logs, streamNamed } from '../logs.ts';
import { parseStreamToken, streamToken } from '../positions.ts';
import { END, EVENT_OVERHEAD, type LogEventRow, type Position } from '../store/events.ts';

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;

/**
 * A token stands for a place between two events, and for the direction in which one goes on from there. At the end of
 * the stream the token that was sent comes back, which is how clients know.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html
 */
export function getLogEvents(logs: Logs): Operation<GetLogEventsCommandInput, GetLogEventsCommandOutput> {
  return (input, call) => {
    const { startTime = 0, endTime, nextToken, limit = MOST_EVENTS, startFromHead = false } = input;
    const group = groupReferred(logs, call, input);
    const { id } = streamNamed(logs, group, input.logStreamName!);
    const start = Math.max(startTime, logs.horizon(group));
    const end = endTime === undefined ? END.timestamp : endTime - 1;
    const from = nextToken === undefined ? undefined : parseStreamToken(nextToken);
    const forward = from ? from.direction === 'f' : startFromHead;
    const first: Position = { timestamp: start, seq: 0 };
    const last: Position = { timestamp: end, seq: END.seq };
    const rows = forward
      ? logs.events.forward(id, later(from?.position ?? first, first), end, limit)
      : logs.events.backward(id, earlier(from?.position ?? last, last), start, limit);
    const page = withinBytes(rows);
    if (!forward) page.reverse();
    const [before, behind] = edges(page, from?.position ?? first);
    return {
      events: page.map(({ timestamp, message, ingested }) => ({
        timestamp,
        message,
        ingestionTime: ingested,
      })),
      nextForwardToken: streamToken('f', behind),
      nextBackwardToken: streamToken('b', before),
    };
  };
}

/** The events that a page of 1 MB holds, one at least. */
export function withinBytes(rows: LogEventRow[]): LogEventRow[] {
  let bytes = 0;
  const end = rows.findIndex(({ message }) => {
    bytes += Buffer.byteLength(message) + EVENT_OVERHEAD;
    return bytes > MOST_BYTES;
  });
  return end < 0 ? rows : rows.slice(0, Math.max(1, end));
}

/** Where to go on in front of a page and behind it; an empty one is left at the place where it was entered. */
function edges(page: readonly LogEventRow[], entered: Position): [Position, Position] {
  return page.length === 0 ? [entered, entered] : [page[0]!, page.at(-1)!];
}

function later(a: Position, b: Position): Position {
  return compare(a, b) >= 0 ? a : b;
}

function earlier(a: Position, b: Position): Position {
  return compare(a, b) <= 0 ? a : b;
}

function compare(a: Position, b: Position): number {
  return a.timestamp - b.timestamp || a.seq - b.seq;
}
