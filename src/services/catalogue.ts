import type { Call } from '../aws/call.ts';
import type { Identities } from '../aws/identities.ts';
import type { ParityWarnings } from '../aws/parity-warnings.ts';
import type { ServiceEntry } from '../aws/service.ts';
import type { SessionTokens } from '../aws/session-token.ts';
import type { StrictOptions } from '../aws/strict.ts';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { FunctionHost } from '../execution/function-host.ts';
import type { Journal } from '../journal/journal.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import type { Database } from '../storage/sqlite/database.ts';
import type { Iam } from './iam/iam.ts';
import { IAM } from './iam/identity.ts';
import { TokenIssuers } from './iam/outbound/token-issuers.ts';
import type { IamQuestions } from './iam/questions.ts';
import { LAMBDA } from './lambda/identity.ts';
import type { LogsEngine } from './logs/engine.ts';
import { LOGS } from './logs/identity.ts';
import { STS } from './sts/identity.ts';

/** What services are made with. */
export interface ServiceDependencies {
  sessions: SessionTokens;
  identities: Identities;
  database: Database;
  objects: ObjectStore;
  journal: Journal;
  clock: Clock;
  logs: LogsEngine;
  /** A bug of ours that no request is to be told of. */
  onError(error: unknown): void;
  /** Whose everything is that no account's key signed. */
  account: string;
  /** Where the daemon is reached: `http://127.0.0.1:4566`. */
  url(): string;
  /** What works behind requests is closed with the daemon. */
  own<T extends Disposable | AsyncDisposable>(resource: T): T;
  iam: Iam;
  /** What other services ask IAM. */
  iamQuestions: IamQuestions;
  /** For what goes through here and would not on AWS. */
  parity: ParityWarnings;
  /** Where callers have to prove who they are, and need the right to what they do. */
  strict?: StrictOptions | undefined;
  /** Where none is given, functions can be kept but not invoked. */
  host?: FunctionHost;
  /** How long functions of Lambda are Pending, where not the usual moment. */
  transition?: Milliseconds;
}

/** Every service there is. Each is loaded when its first request comes. */
export function services(dependencies: ServiceDependencies): ServiceEntry[] {
  const { sessions, logs, iam, iamQuestions, parity, strict } = dependencies;
  const allows =
    strict &&
    ((call: Call, action: string, resource: string) =>
      strict.authorize({ action, resource }, call) === undefined);
  const issuers = new TokenIssuers(iam.store.settings, () => dependencies.url());
  const sts = { sessions, iam: iamQuestions, issuers, parity, ...(allows ? { allows } : {}) };
  return [
    { identity: STS, load: async () => (await import('./sts/service.ts')).createSts(sts) },
    { identity: IAM, load: async () => (await import('./iam/service.ts')).createIam(iam, issuers) },
    {
      identity: LAMBDA,
      load: async () => (await import('./lambda/service.ts')).loadLambda(dependencies),
      resumes: true,
    },
    { identity: LOGS, load: async () => (await import('./logs/service.ts')).createLogs(logs) },
  ];
}
