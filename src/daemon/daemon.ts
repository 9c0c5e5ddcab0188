import { join } from 'node:path';
import type { AwsHandler } from '../aws/handler.ts';
import type { Clock, Milliseconds } from '../clock/clock.ts';
import { RealClock } from '../clock/real-clock.ts';
import type { ConsoleFiles } from '../console/console-files.ts';
import type { Runtime, ToolchainState } from '../execution/runtime.ts';
import { SourceFailure } from '../execution/source.ts';
import { packageInfo } from '../package-info.ts';
import { sendPresignedObject } from '../platform/presigned-download.ts';
import { HOST_NAME } from '../workloads/docker/lambda/host-view.ts';
import { Api, type RequestHandler } from './api.ts';
import { assemble, type Parts, progressIn } from './assemble.ts';
import { AwsPart } from './aws-part.ts';
import { chooseDriver, type DriverChoice } from './choose-driver.ts';
import { type Config, listenUrl } from './config.ts';
import { ContainerDoor } from './container-door.ts';
import { publishDaemon } from './daemon-info.ts';
import { DaemonLog } from './daemon-log.ts';
import { openDataFolder } from './data-folder.ts';
import { Front } from './front.ts';
import { Guard } from './guard.ts';
import type { DaemonControl, Health } from './internal-api.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { chooseObjects, type ObjectsChoice } from './open-objects.ts';
import { Shutdown } from './shutdown.ts';
import { storeState } from './store-state.ts';

export interface DaemonOptions {
  config: Config;
  /** Replaces wall time everywhere, as tests do. */
  clock?: Clock;
  /** Something a person should know: one line. */
  onNotice?(line: string): void;
  /** Someone asked the daemon to stop through its API. */
  onStopRequested?(): void;
}

/** What the options leave open until the machine was looked at. */
interface Choices {
  driver: DriverChoice;
  objects: ObjectsChoice;
}

/** Requests under way get this long to end when the daemon stops. */
const STOP_PATIENCE: Milliseconds = 10_000;
/** Preparations for later calls begin this long after the start, so that they don't slow it down. */
const SETTLE: Milliseconds = 100;
const DEFAULT_RUNTIME = 'node';

/** The whole of lambdock as one value: it runs from `start` to `stop`, and a process can hold several. */
export class Daemon implements AsyncDisposable {
  readonly #options: DaemonOptions;
  readonly #shutdown: Shutdown;
  readonly #package = packageInfo();
  readonly #clock: Clock;
  readonly #engineClock: Clock;
  readonly #startedAt: Milliseconds;
  readonly #dataDirectory: string;
  readonly #log: DaemonLog;
  readonly #parts: Parts;
  readonly #aws: AwsPart;
  readonly #api: Api;
  readonly #front: Front;
  readonly #door: ContainerDoor;
  #console: Promise<ConsoleFiles> | undefined;
  /** Why functions run as processes although Docker was looked for. */
  #driverNotice: string | undefined;
  #url = '';
  #stopped: Promise<void> | undefined;

  /**
   * Resolves when requests are answered. Rejects with ConfigError, a StorageError, or the system's error when it can't
   * listen (code EADDRINUSE for a taken port); nothing is left open then.
   */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const shutdown = new Shutdown();
    try {
      const driver = await chooseDriver(options.config, packageInfo());
      const objects = await chooseObjects(options.config);
      const daemon = new Daemon(options, { driver, objects }, shutdown);
      await daemon.#parts.objectStore.prepare();
      await daemon.#listen();
      return daemon;
    } catch (error) {
      await shutdown[Symbol.asyncDispose]();
      throw error;
    }
  }

  private constructor(options: DaemonOptions, choices: Choices, shutdown: Shutdown) {
    const { config } = options;
    const { driver } = choices;
    this.#options = options;
    this.#shutdown = shutdown;
    this.#clock = options.clock ?? new RealClock(config.timeScale);
    this.#startedAt = this.#clock.monotonic();
    const engineClock = options.clock ?? new RealClock();
    this.#engineClock = engineClock;

    this.#dataDirectory = shutdown.own(openDataFolder(config)).path;
    this.#log = new DaemonLog(join(this.#dataDirectory, 'daemon.log'));
    const onError = (error: unknown) => this.#logError(error);
    this.#parts = assemble(
      {
        config,
        clock: this.#clock,
        engineClock,
        folder: this.#dataDirectory,
        package: this.#package,
        ...choices,
        url: () => this.#url,
        // Nobody reads the journal any more while the daemon stops.
        onNotice: (message) => this.#stopped && options.onNotice?.(message),
        onError,
      },
      shutdown,
    );
    const { endpoint, functions, objectStore, presigner } = this.#parts;
    if (driver.kind === 'process') this.#driverNotice = driver.notice;
    const names = driver.kind === 'docker' ? [...config.allowedHosts, HOST_NAME] : config.allowedHosts;
    const guard = new Guard({ ...config, allowedHosts: names });
    const memory = shutdown.own(new MemoryKeeper(engineClock));
    const aws = shutdown.own(
      new AwsPart({
        settings: this.#parts.settings,
        create: (awsShutdown) => this.#createAws(awsShutdown),
        wipe: async () => (await import('../services/wipe.ts')).wipeServices(this.#parts.database),
      }),
    );
    this.#aws = aws;
    this.#api = new Api({
      control: this.#control(),
      guard,
      loadPlatform: () => this.#loadPlatform(),
      aws: (req, res) => {
        memory.note();
        return aws.handle(req, res);
      },
      presigned: (req, res) => sendPresignedObject(objectStore.store, presigner, req, res),
    });
    this.#front = new Front({
      guard,
      endpoint,
      onFunctionRequest: () => memory.note(),
      functionUrl: (req, res, foreign) => aws.serve('lambda', req, res, foreign),
      tokenIssuer: (req, res) => aws.serve('sts', req, res, false),
      console: async (req, res) => {
        this.#console ??= this.#loadConsole();
        (await this.#console).handle(req, res);
      },
      api: (req, res) => this.#api.handle(req, res),
      invoke: config.strict
        ? undefined
        : (client) => {
            memory.note();
            return aws.invoke(client);
          },
      onError,
    });
    this.#door = new ContainerDoor(this.#front, () => this.#url);
    functions.restore();
  }

  /** `http://127.0.0.1:4566` */
  get url(): string {
    return this.#url;
  }

  health(): Health {
    const { driver, objectStore, deployments } = this.#parts;
    const state = storeState(this.#dataDirectory);
    return {
      ready: this.#stopped === undefined,
      version: this.#package.version,
      uptimeMs: Math.round(this.#clock.monotonic() - this.#startedAt),
      pid: process.pid,
      dataDirectory: this.#dataDirectory,
      driver:
        this.#driverNotice === undefined ? driver.state() : { notice: this.#driverNotice, ...driver.state() },
      objects: objectStore.state(),
      metadata: { name: 'sqlite', state },
      functions: deployments.size,
    };
  }

  toolchains(): Promise<ToolchainState[]> {
    return Promise.all(this.#parts.catalogue.list().map((runtime) => runtime.toolchain()));
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
    this.#parts.journal.record({ type: 'daemon.stopping', reason });
    await this.#front.close(new RealClock().sleep(STOP_PATIENCE));
    // Elsewhere the temporary folder's end is not the end of what was kept for it.
    if (this.#options.config.ephemeral)
      await Promise.race([this.#parts.objectStore.discard(), new RealClock().sleep(STOP_PATIENCE)]);
    await this.#shutdown[Symbol.asyncDispose]();
  }

  async #listen(): Promise<void> {
    const { host, port, userDir, token } = this.#options.config;
    const address = await this.#front.listen(port, host);
    this.#url = listenUrl(host, address.port);
    const { version } = this.#package;
    const info = { url: this.#url, version, dataDirectory: this.#dataDirectory, ...(token ? { token } : {}) };
    this.#shutdown.own(publishDaemon(info, userDir));
    this.#parts.journal.record({ type: 'daemon.started', url: this.#url, version });
    const afterwards = this.#clock.after(SETTLE, () => void this.#prepareForUse());
    this.#shutdown.defer(() => afterwards.cancel());
  }

  /** What makes the first calls quick, once nobody waits for the start any more. */
  async #prepareForUse(): Promise<void> {
    const { catalogue, functions, objectStore } = this.#parts;
    try {
      await this.#api.preload();
      await this.#resumeRecovered();
      const inUse = functions.runtimesInUse();
      for (const runtime of catalogue.list()) {
        const { runtime: name, version } = runtime.definition;
        const wanted = name === DEFAULT_RUNTIME || inUse.has(`${name} ${version}`);
        if (wanted && this.#options.config.standby) await this.#warm(runtime);
      }
      await this.#aws.resume();
      await functions.sweep();
      await objectStore.store.sweep();
    } catch (error) {
      if (!this.#stopped) this.#logError(error);
    }
  }

  /** What keeps a language from being ready is told now: its first function would only run into the same. */
  async #warm(runtime: Runtime): Promise<void> {
    try {
      await this.#parts.deployments.warm(runtime);
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      this.#parts.journal.record({ type: 'notice', message: error.message });
    }
  }

  /** Takes up functions that an earlier daemon left running, and ends what is no function's any more. */
  async #resumeRecovered(): Promise<void> {
    const { driver, deployments } = this.#parts;
    for (const owner of await driver.recovered()) {
      if (deployments.has(owner)) deployments.wake(owner);
      else await driver.release(owner);
    }
  }

  #control(): DaemonControl {
    return {
      health: () => this.health(),
      toolchains: () => this.toolchains(),
      reset: async () => {
        const removed = await this.#aws.reset();
        const others = await this.#parts.functions.reset();
        await this.#parts.driver.clean();
        return removed + others;
      },
      stopSoon: () => this.#options.onStopRequested?.(),
    };
  }

  async #loadPlatform(): Promise<RequestHandler> {
    const { catalogue, functions, journal, settings, traffic, exchanges } = this.#parts;
    const [{ createPlatformRouter }, { StoredCatalogue }] = await Promise.all([
      import('../platform/router.ts'),
      import('../platform/stored-catalogue.ts'),
    ]);
    return createPlatformRouter({
      functions,
      catalogue: new StoredCatalogue(settings, catalogue, this.#clock),
      journal,
      traffic,
      exchanges,
      token: this.#options.config.token,
      clock: this.#clock,
      maxCodeBytes: this.#options.config.maxCodeBytes,
      version: this.#package.version,
      log: (error, requestId) => this.#logError(error, requestId),
    });
  }

  async #loadConsole(): Promise<ConsoleFiles> {
    const { ConsoleFiles } = await import('../console/console-files.ts');
    return new ConsoleFiles(join(this.#package.root, 'dist', 'console'));
  }

  async #createAws(shutdown: Shutdown): Promise<AwsHandler> {
    const [{ createAws }, { openLambdaHost }] = await Promise.all([
      import('./load-aws.ts'),
      import('./open-lambda-host.ts'),
    ]);
    const onError = (error: unknown, requestId?: string) => this.#logError(error, requestId);
    return createAws(this.#parts, {
      clock: this.#clock,
      account: this.#options.config.account,
      url: () => this.#url,
      strict: this.#options.config.strict,
      rootSecret: this.#options.config.rootSecret,
      wallClock: this.#engineClock,
      own: (resource) => shutdown.own(resource),
      onError,
      openHost: (parts) =>
        openLambdaHost(parts, {
          config: this.#options.config,
          clock: this.#clock,
          engineClock: this.#engineClock,
          folder: this.#dataDirectory,
          root: this.#package.root,
          url: () => this.#url,
          onError,
          onProgress: progressIn(this.#parts.journal),
          containers: this.#parts.lambdaContainers,
          door: this.#door,
        }),
    });
  }

  #logError(error: unknown, requestId?: string): void {
    void this.#log.error(error, requestId);
    const message = error instanceof Error ? error.message : String(error);
    this.#options.onNotice?.(`internal error: ${message} (details in ${this.#log.file})`);
  }
}
