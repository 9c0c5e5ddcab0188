import type { Workload } from '../workloads/workload.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { Runtime, StoredCode } from './runtime.ts';
import type { FunctionId, FunctionSource, SourceError } from './source.ts';

/** What a deployment is made from. `directory` and `entry` say where the code lies on this machine. */
export interface DeploymentSpec {
  id: FunctionId;
  runtime: Runtime;
  source: FunctionSource;
  directory: string;
  entry: string;
  /** Where it lies in the object store, when it came through the API. */
  stored?: StoredCode;
}

export type DeploymentState =
  /** deployed, nothing started yet or stopped for lack of requests: the first request starts it */
  | 'idle'
  | 'starting'
  | 'ready'
  /** new code is being prepared; requests wait for it */
  | 'reloading'
  /** its code does not serve; requests get the error */
  | 'failed'
  /** its process ended by itself; a new one starts after a pause */
  | 'restarting';

export interface DeploymentStatus {
  state: DeploymentState;
  replicas: { desired: number; ready: number };
  lastReload?: { time: string; durationMs: number; outcome: 'ready' | 'failed'; files: string[] };
  lastError?: SourceError & { time: string };
}

/** The right to send one request to a workload. `release` must be called exactly when the answer is over. */
export interface Lease {
  readonly workload: Workload;
  release(): void;
  /** Why the workload stopped answering, if it did so within a moment: undefined while it lives. */
  failure(): Promise<SourceError | undefined>;
  /** Tells that no answer came in time, so that a process that hangs is found out and replaced. */
  suspect(): void;
}

/** No workload can take a request now. Answered as 503 with Retry-After. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
  readonly retryAfterSeconds: number;

  constructor(message: string, retryAfterSeconds: number) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Keeps functions running: one deployment each. */
export interface Deployments extends AsyncDisposable {
  /**
   * Deploys or redeploys. Returns at once; from then on no request reaches the code deployed before, while requests
   * under way end there. Of many new functions at once some are started only when they are asked for.
   */
  deploy(spec: DeploymentSpec): void;
  /** Makes a function known without starting it, as after the daemon's restart. */
  adopt(spec: DeploymentSpec): void;
  /** Stops its workloads after requests under way have ended (bounded). Unknown ids are fine. */
  remove(id: FunctionId): Promise<void>;
  has(id: FunctionId): boolean;
  /** A lease without waiting, where the current code is ready: the hot path. Undefined otherwise. */
  claim(id: FunctionId): Lease | undefined;
  /**
   * Waits, bounded, until the current code is ready. Rejects with SourceFailure when that code does not serve, and
   * with NotReady when there is nothing to send to in time. Undefined for an unknown id.
   */
  acquire(id: FunctionId, signal: AbortSignal): Promise<Lease> | undefined;
  status(id: FunctionId): DeploymentStatus | undefined;
  logs(id: FunctionId): LogBuffer | undefined;
}
