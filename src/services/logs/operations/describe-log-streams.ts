import type {
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { streamArn } from '../arns.ts';
import { invalidParameter } from '../errors.ts';
import { groupReferred, type Logs } from '../logs.ts';
import { readToken, writeToken } from '../pages.ts';
import { sequenceToken } from '../positions.ts';
import type { LogStreamRow, StreamPosition } from '../store/streams.ts';

const USUAL_LIMIT = 50;
const LIST = 'DescribeLogStreams';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function describeLogStreams(
  logs: Logs,
): Operation<DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput> {
  return (input, call) => {
    const { logStreamNamePrefix: prefix, descending = false, nextToken } = input;
    const limit = Math.trunc(input.limit ?? USUAL_LIMIT);
    const by = input.orderBy === 'LastEventTime' ? 'last-event' : 'name';
    if (by === 'last-event' && prefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const group = groupReferred(logs, call, input);
    const after = nextToken === undefined ? undefined : readToken<StreamPosition>(LIST, nextToken);
    const rows = logs.streams.page(group.id, {
      by,
      prefix: prefix ?? '',
      descending,
      after,
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const more = rows.length > limit;
    return {
      logStreams: page.map((row) => describe(row, streamArn(call, group.name, row.name))),
      nextToken: more ? writeToken(LIST, logs.streams.positionOf(page.at(-1)!)) : undefined,
    };
  };
}

/** Streams have no bytes: AWS counts them no longer, and says zero. */
function describe(row: LogStreamRow, arn: string): LogStream {
  return {
    logStreamName: row.name,
    creationTime: row.created,
    firstEventTimestamp: row.first_event ?? undefined,
    lastEventTimestamp: row.last_event ?? undefined,
    lastIngestionTime: row.last_ingestion ?? undefined,
    uploadSequenceToken: row.last_ingestion === null ? undefined : sequenceToken(row.last_ingestion, row.id),
    arn,
    storedBytes: 0,
  };
}
