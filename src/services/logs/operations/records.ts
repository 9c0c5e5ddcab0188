import type {
  GetLogGroupFieldsCommandInput,
  GetLogGroupFieldsCommandOutput,
  GetLogRecordCommandInput,
  GetLogRecordCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, notFound } from '../errors.ts';
import { discoverFields } from '../insights/discovery.ts';
import { asText, formatTime } from '../insights/values.ts';
import { groupReferred, type Logs } from '../logs.ts';
import { parseEventPointer } from '../positions.ts';
import { scan } from '../store/scan.ts';

const MINUTE = 60_000;
/** Events that are looked into for the fields of a group. */
const SAMPLE = 10_000;
const USUAL_WINDOW = 15 * MINUTE;
const WINDOW_AROUND = 8 * MINUTE;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogRecord.html */
export function getLogRecord(logs: Logs): Operation<GetLogRecordCommandInput, GetLogRecordCommandOutput> {
  return ({ logRecordPointer }, call) => {
    const reference = parseEventPointer(logRecordPointer!);
    if (!reference) throw invalidParameter('The specified log record pointer is invalid.');
    const stream = logs.streams.byId(reference.stream);
    const event = stream && logs.events.get(stream.id, reference);
    const group = stream && logs.groups.byId(call, stream.group_id);
    if (!event || !group || event.timestamp < logs.horizon(group)) {
      throw notFound('The specified log record does not exist.');
    }
    const { message, timestamp, ingested } = event;
    const structured = logs.transformers.transform(group, { message, ingested, stream: stream.name });
    const discovered = [...discoverFields(structured, group.name)].map(([name, value]) => [
      name,
      asText(value)!,
    ]);
    return {
      logRecord: {
        ...Object.fromEntries(discovered),
        '@timestamp': formatTime(timestamp),
        '@ingestionTime': formatTime(ingested),
        '@message': message,
        '@logStream': stream.name,
        '@log': `${call.account}:${group.name}`,
        '@ptr': logRecordPointer!,
      },
    };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogGroupFields.html */
export function getLogGroupFields(
  logs: Logs,
): Operation<GetLogGroupFieldsCommandInput, GetLogGroupFieldsCommandOutput> {
  return async (input, call) => {
    const group = groupReferred(logs, call, input);
    const time = input.time === undefined ? undefined : input.time * 1000;
    const now = call.clock.now();
    const [start, end] =
      time === undefined ? [now - USUAL_WINDOW, now] : [time - WINDOW_AROUND, time + WINDOW_AROUND];
    const streams = logs.streams.within(group.id, start, end);
    const counts = new Map<string, number>();
    let total = 0;
    const { signal } = call;
    for await (const chunk of scan(logs.events, { streams, start, end, descending: true, signal })) {
      for (const { message, ingested, stream } of chunk) {
        total++;
        const structured = logs.transformers.transform(group, { message, ingested, stream: stream.name });
        for (const name of discoverFields(structured, group.name).keys()) {
          counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }
      if (total >= SAMPLE) break;
    }
    if (total === 0) return { logGroupFields: [] };
    for (const always of ['@ingestionTime', '@log', '@logStream', '@message', '@timestamp', '@ptr']) {
      counts.set(always, total);
    }
    const fields = [...counts].map(([name, count]) => ({ name, percent: Math.round((count / total) * 100) }));
    fields.sort((a, b) => b.percent - a.percent || (a.name < b.name ? -1 : 1));
    return { logGroupFields: fields };
  };
}
