import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Call } from './call.ts';
import type { Constraints } from './constraints.ts';
import type { ServiceIdentity, ServiceModel } from './shapes/model.ts';

/** One API call: `Input` and `Output` are the SDK's `…CommandInput` and `…CommandOutput`. */
export type Operation<Input, Output> = (
  input: Input,
  call: Call,
) => Omit<Output, '$metadata'> | Promise<Omit<Output, '$metadata'>>;

/** An operation as the wire calls it: by name, with what it decoded. */
export type AnyOperation = (input: never, call: Call) => unknown;

/** What the policies of a caller have to allow. */
export interface Permission {
  /** `lambda:InvokeFunction`. */
  action: string;
  /** An ARN, or `*`. */
  resource: string;
  /** Policies of the resource itself, which may allow as well, and without which no other account may. */
  resourcePolicies?: readonly string[] | undefined;
  /** Keys of conditions that are known of this action alone. */
  context?: Readonly<Record<string, string | readonly string[]>> | undefined;
}

export type PermissionOf = (operation: string, input: never, call: Call) => readonly Permission[];

/** A folder in `src/services`: what it can do, by the names of AWS's API. */
export interface Service {
  model: ServiceModel;
  operations: Readonly<Partial<Record<string, AnyOperation>>>;
  constraints: Constraints;
  /** What is refused before constraints are looked at, and in other words. */
  precheck?(input: object): void;
  /** Operations that may be called without a signature. */
  unsigned?: readonly string[];
  /** What a call needs the right to: all of it. */
  permission?: PermissionOf;
  /** What operations that are there can't do, for docs/coverage.md. */
  limits?: Readonly<Partial<Record<string, string>>>;
  /**
   * Answers requests that are no calls of its API: those to functions' URLs, and for what verifies STS's tokens. `foreign` is told of one that a web page of
   * another site sends. Rejects with bugs only.
   */
  serve?(req: IncomingMessage, res: ServerResponse, foreign: boolean): Promise<void>;
}

/** A service that is there, and how to load it when its first request comes. */
export interface ServiceEntry {
  identity: ServiceIdentity;
  load(): Promise<Service>;
  /** Has work of its own, which must not wait for a request when the daemon is started anew. */
  resumes?: true;
}
