import { join } from 'node:path';
import { partitionOf } from '../aws/call.ts';
import type { SessionTokens } from '../aws/session-token.ts';
import type { Clock } from '../clock/clock.ts';
import { createLambdaHost } from '../execution/create-lambda-host.ts';
import type { FunctionVersion, LogSink } from '../execution/function-host.ts';
import type { LambdaHost } from '../execution/lambda-host.ts';
import type { ProgressListener } from '../execution/runtimes/context.ts';
import { assumedRole, parseRoleArn } from '../services/sts/arns.ts';
import { issue } from '../services/sts/sts.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import type { Database } from '../storage/sqlite/database.ts';
import { WorkloadTable } from '../storage/sqlite/workload-table.ts';
import { removeLeftovers } from '../workloads/process/leftovers.ts';
import { childEnvironment } from './child-environment.ts';
import { type Config, processEnvironment } from './config.ts';
import type { LambdaContainers } from './container-backend.ts';
import { type ContainerDoor, canListen } from './container-door.ts';

export interface LambdaHostParts {
  database: Database;
  objects: ObjectStore;
  sessions: SessionTokens;
  logs: LogSink;
}

export interface LambdaHostConfig {
  config: Pick<Config, 'cacheDir' | 'idleTimeout' | 'standby' | 'driver' | 'lambdaDriver'>;
  clock: Clock;
  engineClock: Clock;
  /** The data folder. */
  folder: string;
  /** Our own package. */
  root: string;
  url(): string;
  onError(error: unknown): void;
  onProgress: ProgressListener;
  /** Where an engine is there. */
  containers: LambdaContainers | undefined;
  door: ContainerDoor;
}

/** As the process driver's records name whom a process was started for. */
const OWNER = 'lambda';
/** Longer than an environment lives. */
const CREDENTIALS_LIFETIME = 36 * 3_600_000;

/** What runs Lambda functions, after whatever a killed daemon has left of them was ended. */
export async function openLambdaHost(
  { database, objects, sessions, logs }: LambdaHostParts,
  { config, clock, engineClock, folder, root, url, onError, onProgress, containers, door }: LambdaHostConfig,
): Promise<LambdaHost> {
  const table = new WorkloadTable(database);
  const left = table.all().filter(({ owner }) => owner === OWNER);
  removeLeftovers(left);
  for (const { id } of left) table.remove(id);
  /** A full disk must not keep a function from running, only its record from being kept. */
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      onError(error);
    }
  };
  return createLambdaHost({
    clock: engineClock,
    objects,
    logs,
    records: {
      add: (record) => attempt(() => table.add(record)),
      remove: (id) => attempt(() => table.remove(id)),
    },
    credentials: (fn) => credentialsOf(fn, sessions, clock),
    endpointUrl: url,
    codeFolder: join(config.cacheDir, 'lambda-code'),
    sdkFolder: join(config.cacheDir, 'lambda-sdk'),
    onProgress,
    environmentsFolder: join(folder, 'environments'),
    runtimesDirectory: join(root, 'runtimes'),
    env: childEnvironment(processEnvironment()),
    idleTimeout: config.idleTimeout,
    standby: config.standby,
    ...(containers && config.lambdaDriver !== 'process'
      ? {
          containers: {
            open: (shared) =>
              containers.open({ ...shared, canListen, endpointUrl: (view) => door.open(view) }),
            all: config.lambdaDriver === 'docker' || config.driver === 'docker',
          },
        }
      : {}),
  });
}

/** As if the service had assumed the function's role, with the function's name for the session. */
function credentialsOf(fn: FunctionVersion, sessions: SessionTokens, clock: Clock) {
  const role = parseRoleArn(fn.role);
  const { Credentials } = issue(
    { sessions },
    {
      principal: assumedRole({ ...role, partition: partitionOf(fn.scope.region) }, fn.name),
      expires: clock.now() + CREDENTIALS_LIFETIME,
      session: { functionArn: fn.functionArn },
      minimumSize: undefined,
    },
  );
  return {
    accessKeyId: Credentials.AccessKeyId!,
    secretAccessKey: Credentials.SecretAccessKey!,
    sessionToken: Credentials.SessionToken!,
  };
}
