import { readdirSync, readFileSync } from 'node:fs';
import { processIdentity } from './identity.ts';

/** Environment variable that labels every process we start, and what it starts, with the workload's id. */
export const WORKLOAD_LABEL = 'LAMBDOCK_WORKLOAD';

/** The same for environments of Lambda functions, whose runtimes take all of our own variables away from user code. */
export const ENVIRONMENT_LABEL = '_LAMBDOCK_WORKLOAD';

const LABEL = new RegExp(`^(?:${WORKLOAD_LABEL}|${ENVIRONMENT_LABEL})=`);

export interface RecordedProcess {
  /** The workload's id, as in the label. */
  id: string;
  pid: number;
  /** As `processIdentity` gave it when the process was started. */
  startedAt: string;
}

/**
 * Ends what an earlier daemon left running: the recorded processes, if they still are the ones recorded, with their
 * groups, and on Linux whatever else carries the label of one of them. Returns the pids that were ended.
 */
export function removeLeftovers(recorded: readonly RecordedProcess[]): number[] {
  const ended: number[] = [];
  for (const { pid, startedAt } of recorded) {
    if (processIdentity(pid) === startedAt && kill(-pid)) ended.push(pid);
  }
  if (process.platform === 'linux' && recorded.length > 0) {
    const ids = new Set(recorded.map(({ id }) => id));
    for (const pid of labelledProcesses(ids)) if (kill(pid)) ended.push(pid);
  }
  return ended;
}

/** The label in a process's environment, as /proc shows it. */
export function labelIn(environment: string): string | undefined {
  const entry = environment.split('\0').find((one) => LABEL.test(one));
  return entry?.replace(LABEL, '');
}

function labelledProcesses(ids: ReadonlySet<string>): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && pid !== process.pid && ids.has(label(pid) ?? ''));
}

function label(pid: number): string | undefined {
  try {
    return labelIn(readFileSync(`/proc/${pid}/environ`, 'utf8'));
  } catch {
    return undefined; // gone, or another user's
  }
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // ended between the look and the signal
  }
}
