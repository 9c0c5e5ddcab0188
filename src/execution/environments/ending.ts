import type { Milliseconds } from '../../clock/clock.ts';
import type { FunctionVersion } from '../function-host.ts';
import type { Job } from './job.ts';
import type { InvocationReport, Status } from './platform-records.ts';

/** How an invocation ends. */
export interface Ending {
  /** `success` also where the function itself has reported an error: the environment goes on. */
  status: Status;
  payload: Uint8Array;
  errorType?: string;
  /** What AWS writes to a text log about it. */
  note?: string;
}

/** What an invocation took. */
interface Measures {
  durationMs: Milliseconds;
  /** Of the init that it is the first invocation after. */
  initDurationMs: Milliseconds | undefined;
  maxMemoryUsedMb: number;
}

/** What the platform tells of an invocation that has ended. */
export function reportOf(
  fn: FunctionVersion,
  job: Job,
  { status, errorType }: Ending,
  { durationMs, initDurationMs, maxMemoryUsedMb }: Measures,
): InvocationReport {
  return {
    requestId: job.invocation.requestId,
    status,
    durationMs,
    billedDurationMs: Math.ceil(durationMs + (initDurationMs ?? 0)),
    memorySizeMb: fn.memoryMb,
    maxMemoryUsedMb,
    ...(initDurationMs === undefined ? {} : { initDurationMs }),
    ...(status === 'error' && errorType ? { errorType } : {}),
    ...(status === 'success' && errorType ? { functionError: errorType } : {}),
    ...traceOf(fn, job),
  };
}

function traceOf(fn: FunctionVersion, { traceId }: Job): Pick<InvocationReport, 'trace'> {
  if (fn.tracing !== 'Active' || !traceId.includes('Sampled=1')) return {};
  const root = /Root=([^;]+)/.exec(traceId)?.[1] ?? '';
  const segmentId = /Parent=([^;]+)/.exec(traceId)?.[1] ?? '';
  return { trace: { traceId: root, segmentId } };
}
