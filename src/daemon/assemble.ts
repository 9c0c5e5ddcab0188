import { join } from 'node:path';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { LocalDeployments } from '../execution/local-deployments.ts';
import { FolderCatalogue } from '../execution/runtimes/catalogue.ts';
import type { ContainerContext } from '../execution/runtimes/container/context.ts';
import type { ProgressListener } from '../execution/runtimes/context.ts';
import { Journal } from '../journal/journal.ts';
import type { PackageInfo } from '../package-info.ts';
import { Endpoint } from '../platform/endpoint.ts';
import { Exchanges } from '../platform/exchanges.ts';
import { DefaultFunctionService } from '../platform/function-service.ts';
import { Traffic } from '../platform/traffic.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import { Presigner } from '../storage/objects/presign.ts';
import { type Database, openDatabase } from '../storage/sqlite/database.ts';
import { SqliteFunctionTable } from '../storage/sqlite/function-table.ts';
import { SqliteJournalStore } from '../storage/sqlite/journal-table.ts';
import { SettingsTable } from '../storage/sqlite/settings-table.ts';
import { WorkloadTable } from '../storage/sqlite/workload-table.ts';
import type { CodeRoute } from '../workloads/docker/reach.ts';
import { ProcessDriver } from '../workloads/process/process-driver.ts';
import type { WorkloadDriver } from '../workloads/workload.ts';
import { childEnvironment } from './child-environment.ts';
import type { DriverChoice } from './choose-driver.ts';
import { type Config, processEnvironment } from './config.ts';
import type { LambdaContainers } from './container-backend.ts';
import { type ObjectsChoice, openObjects } from './open-objects.ts';
import { daemonId, newSecret, remembered } from './remembered.ts';
import type { Shutdown } from './shutdown.ts';

/** Requests that an old workload is busy with get this long to end. */
const DRAIN_TIMEOUT: Milliseconds = 30_000;
/** A machine for development has memory for about this many idle runtime processes. */
const MAX_RUNNING = 100;
const SIGNING_KEY_ID = 'lambdock';
const SIGNING_SECRET = 'signing-secret';

export interface AssembleOptions {
  config: Config;
  /** What functions and callers are told the time by. */
  clock: Clock;
  /** Processes live in real time, however fast the other clock runs. */
  engineClock: Clock;
  /** Absolute path of the data folder. */
  folder: string;
  driver: DriverChoice;
  objects: ObjectsChoice;
  package: PackageInfo;
  /** Where the daemon is reached, once it listens. */
  url(): string;
  /** What a person should know, besides in the journal. */
  onNotice(message: string): void;
  /** A bug of ours, or a write that was refused behind everyone's back. */
  onError(error: unknown): void;
}

export type Parts = ReturnType<typeof assemble>;

/** Opens the stores and puts the engines on top of them, each registered with `shutdown` as soon as it is open. */
export function assemble(options: AssembleOptions, shutdown: Shutdown) {
  const { config, clock, engineClock, folder, onError } = options;
  const database = shutdown.own(openDatabase(join(folder, 'lambdock.db')));
  const store = new SqliteJournalStore(database);
  const journal = shutdown.own(new Journal({ clock, store, onStoreError: onError }));
  const settings = new SettingsTable(database);
  const presigner = makePresigner(settings, options);
  const objectStore = openObjects(
    {
      choice: options.objects,
      clock,
      engineClock,
      database,
      dataFolder: folder,
      objectsFolder: join(folder, 'objects'),
      owner: daemonId(settings),
      presigner,
      journal,
      onBack: () => void functions.resume().catch(onError),
    },
    shutdown,
  );
  const objects = objectStore.store;
  const { driver, containers, lambda } = openBackend(options, shutdown, {
    database,
    journal,
    settings,
    objects,
    direct: objectStore.direct,
    presigner,
  });
  const catalogue = shutdown.own(makeCatalogue(options, journal, containers));
  const deployments = shutdown.own(
    new LocalDeployments({
      driver,
      clock: engineClock,
      journal,
      holdTimeout: config.holdTimeout,
      drainTimeout: DRAIN_TIMEOUT,
      idleTimeout: config.idleTimeout,
      replicas: config.replicas,
      maxRunning: MAX_RUNNING,
    }),
  );
  const traffic = new Traffic(clock);
  const exchanges = new Exchanges();
  const functions = shutdown.own(
    new DefaultFunctionService({
      clock,
      table: new SqliteFunctionTable(database),
      objects,
      catalogue,
      deployments,
      journal,
      packagesDirectory: join(folder, 'packages'),
      maxCodeBytes: config.maxCodeBytes,
      onRemoved: (id) => {
        traffic.forget(id);
        exchanges.forget(id);
      },
    }),
  );
  const { requestTimeout } = config;
  const endpoint = shutdown.own(
    new Endpoint({ deployments, journal, traffic, exchanges, clock: engineClock, requestTimeout }),
  );
  return {
    database,
    journal,
    settings,
    presigner,
    objectStore,
    catalogue,
    driver,
    deployments,
    functions,
    traffic,
    exchanges,
    endpoint,
    lambdaContainers: lambda,
  };
}

function makePresigner(settings: SettingsTable, { clock, url }: AssembleOptions): Presigner {
  const secretAccessKey = remembered(settings, SIGNING_SECRET, newSecret);
  return new Presigner({ accessKeyId: SIGNING_KEY_ID, secretAccessKey, clock, baseUrl: url });
}

interface Stores {
  database: Database;
  journal: Journal;
  settings: SettingsTable;
  objects: ObjectStore;
  direct: CodeRoute | undefined;
  presigner: Presigner;
}

/** What runs functions, and what their languages need to know of it. */
function openBackend(options: AssembleOptions, shutdown: Shutdown, stores: Stores): Backend {
  const { config, driver, engineClock: clock, onNotice, onError } = options;
  if (driver.kind === 'process') {
    const processes = shutdown.own(makeProcessDriver(options, stores.database));
    processes.removeLeftovers();
    return { driver: processes, containers: undefined, lambda: undefined };
  }
  const { settings, objects, direct, presigner, journal } = stores;
  const routes = shutdown.own(new driver.CodeListener({ objects, presigner, direct, onError }));
  const onProgress = progressIn(journal);
  return driver.openContainerBackend(
    {
      engine: driver.engine,
      config,
      clock,
      settings,
      package: options.package,
      routes,
      onProgress,
      onNotice: (message) => {
        journal.record({ type: 'notice', message });
        onNotice(message);
      },
    },
    shutdown,
  );
}

interface Backend {
  driver: WorkloadDriver;
  containers: ContainerContext | undefined;
  lambda: LambdaContainers | undefined;
}

export function progressIn(journal: Journal): ProgressListener {
  return (topic, message, done = false) => journal.record({ type: 'progress', topic, message, done });
}

function makeCatalogue(
  options: AssembleOptions,
  journal: Journal,
  containers: ContainerContext | undefined,
): FolderCatalogue {
  const { root } = options.package;
  const { cacheDir, startTimeout, memoryLimit } = options.config;
  return new FolderCatalogue({
    runtimesDirectory: join(root, 'runtimes'),
    serverDirectory: join(root, 'dist', 'runtimes'),
    cacheDirectory: cacheDir,
    clock: options.engineClock,
    startTimeout,
    ...(memoryLimit > 0 ? { memoryLimitMb: Math.round(memoryLimit / 2 ** 20) } : {}),
    baseEnv: childEnvironment(processEnvironment()),
    onProgress: progressIn(journal),
    ...(containers ? { containers } : {}),
  });
}

function makeProcessDriver(
  { config, engineClock, onError }: AssembleOptions,
  database: Database,
): ProcessDriver {
  const table = new WorkloadTable(database);
  /** A full disk must not keep a function from running, only its record from being kept. */
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      onError(error);
    }
  };
  return new ProcessDriver({
    clock: engineClock,
    standby: config.standby,
    records: {
      all: () => table.all(),
      remove: (id) => attempt(() => table.remove(id)),
      add: (record) => attempt(() => table.add(record)),
    },
  });
}
