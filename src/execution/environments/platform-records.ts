/** What the platform itself says of an environment and its invocations, in the shapes of the Telemetry API, 2022-12-13. */

export type InitializationType = 'on-demand' | 'provisioned-concurrency';
export type Phase = 'init' | 'invoke';
export type Status = 'success' | 'failure' | 'error' | 'timeout';

export interface InitStart {
  initializationType: InitializationType;
  phase: Phase;
  runtimeVersion?: string;
  runtimeVersionArn?: string;
}

export interface InitReport {
  initializationType: InitializationType;
  phase: Phase;
  status: Status;
  errorType?: string;
  durationMs: number;
}

export interface InvocationStart {
  requestId: string;
  version: string;
  traceId?: string;
}

export interface InvocationReport {
  requestId: string;
  /** Of the environment: an error that the function itself reports leaves it well. */
  status: Status;
  errorType?: string;
  /** The type of an error that the function reported. */
  functionError?: string;
  durationMs: number;
  billedDurationMs: number;
  memorySizeMb: number;
  maxMemoryUsedMb: number;
  initDurationMs?: number;
  /** When it was traced. */
  trace?: { traceId: string; segmentId: string };
}

type Level = 'DEBUG' | 'INFO' | 'WARN';
const LEVELS: readonly string[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/** Whether a record of `level` is written where `least` is asked for. */
export function isWritten(level: Level, least: string | undefined): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least ?? 'INFO');
}

export interface PlatformRecord {
  /** `platform.start` */
  type: string;
  level: Level;
  record: object;
}

/** As in plain text logs. The tabs at their ends are AWS's. */
export function initStartText({ runtimeVersion, runtimeVersionArn }: InitStart): string {
  return `INIT_START Runtime Version: ${runtimeVersion ?? ''}\tRuntime Version ARN: ${runtimeVersionArn ?? ''}\n`;
}

export function initReportText({ durationMs, phase, status, errorType }: InitReport): string {
  const error = errorType === undefined ? '' : `\tError Type: ${errorType}`;
  return `INIT_REPORT Init Duration: ${durationMs.toFixed(2)} ms\tPhase: ${phase}\tStatus: ${status}${error}\n`;
}

export function reportText(report: InvocationReport): string {
  const { initDurationMs, trace, status, errorType } = report;
  const init = initDurationMs === undefined ? '' : `Init Duration: ${initDurationMs.toFixed(2)} ms\t`;
  const end =
    status === 'success' ? '\n' : `Status: ${status}${errorType ? `\tError Type: ${errorType}` : ''}\n`;
  const xray = trace
    ? `XRAY TraceId: ${trace.traceId}\tSegmentId: ${trace.segmentId}\tSampled: true\t\n`
    : '';
  return (
    `REPORT RequestId: ${report.requestId}\tDuration: ${report.durationMs.toFixed(2)} ms\t` +
    `Billed Duration: ${report.billedDurationMs} ms\tMemory Size: ${report.memorySizeMb} MB\t` +
    `Max Memory Used: ${report.maxMemoryUsedMb} MB\t${init}${end}${xray}`
  );
}

export function initStartRecord(start: InitStart): PlatformRecord {
  return { type: 'platform.initStart', level: 'INFO', record: start };
}

export function initRuntimeDoneRecord({
  initializationType,
  phase,
  status,
  errorType,
}: InitReport): PlatformRecord {
  return {
    type: 'platform.initRuntimeDone',
    level: status === 'success' ? 'DEBUG' : 'WARN',
    record: { initializationType, phase, status, ...(errorType ? { errorType } : {}) },
  };
}

export function initReportRecord(report: InitReport): PlatformRecord {
  const { initializationType, phase, status, errorType, durationMs } = report;
  const quiet = initializationType === 'on-demand' ? 'DEBUG' : 'INFO';
  return {
    type: 'platform.initReport',
    level: status === 'success' ? quiet : 'WARN',
    record: {
      initializationType,
      phase,
      status,
      ...(errorType ? { errorType } : {}),
      metrics: { durationMs: round(durationMs) },
    },
  };
}

export function startRecord({ requestId, version, traceId }: InvocationStart): PlatformRecord {
  return {
    type: 'platform.start',
    level: 'INFO',
    record: { requestId, version, ...(traceId ? { tracing: tracing(traceId) } : {}) },
  };
}

export function runtimeDoneRecord(report: InvocationReport, producedBytes: number): PlatformRecord {
  const { requestId, durationMs } = report;
  const { status, errorType } = outcomeOf(report);
  return {
    type: 'platform.runtimeDone',
    level: status === 'success' ? 'DEBUG' : 'WARN',
    record: {
      requestId,
      status,
      ...(errorType ? { errorType } : {}),
      metrics: { durationMs: round(durationMs), producedBytes },
    },
  };
}

export function reportRecord(report: InvocationReport): PlatformRecord {
  const { requestId, initDurationMs } = report;
  const { status, errorType } = outcomeOf(report);
  return {
    type: 'platform.report',
    level: status === 'success' ? 'INFO' : 'WARN',
    record: {
      requestId,
      metrics: {
        durationMs: round(report.durationMs),
        billedDurationMs: report.billedDurationMs,
        memorySizeMB: report.memorySizeMb,
        maxMemoryUsedMB: report.maxMemoryUsedMb,
        ...(initDurationMs === undefined ? {} : { initDurationMs: round(initDurationMs) }),
      },
      status,
      ...(errorType ? { errorType } : {}),
    },
  };
}

export function extensionRecord(record: {
  name: string;
  state: string;
  events: readonly string[];
  errorType?: string;
}): PlatformRecord {
  return { type: 'platform.extension', level: record.errorType ? 'WARN' : 'INFO', record };
}

/** Records tell a function's own error as well; lines of text don't. */
function outcomeOf({
  status,
  errorType,
  functionError,
}: InvocationReport): Pick<InvocationReport, 'status' | 'errorType'> {
  if (functionError !== undefined) return { status: 'error', errorType: functionError };
  return errorType === undefined ? { status } : { status, errorType };
}

function tracing(value: string): object {
  return { type: 'X-Amzn-Trace-Id', value };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
