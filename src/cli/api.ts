import type { Health } from '../daemon/internal-api.ts';
import type { DeploymentStatus } from '../execution/deployment.ts';
import type { ToolchainState } from '../execution/runtime.ts';
import type { FunctionId } from '../execution/source.ts';

export type { Health };

// What the commands read of the daemon's answers.

export interface LinkedFunction {
  id: FunctionId;
  title: string;
  runtime: string;
  version: string;
  /** URL, or path below the daemon's. */
  endpoint: string;
}

export interface ListedFunction {
  id: FunctionId;
  title: string;
  runtime: string;
  version: string;
  reg_date: string;
  update_date: string;
}

export interface ListAnswer {
  lambdas: ListedFunction[];
  pages: number;
  cnt: number;
}

export type StatusAnswer = DeploymentStatus;

export interface DoctorAnswer {
  toolchains: ToolchainState[];
}
