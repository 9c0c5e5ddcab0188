import type { Clock } from '../../clock/clock.ts';
import type { FunctionVersion } from '../function-host.ts';
import type { LogStream } from './log-writer.ts';
import {
  extensionRecord,
  type InitReport,
  type InitStart,
  type InvocationReport,
  initReportRecord,
  initReportText,
  initRuntimeDoneRecord,
  initStartRecord,
  initStartText,
  isWritten,
  type PlatformRecord,
  reportRecord,
  reportText,
  runtimeDoneRecord,
  startRecord,
} from './platform-records.ts';

/** Gets a copy of everything, for extensions that subscribed to it. */
export interface TelemetryReceiver {
  platform(record: PlatformRecord, timestamp: number): void;
  output(source: 'function' | 'extension', message: string, timestamp: number): void;
}

/** What X-Amz-Log-Result holds at most. */
const TAIL_BYTES = 4096;
/** CloudWatch Logs takes no longer events than 1 MB; Lambda cuts its own at 256 KB. */
const LONGEST_MESSAGE = 256 * 1024;

/** The log of one environment, in the format that its function asks for. */
export class EnvironmentLog {
  /** Set while an extension is subscribed. */
  receiver: TelemetryReceiver | undefined;

  readonly #stream: LogStream;
  readonly #clock: Clock;
  readonly #json: boolean;
  readonly #level: string | undefined;
  /** Of the invocation under way: its newest events. */
  #tail: string[] = [];
  #tailSize = 0;
  /** When the newest event was written: readers sort events by their times. */
  #newest = 0;

  constructor(stream: LogStream, fn: FunctionVersion, clock: Clock) {
    this.#stream = stream;
    this.#clock = clock;
    this.#json = fn.logging.format === 'JSON';
    this.#level = fn.logging.systemLevel;
  }

  /** What follows belongs to another invocation's tail. */
  beginTail(): void {
    this.#tail = [];
    this.#tailSize = 0;
  }

  /** The newest 4 kB of the invocation under way, put together when they are read. */
  takeTail(): () => Uint8Array {
    const parts = this.#tail;
    this.beginTail();
    return () => {
      const bytes = Buffer.from(parts.join(''));
      return bytes.length > TAIL_BYTES ? bytes.subarray(bytes.length - TAIL_BYTES) : bytes;
    };
  }

  /** What the function or an extension wrote. */
  output(source: 'function' | 'extension', message: string, writtenAt?: number): void {
    const now = this.#clock.now();
    const kept = message.length > LONGEST_MESSAGE ? message.slice(0, LONGEST_MESSAGE) : message;
    const text = this.#json || kept.endsWith('\n') ? kept : `${kept}\n`;
    // What came before was written before, though we have read it after this was written.
    const timestamp = writtenAt === undefined ? now : Math.min(now, Math.max(this.#newest, writtenAt));
    this.#add(text, timestamp);
    this.receiver?.output(source, text, timestamp);
  }

  /** A line of the platform's that has no shape of its own, such as a time-out's. */
  note(message: string): void {
    this.#add(message, this.#clock.now());
  }

  initStart(start: InitStart): void {
    const now = this.#clock.now();
    if (this.#json || this.receiver) this.#platform(initStartRecord(start), now);
    if (!this.#json && start.runtimeVersion !== undefined) this.#add(initStartText(start), now);
  }

  initReport(report: InitReport): void {
    const now = this.#clock.now();
    if (this.#json || this.receiver) {
      this.#platform(initRuntimeDoneRecord(report), now);
      this.#platform(initReportRecord(report), now);
    }
    if (!this.#json && report.status !== 'success') this.#add(initReportText(report), now);
  }

  start(requestId: string, version: string, traceId: string | undefined): void {
    const now = this.#clock.now();
    if (this.#json || this.receiver)
      this.#platform(startRecord({ requestId, version, ...(traceId ? { traceId } : {}) }), now);
    if (!this.#json) this.#add(`START RequestId: ${requestId} Version: ${version}\n`, now);
  }

  /** The end of an invocation: what is known of it, and how much it answered. */
  end(report: InvocationReport, producedBytes: number): void {
    const now = this.#clock.now();
    if (this.#json || this.receiver) {
      this.#platform(runtimeDoneRecord(report, producedBytes), now);
      this.#platform(reportRecord(report), now);
    }
    if (this.#json) return;
    this.#add(`END RequestId: ${report.requestId}\n`, now);
    this.#add(reportText(report), now);
  }

  extension(record: Parameters<typeof extensionRecord>[0]): void {
    const now = this.#clock.now();
    if (this.#json || this.receiver) this.#platform(extensionRecord(record), now);
    if (this.#json) return;
    const { name, state, events, errorType } = record;
    const error = errorType ? `\tError Type: ${errorType}` : '';
    this.#add(`EXTENSION\tName: ${name}\tState: ${state}\tEvents: [${events.join(', ')}]${error}\n`, now);
  }

  subscription(type: string, record: object, text: string): void {
    const now = this.#clock.now();
    if (this.#json || this.receiver) this.#platform({ type, level: 'INFO', record }, now);
    if (!this.#json) this.#add(text, now);
  }

  #platform(record: PlatformRecord, timestamp: number): void {
    this.receiver?.platform(record, timestamp);
    if (!this.#json || !isWritten(record.level, this.#level)) return;
    const time = new Date(timestamp).toISOString();
    this.#add(JSON.stringify({ time, type: record.type, record: record.record }), timestamp);
  }

  #add(message: string, timestamp: number): void {
    this.#newest = timestamp;
    this.#stream.add({ timestamp, message });
    this.#tail.push(message.endsWith('\n') ? message : `${message}\n`);
    this.#tailSize += message.length;
    // The first part alone may be dropped once the others are enough.
    while (this.#tailSize - this.#tail[0]!.length >= TAIL_BYTES) this.#tailSize -= this.#tail.shift()!.length;
  }
}
