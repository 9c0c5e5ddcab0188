import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ParityWarnings } from '../../../src/aws/parity-warnings.ts';
import { SessionTokens } from '../../../src/aws/session-token.ts';
import { SignatureVerifier } from '../../../src/aws/signature/verifier.ts';
import type { Clock, Milliseconds } from '../../../src/clock/clock.ts';
import { ManualClock } from '../../../src/clock/manual-clock.ts';
import { RealClock } from '../../../src/clock/real-clock.ts';
import { Shutdown } from '../../../src/daemon/shutdown.ts';
import type { FunctionHost } from '../../../src/execution/function-host.ts';
import { Journal } from '../../../src/journal/journal.ts';
import type { ServiceDependencies } from '../../../src/services/catalogue.ts';
import { createAuthorizer } from '../../../src/services/iam/authorizer.ts';
import { createIdentities } from '../../../src/services/iam/identities.ts';
import { openIam } from '../../../src/services/iam/open-iam.ts';
import { createQuestions } from '../../../src/services/iam/questions.ts';
import { LogsEngine } from '../../../src/services/logs/engine.ts';
import type { LambdaTarget } from '../../../src/services/logs/subscriptions.ts';
import { EmbeddedObjectStore } from '../../../src/storage/objects/embedded-object-store.ts';
import { Presigner } from '../../../src/storage/objects/presign.ts';
import { openDatabase } from '../../../src/storage/sqlite/database.ts';

export interface OpenDependencies extends ServiceDependencies, AsyncDisposable {
  presigner: Presigner;
}

export interface DependencyOptions {
  clock?: Clock;
  host?: FunctionHost;
  /** How long functions of Lambda are Pending. */
  transition?: Milliseconds;
  /** What subscriptions of logs lead to. */
  lambda?: LambdaTarget;
  onError?(error: unknown): void;
  /** Kept afterwards; by default a new one that is removed. */
  folder?: string;
  strict?: boolean;
  /** What signatures are dated by. */
  signatureClock?: Clock;
}

/** What services are made with, in a folder of its own. */
export function openDependencies({
  clock = new ManualClock(),
  host,
  folder,
  transition,
  lambda,
  onError = (error) => {
    throw error;
  },
  strict = false,
  signatureClock = new RealClock(),
}: DependencyOptions = {}): OpenDependencies {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'lambdock-services-'));
  const database = openDatabase(join(place, 'lambdock.db'));
  const presigner = new Presigner({
    accessKeyId: 'lambdock',
    secretAccessKey: 'secret',
    clock,
    baseUrl: () => 'http://127.0.0.1:4566',
  });
  const objects = new EmbeddedObjectStore({
    folder: join(place, 'objects'),
    database,
    clock,
    presign: (...request) => presigner.signGet(...request),
  });
  const journal = new Journal({ clock });
  const iam = openIam(database, clock);
  const shutdown = new Shutdown();
  const logs = new LogsEngine({
    database,
    clock,
    ...(lambda ? { lambda } : {}),
    onError,
  });
  const sessions = new SessionTokens('secret');
  const identities = createIdentities(iam);
  return {
    sessions,
    identities,
    database,
    objects,
    journal,
    clock,
    logs,
    onError,
    account: '000000000000',
    url: () => 'http://127.0.0.1:4566',
    own: (resource) => shutdown.own(resource),
    iam,
    iamQuestions: createQuestions(iam),
    parity: new ParityWarnings({ journal, strict }),
    strict: strict
      ? {
          verifier: new SignatureVerifier({
            sessions,
            identities,
            rootSecret: 'test',
            clock: signatureClock,
          }),
          authorize: createAuthorizer(iam, sessions),
        }
      : undefined,
    presigner,
    ...(host ? { host } : {}),
    ...(transition === undefined ? {} : { transition }),
    [Symbol.asyncDispose]: async () => {
      await shutdown[Symbol.asyncDispose]();
      await logs[Symbol.asyncDispose]();
      journal[Symbol.dispose]();
      await objects[Symbol.asyncDispose]();
      database.close();
      if (folder === undefined) rmSync(place, { recursive: true, force: true });
    },
  };
}
