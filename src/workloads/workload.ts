import type { Milliseconds } from '../clock/clock.ts';
import type { SourceError } from '../execution/source.ts';

/** How a driver learns that a workload can take requests. */
export type Readiness =
  /** The workload speaks the runtime protocol (docs/runtime-protocol.md) and says so itself. */
  | { kind: 'protocol' }
  /** The port accepts a connection. */
  | { kind: 'tcp' }
  /** GET `path` answers below 500. */
  | { kind: 'http'; path: string };

/** What to tell a workload that speaks the runtime protocol and was perhaps started before its code was known. */
export interface LoadCommand {
  /** Absolute folder of the code. */
  directory: string;
  /** Handler file, relative to `directory`. */
  entry: string;
  /**
   * What to load instead of `directory`/`entry`, when a build step made it: a bundle with a source map, a binary.
   * Errors are still reported against `directory`.
   */
  artifact?: string;
  functionId: string;
  /** The code came through the API: nothing can be installed beside it, so errors do not advise to. */
  inline?: boolean;
}

/** Everything needed to start a workload. Two templates with equal `command`, `cwd` and `env` are interchangeable until `load`. */
export interface WorkloadTemplate {
  /** Whose it is: the function's id. Part of the workload's label, by which leftovers are recognised. */
  owner: string;
  command: readonly [string, ...string[]];
  cwd: string;
  env: Readonly<Record<string, string>>;
  readiness: Readiness;
  /** Present when the command is a runtime server that loads code on command, so that it can be started ahead of need. */
  load?: LoadCommand;
  /** Resident memory above which the workload is ended with reason 'memory'. */
  memoryLimitMb?: number;
  /** From start (or, for a standby, from `load`) to ready. */
  startTimeout: Milliseconds;
}

export type ExitReason =
  | 'exited'
  | 'signal'
  | 'stopped'
  | 'memory'
  | 'start-timeout'
  | 'failed-load'
  | 'unresponsive';

export interface WorkloadExit {
  reason: ExitReason;
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  signal: string | null;
  /** The last error the workload reported or wrote before it ended. */
  error?: SourceError;
}

export interface LogLine {
  stream: 'stdout' | 'stderr';
  text: string;
}

/** One running unit. Obtained from a driver; never restarts by itself. */
export interface Workload {
  /** Unique among all workloads ever started by any daemon. */
  readonly id: string;
  readonly pid: number | undefined;
  /** Loopback address; set once ready. */
  readonly host: string;
  readonly port: number;
  /** Resolves when requests can be sent; rejects with SourceFailure when it never will. */
  readonly ready: Promise<void>;
  /** Resolves, never rejects, once nothing of it runs any more. */
  readonly exited: Promise<WorkloadExit>;
  /** Whether it answers on its control channel within `timeout`; true where it has none. */
  responds(timeout: Milliseconds): Promise<boolean>;
  /** Asks it to end, then after `grace` makes it. Safe to repeat. */
  stop(grace: Milliseconds, reason?: ExitReason): Promise<WorkloadExit>;
}

export interface DriverState {
  name: string;
  workloads: number;
  standbys: number;
  /** Set when the driver can't do all it should, in plain words. */
  notice?: string;
}

/** Runs workloads. */
export interface WorkloadDriver extends AsyncDisposable {
  readonly name: 'process' | 'docker' | 'kubernetes';
  state(): DriverState;
  /** Starts a workload (or takes one started ahead). Returns at once; failures arrive through `ready` and `exited`. */
  start(template: WorkloadTemplate, onLog: (line: LogLine) => void): Workload;
  /** Makes sure that a workload for such a template is started ahead, where the driver can. */
  warm(template: WorkloadTemplate): void;
}
