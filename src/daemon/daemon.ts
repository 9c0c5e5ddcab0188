import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { RealClock } from '../clock/real-clock.ts';
import { LocalDeployments } from '../execution/local-deployments.ts';
import type { RuntimeCatalogue, ToolchainState } from '../execution/runtime.ts';
import { FolderCatalogue } from '../execution/runtimes/catalogue.ts';
import { Journal } from '../journal/journal.ts';
import { packageInfo } from '../package-info.ts';
import { Endpoint } from '../platform/endpoint.ts';
import { DefaultFunctionService } from '../platform/function-service.ts';
import { sendPresignedObject } from '../platform/presigned-download.ts';
import { EmbeddedObjectStore } from '../storage/objects/embedded-object-store.ts';
import { Presigner } from '../storage/objects/presign.ts';
import { type Database, openDatabase } from '../storage/sqlite/database.ts';
import { SqliteFunctionTable } from '../storage/sqlite/function-table.ts';
import { SqliteJournalStore } from '../storage/sqlite/journal-table.ts';
import { SettingsTable } from '../storage/sqlite/settings-table.ts';
import { WorkloadTable } from '../storage/sqlite/workload-table.ts';
import { ProcessDriver } from '../workloads/process/process-driver.ts';
import { Api, type RequestHandler } from './api.ts';
import { childEnvironment } from './child-environment.ts';
import { type Config, listenUrl, processEnvironment } from './config.ts';
import { publishDaemon } from './daemon-info.ts';
import { DaemonLog } from './daemon-log.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { Front } from './front.ts';
import { Guard } from './guard.ts';
import type { DaemonControl, Health } from './internal-api.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { Shutdown } from './shutdown.ts';

export interface DaemonOptions {
  config: Config;
  /** Replaces wall time everywhere, as tests do. */
  clock?: Clock;
  /** Something a person should know: one line. */
  onNotice?(line: string): void;
  /** Someone asked the daemon to stop through its API. */
  onStopRequested?(): void;
}

/** Requests under way get this long to end when the daemon stops. */
const STOP_PATIENCE: Milliseconds = 10_000;
const DRAIN_TIMEOUT: Milliseconds = 30_000;
/** A machine for development has memory for about this many idle runtime processes. */
const MAX_RUNNING = 100;
/** Preparations for later calls begin this long after the start, so that they don't slow it down. */
const SETTLE: Milliseconds = 100;
const DEFAULT_RUNTIME = 'node';
const SIGNING_KEY_ID = 'lambdock';
const SIGNING_SECRET = 'signing-secret';

/** The whole of lambdock as one value: it runs from `start` to `stop`, and a process can hold several. */
export class Daemon implements AsyncDisposable {
  readonly journal: Journal;
  readonly functions: DefaultFunctionService;
  readonly #config: Config;
  readonly #clock: Clock;
  readonly #shutdown: Shutdown;
  readonly #log: DaemonLog;
  readonly #options: DaemonOptions;
  readonly #package = packageInfo();
  readonly #startedAt: Milliseconds;
  readonly #folder: DataFolder;
  readonly #driver: ProcessDriver;
  readonly #deployments: LocalDeployments;
  readonly #catalogue: RuntimeCatalogue;
  readonly #objects: EmbeddedObjectStore;
  readonly #front: Front;
  readonly #api: Api;
  #url = '';
  #stopped: Promise<void> | undefined;

  /**
   * Resolves when requests are answered. Rejects with ConfigError, a StorageError, or the system's error when it can't
   * listen (code EADDRINUSE for a taken port); nothing is left open then.
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const shutdown = new Shutdown();
    try {
      const daemon = new Daemon(options, shutdown);
      await daemon.#listen();
      return daemon;
    } catch (error) {
      await shutdown[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: DaemonOptions, shutdown: Shutdown) {
    const { config } = options;
    this.#options = options;
    this.#config = config;
    this.#shutdown = shutdown;
    this.#clock = options.clock ?? new RealClock(config.timeScale);
    this.#startedAt = this.#clock.monotonic();
    // Processes live in real time, however fast the clock of what they are told runs.
    const engineClock = options.clock ?? new RealClock();

    this.#folder = shutdown.own(openDataFolder(config));
    this.#log = new DaemonLog(join(this.#folder.path, 'daemon.log'));
    const database = shutdown.own(openDatabase(join(this.#folder.path, 'lambdock.db')));
    this.journal = shutdown.own(
      new Journal({
        clock: this.#clock,
        store: new SqliteJournalStore(database),
        onStoreError: (error) => this.#logError(error),
      }),
    );
    const settings = new SettingsTable(database);
    const presigner = this.#presigner(settings);
    this.#objects = shutdown.own(
      new EmbeddedObjectStore({
        folder: join(this.#folder.path, 'objects'),
        database,
        clock: this.#clock,
        presign: (bucket, key, lifetime) => presigner.signGet(bucket, key, lifetime),
      }),
    );
    this.#catalogue = shutdown.own(this.#openCatalogue(engineClock));
    this.#driver = shutdown.own(this.#openDriver(database, engineClock));
    this.#deployments = shutdown.own(
      new LocalDeployments({
        driver: this.#driver,
        clock: engineClock,
        journal: this.journal,
        holdTimeout: config.holdTimeout,
        drainTimeout: DRAIN_TIMEOUT,
        idleTimeout: config.idleTimeout,
        maxRunning: MAX_RUNNING,
      }),
    );
    this.functions = shutdown.own(
      new DefaultFunctionService({
        clock: this.#clock,
        table: new SqliteFunctionTable(database),
        objects: this.#objects,
        catalogue: this.#catalogue,
        deployments: this.#deployments,
        journal: this.journal,
        packagesDirectory: join(this.#folder.path, 'packages'),
        maxCodeBytes: config.maxCodeBytes,
      }),
    );
    const endpoint = shutdown.own(
      new Endpoint({
        deployments: this.#deployments,
        journal: this.journal,
        clock: engineClock,
        requestTimeout: config.requestTimeout,
      }),
    );
    const guard = new Guard(config);
    this.#api = new Api({
      control: this.#control(),
      guard,
      loadPlatform: () => this.#loadPlatform(settings),
      presigned: (req, res) => sendPresignedObject(this.#objects, presigner, req, res),
    });
    const memory = shutdown.own(new MemoryKeeper(engineClock));
    this.#front = new Front({
      guard,
      onEndpointRequest: () => memory.note(),
      endpoint,
      api: (req, res) => this.#api.handle(req, res),
      onError: (error) => this.#logError(error),
    });
    this.#driver.removeLeftovers();
    this.functions.restore();
  }

  /** `http://127.0.0.1:4566` */
  get url(): string {
    return this.#url;
  }

  health(): Health {
    return {
      ready: this.#stopped === undefined,
      version: this.#package.version,
      uptimeMs: Math.round(this.#clock.monotonic() - this.#startedAt),
      pid: process.pid,
      dataDirectory: this.#folder.path,
      driver: this.#driver.state(),
      objects: { name: this.#objects.name, state: 'ok' },
      metadata: { name: 'sqlite', state: 'ok' },
      functions: this.#deployments.size,
    };
  }

  toolchains(): Promise<ToolchainState[]> {
    return Promise.all(this.#catalogue.list().map((runtime) => runtime.toolchain()));
  }

  /** Ends requests under way (bounded), then everything that was started. Safe to repeat. */
  stop(reason = 'stopped'): Promise<void> {
    this.#stopped ??= this.#stop(reason);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(reason: string): Promise<void> {
    this.journal.record({ type: 'daemon.stopping', reason });
    await this.#front.close(new RealClock().sleep(STOP_PATIENCE));
    await this.#shutdown[Symbol.asyncDispose]();
  }

  async #listen(): Promise<void> {
    const { host, port, userDir, token } = this.#config;
    const address = await this.#front.listen(port, host);
    this.#url = listenUrl(host, address.port);
    const { version } = this.#package;
    const info = { url: this.#url, version, dataDirectory: this.#folder.path, ...(token ? { token } : {}) };
    this.#shutdown.own(publishDaemon(info, userDir));
    this.journal.record({ type: 'daemon.started', url: this.#url, version });
    const afterwards = this.#clock.after(SETTLE, () => void this.#prepareForUse());
    this.#shutdown.defer(() => afterwards.cancel());
  }

  /** What makes the first calls quick, once nobody waits for the start any more. */
  async #prepareForUse(): Promise<void> {
    try {
      await this.#api.preload();
      const inUse = this.functions.runtimesInUse();
      for (const runtime of this.#catalogue.list()) {
        const { runtime: name, version } = runtime.definition;
        const wanted = name === DEFAULT_RUNTIME || inUse.has(`${name} ${version}`);
        if (wanted && this.#config.standby) await this.#deployments.warm(runtime);
      }
      await this.functions.sweep();
      await this.#objects.sweep();
    } catch (error) {
      if (!this.#stopped) this.#logError(error);
    }
  }

  #control(): DaemonControl {
    return {
      clock: this.#clock,
      journal: this.journal,
      health: () => this.health(),
      toolchains: () => this.toolchains(),
      reset: () => this.functions.reset(),
      stopSoon: () => this.#options.onStopRequested?.(),
    };
  }

  #presigner(settings: SettingsTable): Presigner {
    const secret = settings.get(SIGNING_SECRET) ?? randomBytes(30).toString('base64url');
    settings.set(SIGNING_SECRET, secret);
    return new Presigner({
      accessKeyId: SIGNING_KEY_ID,
      secretAccessKey: secret,
      clock: this.#clock,
      baseUrl: () => this.#url,
    });
  }

  #openCatalogue(clock: Clock): RuntimeCatalogue {
    const { root } = this.#package;
    const { cacheDir, startTimeout, memoryLimit } = this.#config;
    return new FolderCatalogue({
      runtimesDirectory: join(root, 'runtimes'),
      serverDirectory: join(root, 'dist', 'runtimes'),
      cacheDirectory: cacheDir,
      clock,
      startTimeout,
      ...(memoryLimit > 0 ? { memoryLimitMb: Math.round(memoryLimit / 2 ** 20) } : {}),
      baseEnv: childEnvironment(processEnvironment()),
      onProgress: (topic, message, done = false) =>
        this.journal.record({ type: 'progress', topic, message, done }),
    });
  }

  #openDriver(database: Database, clock: Clock): ProcessDriver {
    const table = new WorkloadTable(database);
    return new ProcessDriver({
      clock,
      standby: this.#config.standby,
      records: {
        all: () => table.all(),
        remove: (id) => this.#attempt(() => table.remove(id)),
        add: (record) => this.#attempt(() => table.add(record)),
      },
    });
  }

  /** A full disk must not keep a function from running, only its record from being kept. */
  #attempt(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#logError(error);
    }
  }

  async #loadPlatform(settings: SettingsTable): Promise<RequestHandler> {
    const [{ createPlatformRouter }, { StoredCatalogue }] = await Promise.all([
      import('../platform/router.ts'),
      import('../platform/stored-catalogue.ts'),
    ]);
    return createPlatformRouter({
      functions: this.functions,
      catalogue: new StoredCatalogue(settings, this.#catalogue, this.#clock),
      journal: this.journal,
      clock: this.#clock,
      maxCodeBytes: this.#config.maxCodeBytes,
      version: this.#package.version,
      log: (error) => this.#logError(error),
    });
  }

  #logError(error: unknown): void {
    void this.#log.error(error);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.onNotice?.(`internal error: ${message} (details in ${this.#log.file})`);
  }
}
