import type * as z from 'zod';
import type { Milliseconds } from '../clock/clock.ts';
import type { LogBuffer } from '../execution/log-buffer.ts';
import type { exchange } from './activity-schemas.ts';
import type { Exchanges, KeptExchange } from './exchanges.ts';
import type { RecordedBody } from './recording.ts';

export type ExchangeDocument = z.output<typeof exchange>;

export interface ExchangeContext {
  exchanges: Exchanges;
  /** The log of the exchange's function, while that is there. */
  logs: LogBuffer | undefined;
  /** The daemon's own, which is nobody's to see. */
  token: string | undefined;
}

/** What a function writes takes another way than its answers, and may come a little later. */
const LOG_DELAY: Milliseconds = 100;
const HIDDEN = '[token]';

/** `GET /_lambdock/exchanges/{seq}`. */
export function describeExchange(kept: KeptExchange, context: ExchangeContext): ExchangeDocument {
  const { recording, entry, bodyUnread } = kept;
  const { seq, id, time, durationMs, status } = entry;
  const { method, path, requestHeaders, requestBody, responseHeaders, responseBody } = recording;
  const request = describeMessage(requestHeaders, requestBody, context.token);
  return {
    seq,
    id,
    time,
    durationMs,
    request: { method, path, ...request, truncated: request.truncated || bodyUnread },
    response: { status, ...describeMessage(responseHeaders, responseBody, context.token) },
    logs: linesOf(kept, context),
  };
}

function describeMessage(fields: readonly string[], body: RecordedBody, token: string | undefined) {
  const headers: [name: string, value: string][] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const value = fields[i + 1]!;
    headers.push([fields[i]!, token ? value.replaceAll(token, HIDDEN) : value]);
  }
  return { headers, ...describeBody(headers, body), bodyBytes: body.bytes, truncated: body.truncated };
}

function describeBody(
  headers: [name: string, value: string][],
  body: RecordedBody,
): { body: string; bodyEncoding: 'utf8' | 'base64' } {
  const bytes = body.read();
  const decoded = isCompressed(headers) ? undefined : decode(bytes, body.truncated);
  if (decoded === undefined) return { body: bytes.toString('base64'), bodyEncoding: 'base64' };
  return { body: decoded, bodyEncoding: 'utf8' };
}

function isCompressed(headers: [name: string, value: string][]): boolean {
  return headers.some(
    ([name, value]) => name.toLowerCase() === 'content-encoding' && value.toLowerCase() !== 'identity',
  );
}

/** Undefined for what is not UTF-8. A character that a cut has parted is left out. */
function decode(bytes: Buffer, cut: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut });
  } catch {
    return undefined;
  }
}

/** What came late is another request's where one has begun meanwhile. */
function linesOf(kept: KeptExchange, { exchanges, logs }: ExchangeContext): ExchangeDocument['logs'] {
  const { recording, endedAt } = kept;
  const later = exchanges.of(recording.id).filter((other) => startOf(other) > endedAt - 1);
  const others = Math.min(...later.map((other) => other.recording.lastLogLine));
  return (logs?.read(recording.lastLogLine) ?? [])
    .filter(({ seq, time }) => Date.parse(time) <= endedAt + (seq <= others ? LOG_DELAY : 0))
    .map(({ seq, time, stream, text }) => ({ seq, time, stream, text }));
}

function startOf({ endedAt, entry }: KeptExchange): Milliseconds {
  return endedAt - entry.durationMs;
}
