import type { GetLogEventsCommandInput, GetLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { groupReferred, type Logs, streamNamed } from '../logs.ts';
import { parseStreamToken, streamToken } from '../positions.ts';
import { END, EVENT_OVERHEAD, type LogEventRow, nextChunk, type Position } from '../store/events.ts';

const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
const FIRST_CHUNK = 32;
const LARGEST_CHUNK = 2_000;

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
    const page = forward
      ? readPage(later(from?.position ?? first, first), limit, (at, count) =>
          logs.events.forward(id, at, end, count),
        )
      : readPage(earlier(from?.position ?? last, last), limit, (at, count) =>
          logs.events.backward(id, at, start, count),
        );
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

/** At most `limit` events and 1 MB of them, one at least. Read in pieces, since that of which there is too much may be much. */
function readPage(
  from: Position,
  limit: number,
  read: (at: Position, count: number) => LogEventRow[],
): LogEventRow[] {
  const page: LogEventRow[] = [];
  const most = Math.trunc(limit);
  let bytes = 0;
  let at = from;
  for (let chunk = Math.min(FIRST_CHUNK, most); chunk > 0; ) {
    const rows = read(at, chunk);
    for (const row of rows) {
      bytes += Buffer.byteLength(row.message) + EVENT_OVERHEAD;
      if (bytes > MOST_BYTES && page.length > 0) return page;
      page.push(row);
    }
    if (rows.length < chunk) break;
    at = rows.at(-1)!;
    chunk = Math.min(nextChunk(rows, LARGEST_CHUNK), most - page.length);
  }
  return page;
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
