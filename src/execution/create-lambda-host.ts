import { join } from 'node:path';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import { parentDeathWrapper } from '../workloads/process/parent-death.ts';
import type { ProcessRecords } from '../workloads/process/process-driver.ts';
import { CodeCache } from './code/code-cache.ts';
import { EnvironmentFactory } from './environments/environment-factory.ts';
import type { RoleCredentials } from './environments/environment-variables.ts';
import { firstThatRuns } from './environments/first-that-runs.ts';
import { LogWriter } from './environments/log-writer.ts';
import { OutputPipes } from './environments/output-pipes.ts';
import { ProcessPrograms } from './environments/process-programs.ts';
import { ProcessSites } from './environments/process-sites.ts';
import { LocalRuntimes } from './environments/runtimes.ts';
import { Shells } from './environments/shells.ts';
import type { SiteDriver } from './environments/site.ts';
import type { FunctionVersion, LogSink } from './function-host.ts';
import { LambdaHost, type LambdaHostOptions } from './lambda-host.ts';
import type { ProgressListener } from './runtimes/context.ts';
import { RuntimeSdks } from './sdk/runtime-sdks.ts';
import { localMachine, type Machine } from './toolchains/machine.ts';

export interface CreateLambdaHostOptions {
  /** Processes live in real time, however fast the other clock runs. */
  clock: Clock;
  objects: Pick<ObjectStore, 'read'>;
  logs: LogSink;
  records: Pick<ProcessRecords, 'add' | 'remove'>;
  credentials(fn: FunctionVersion): RoleCredentials;
  endpointUrl(): string;
  /** Unpacked code; may be shared among daemons. */
  codeFolder: string;
  /** The AWS SDKs of runtimes; may be shared among daemons. */
  sdkFolder: string;
  /** Of this daemon alone: what stands for /tmp of its environments. Emptied at the end. */
  environmentsFolder: string;
  /** Where `lambda-node` and `lambda-python` lie. */
  runtimesDirectory: string;
  /** The daemon's environment, which installers get as it is, and of which functions get nothing but PATH. */
  env: Readonly<Record<string, string>>;
  idleTimeout: Milliseconds;
  /** Keep runtime processes in reserve. */
  standby: boolean;
  maxEnvironments?: number;
  machine?: Machine;
  onReport?: LambdaHostOptions['onReport'];
  /** Told of what is installed for functions. */
  onProgress?: ProgressListener;
  /** Runs functions in containers: all of them, or those which processes of this machine can't run. */
  containers?: {
    open(parts: {
      code: CodeCache;
      sdks: RuntimeSdks;
      runtimesDirectory: string;
    }): Promise<SiteDriver | undefined>;
    all: boolean;
  };
}

const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin';
/** As many idle runtimes as a machine for development has memory for. */
const MAX_ENVIRONMENTS = 100;

/** Puts together what runs functions. */
export async function createLambdaHost(options: CreateLambdaHostOptions): Promise<LambdaHost> {
  const { clock, objects, codeFolder, credentials, endpointUrl, env, containers } = options;
  const logs = new LogWriter(options.logs, clock);
  const code = new CodeCache({ folder: codeFolder, objects, clock });
  const { sdkFolder, onProgress = () => {}, runtimesDirectory } = options;
  const sdks = new RuntimeSdks({ clock, folder: sdkFolder, env, onProgress });
  const shared = { code, sdks, runtimesDirectory };
  const inContainers = await containers?.open(shared);
  const sites = containers?.all
    ? inContainers!
    : firstThatRuns(await processSites(options, shared), inContainers);
  const factory = new EnvironmentFactory({ clock, sites, logs, credentials, endpointUrl });
  return new LambdaHost({
    clock,
    factory,
    logs,
    idleTimeout: options.idleTimeout,
    maxEnvironments: options.maxEnvironments ?? MAX_ENVIRONMENTS,
    parts: [sdks, sites],
    ...(options.onReport ? { onReport: options.onReport } : {}),
  });
}

async function processSites(
  { clock, records, env, environmentsFolder, standby, machine, runtimesDirectory }: CreateLambdaHostOptions,
  shared: { code: CodeCache; sdks: RuntimeSdks },
): Promise<SiteDriver> {
  const path = env.PATH ?? USUAL_PATH;
  const [wrapper, pipes] = await Promise.all([
    parentDeathWrapper(),
    OutputPipes.open(join(environmentsFolder, 'pipes')),
  ]);
  const driver = new ProcessPrograms({ clock, records, wrapper, pipes });
  const shells = new Shells({ clock, driver, path, folder: environmentsFolder, standby });
  const runtimes = new LocalRuntimes({
    machine: machine ?? localMachine(env),
    directory: runtimesDirectory,
  });
  return new ProcessSites({ ...shared, driver, runtimes, shells, path });
}
