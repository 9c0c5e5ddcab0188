import type { FunctionVersion, ResolvedImage } from '../function-host.ts';
import type { ApiServer } from '../runtime-api/api-server.ts';
import type { RoleCredentials } from './environment-variables.ts';
import type { LaunchPlan } from './launch-plan.ts';
import type { InitializationType } from './platform-records.ts';
import type { Program, ProgramPlan } from './program.ts';

/** What one environment of a version does not share with the others. */
export interface Session {
  logStream: string;
  initializationType: InitializationType;
  credentials: RoleCredentials;
  /** Where the AWS API answers, as this machine calls it. */
  endpointUrl: string;
}

/** Where one environment runs: its Runtime API, its /tmp, and its programs. */
export interface Site {
  readonly api: ApiServer;
  /** A generic runtime that was started ahead and waits to be told what it is for. */
  readonly standby: Program | undefined;
  /** What is to run, once everything that takes time before is done. Rejects as `SiteDriver.blueprint` does. */
  plan(session: Session): Promise<LaunchPlan>;
  start(plan: ProgramPlan): Program;
  /** Ends what runs in it, and gives back what it took. */
  close(): Promise<void>;
}

/** What all environments of one revision of a function have in common. */
export interface Blueprint {
  /** As in INIT_START lines; `warning` is what behaves otherwise than on AWS. */
  readonly runtime: { version?: string; versionArn?: string; warning?: string };
  open(): Promise<Site>;
  /** Has something made ahead that may become the first environment. */
  warm(): void;
}

/** Makes the places where environments run: processes of this machine, or containers. */
export interface SiteDriver extends AsyncDisposable {
  /** Unpacks what a version consists of. Rejects with CannotStart or a StorageError. */
  blueprint(fn: FunctionVersion): Promise<Blueprint>;
  /** See `FunctionHost.findImage`; absent where no images are run. */
  findImage?(uri: string): Promise<ResolvedImage>;
}
