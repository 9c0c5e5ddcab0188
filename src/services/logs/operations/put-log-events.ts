import type {
  InputLogEvent,
  PutLogEventsCommandInput,
  PutLogEventsCommandOutput,
  RejectedLogEventsInfo,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter } from '../errors.ts';
import { groupNamed, type Logs, streamNamed } from '../logs.ts';
import { sequenceToken } from '../positions.ts';
import { EVENT_OVERHEAD, type NewEvent } from '../store/events.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MOST_BYTES = 1_048_576;
const OLDEST = 14 * DAY;
const NEWEST = 2 * HOUR;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function putLogEvents(logs: Logs): Operation<PutLogEventsCommandInput, PutLogEventsCommandOutput> {
  return ({ logGroupName, logStreamName, logEvents }, call) => {
    const group = groupNamed(logs, call, logGroupName!);
    const stream = streamNamed(logs, group, logStreamName!);
    checkSize(logEvents!);
    checkOrder(logEvents!);
    const now = call.clock.now();
    const { accepted, rejected } = sortOut(logEvents!, now, logs.horizon(group));
    checkSpan(accepted);
    logs.append(group, stream, accepted);
    return { nextSequenceToken: sequenceToken(now, stream.id), rejectedLogEventsInfo: rejected };
  };
}

function checkSize(events: readonly InputLogEvent[]): void {
  let total = 0;
  for (const { message } of events) {
    const size = Buffer.byteLength(message!) + EVENT_OVERHEAD;
    if (size > MOST_BYTES) {
      throw invalidParameter(`Log event too large: ${size} bytes exceeds limit of ${MOST_BYTES}`);
    }
    total += size;
  }
  if (total > MOST_BYTES) {
    throw invalidParameter(`Upload too large: ${total} bytes exceeds limit of ${MOST_BYTES}`);
  }
}

function checkOrder(events: readonly InputLogEvent[]): void {
  if (events.some(({ timestamp }) => !Number.isFinite(timestamp))) {
    throw invalidParameter('The timestamp of a log event has to be a number of milliseconds.');
  }
  for (let index = 1; index < events.length; index++) {
    if (events[index - 1]!.timestamp! > events[index]!.timestamp!) {
      throw invalidParameter('Log events in a single PutLogEvents request must be in chronological order.');
    }
  }
}

function checkSpan(events: readonly NewEvent[]): void {
  if (events.length > 0 && events.at(-1)!.timestamp - events[0]!.timestamp > DAY) {
    throw invalidParameter(
      'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.',
    );
  }
}

/** Events that are too old stand in front of those that are accepted, those that are too new behind. */
function sortOut(
  events: readonly InputLogEvent[],
  now: number,
  horizon: number,
): { accepted: NewEvent[]; rejected: RejectedLogEventsInfo | undefined } {
  const countBefore = (time: number) => events.filter(({ timestamp }) => timestamp! < time).length;
  const tooOld = countBefore(now - OLDEST);
  const expired = countBefore(horizon);
  const tooNew = events.findIndex(({ timestamp }) => timestamp! > now + NEWEST);
  const rejected: RejectedLogEventsInfo = {
    ...(tooNew >= 0 ? { tooNewLogEventStartIndex: tooNew } : {}),
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
  };
  const accepted = events.slice(Math.max(tooOld, expired), tooNew < 0 ? undefined : tooNew);
  return {
    accepted: accepted.map(({ timestamp, message }) => ({
      timestamp: Math.trunc(timestamp!),
      message: message!,
    })),
    rejected: Object.keys(rejected).length > 0 ? rejected : undefined,
  };
}
