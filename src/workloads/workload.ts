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

/** Code that a container fetches by itself, as it can't read the daemon's disk. */
export interface RemoteCode {
  /** Lower-case hex; what arrives is checked against it. */
  sha256: string;
  /** Where it lies in the object store. */
  bucket: string;
  key: string;
  /** The same bytes from this machine's disk, for where the object store can't be reached. */
  read(): Promise<Buffer>;
}

/** A folder or file of this machine that a container sees, read-only, under the same path. */
export type MountedPath = string;

/** What a driver that runs containers needs to know besides. `command` is then the runtime's agent. */
export interface ContainerTemplate {
  /** Names the image by what it was made from. */
  image: string;
  /** Makes the image once more, where someone removed it. */
  restoreImage(): Promise<unknown>;
  /** Runtime and version in words, for names and messages: `node 20`. */
  label: string;
  /** The root file system can't be written to. */
  readOnly: boolean;
  mounts: readonly MountedPath[];
  /** Folder of the container → name of a volume that all containers of this daemon share, for what is slow to get again. */
  caches?: Readonly<Record<string, string>>;
  /** `uid:gid`. */
  user: string;
  code?: RemoteCode;
  /** The agent compiles the code before it starts it, which may take much longer than `startTimeout`. */
  compiles: boolean;
  /** Why the agent's compiler refused the code. */
  explainBuild?(output: { lines: string[]; ownModule: boolean }): SourceError;
  /** Its code is likely to change again soon. */
  edited: boolean;
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
  container?: ContainerTemplate;
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
  /** Containers there are, where the driver runs them, those started ahead included. */
  containers?: number;
  /** The container engine, in words. */
  engine?: string;
  /** What all that was made there carries: `docker ps --filter label=…` shows the containers. */
  label?: string;
  /** How requests get into containers, once that is known. */
  access?: 'container addresses' | 'published ports';
  /** How containers get their code, in words, once that is known. */
  code?: string;
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
  /** Nothing of this owner will be started for a while: what was kept for it is given back. Unknown owners are fine. */
  release(owner: string): Promise<void>;
  /** Owners of workloads that an earlier daemon left running and that `start` would take over. */
  recovered(): Promise<string[]>;
  /** Removes all that carries this daemon's label and runs nothing for anyone. */
  clean(): Promise<void>;
}
