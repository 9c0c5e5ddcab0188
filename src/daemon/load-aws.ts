import { AwsHandler, type Perform } from '../aws/handler.ts';
import { ParityWarnings } from '../aws/parity-warnings.ts';
import { SessionTokens } from '../aws/session-token.ts';
import { SignatureVerifier } from '../aws/signature/verifier.ts';
import { Strict } from '../aws/strict.ts';
import type { Clock } from '../clock/clock.ts';
import type { FunctionHost } from '../execution/function-host.ts';
import type { Journal } from '../journal/journal.ts';
import { services } from '../services/catalogue.ts';
import { createAuthorizer } from '../services/iam/authorizer.ts';
import { createIdentities } from '../services/iam/identities.ts';
import { openIam } from '../services/iam/open-iam.ts';
import { createQuestions } from '../services/iam/questions.ts';
import { LogsEngine } from '../services/logs/engine.ts';
import { lambdaTarget } from '../services/logs/lambda-target.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import type { Database } from '../storage/sqlite/database.ts';
import type { SettingsTable } from '../storage/sqlite/settings-table.ts';
import type { LambdaHostParts } from './open-lambda-host.ts';
import { newSecret, noteAwsUse, remembered } from './remembered.ts';

export interface AwsParts {
  database: Database;
  journal: Journal;
  settings: SettingsTable;
  objectStore: { store: ObjectStore };
}

export interface AwsConfig {
  clock: Clock;
  account: string;
  /** Where the daemon is reached. */
  url(): string;
  strict: boolean;
  rootSecret: string;
  /** Clients sign with the time of the wall. */
  wallClock: Clock;
  /** What is opened here is closed with the daemon. */
  own<T extends Disposable | AsyncDisposable>(resource: T): T;
  onError(error: unknown, requestId?: string): void;
  /** What runs functions. */
  openHost(parts: LambdaHostParts): Promise<FunctionHost>;
}

const SESSION_SECRET = 'session-secret';
/** Puts the AWS API together. Imported with its first request, so that a start without any is not slower for it. */
export async function createAws(
  { database, journal, settings, objectStore }: AwsParts,
  { clock, wallClock, account, url, strict, rootSecret, own, onError, openHost }: AwsConfig,
): Promise<AwsHandler> {
  const sessions = new SessionTokens(remembered(settings, SESSION_SECRET, newSecret));
  const perform: Perform = (...request) => handler.perform(...request);
  const notice = (message: string) => journal.record({ type: 'notice', message });
  const lambda = lambdaTarget(perform);
  const logs = own(new LogsEngine({ database, clock, lambda, onError }));
  const iam = openIam(database, clock);
  const objects = objectStore.store;
  const identities = createIdentities(iam);
  const parity = new ParityWarnings({ journal, strict });
  const host = own(await openHost({ database, objects, sessions, logs: logs.sink }));
  const strictly = strict
    ? {
        verifier: new SignatureVerifier({ sessions, identities, rootSecret, clock: wallClock }),
        authorize: createAuthorizer(iam, sessions),
      }
    : undefined;
  const handler: AwsHandler = new AwsHandler({
    clock,
    defaultAccount: account,
    sessions,
    identities,
    strict: strictly && new Strict(strictly),
    services: services({
      sessions,
      identities,
      database,
      objects,
      journal,
      clock,
      logs,
      iam,
      iamQuestions: createQuestions(iam),
      parity,
      strict: strictly,
      host,
      account,
      url,
      own,
      onError,
    }),
    onMissing: notice,
    onError,
  });
  noteAwsUse(settings);
  return handler;
}
