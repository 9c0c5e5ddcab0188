import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import type { FunctionVersion, ResolvedImage } from '../function-host.ts';
import { Environment, type EnvironmentOwner } from './environment.ts';
import { EnvironmentLog } from './environment-log.ts';
import type { RoleCredentials } from './environment-variables.ts';
import type { LogWriter } from './log-writer.ts';
import type { InitializationType } from './platform-records.ts';
import type { Blueprint, SiteDriver } from './site.ts';

export interface EnvironmentFactoryOptions {
  /** Processes live in real time, however fast the other clock runs. */
  clock: Clock;
  sites: SiteDriver;
  logs: LogWriter;
  credentials(fn: FunctionVersion): RoleCredentials;
  /** Where the AWS API answers. */
  endpointUrl(): string;
}

/** Makes environments out of versions of functions. */
export class EnvironmentFactory {
  readonly #options: EnvironmentFactoryOptions;
  readonly #blueprints = new WeakMap<FunctionVersion, Promise<Blueprint>>();

  constructor(options: EnvironmentFactoryOptions) {
    this.#options = options;
  }

  /** What a version consists of, unpacked; found out once. Rejects with CannotStart or a StorageError. */
  blueprint(fn: FunctionVersion): Promise<Blueprint> {
    const known = this.#blueprints.get(fn);
    if (known) return known;
    const making = this.#options.sites.blueprint(fn);
    this.#blueprints.set(fn, making);
    // What is missing may be there at the next try: an interpreter, an object store.
    making.catch(() => this.#blueprints.delete(fn));
    return making;
  }

  /** Unpacks the code, and has something made ahead that may become the version's first environment. */
  async prepare(fn: FunctionVersion): Promise<Blueprint> {
    const blueprint = await this.blueprint(fn);
    blueprint.warm();
    return blueprint;
  }

  /** See `FunctionHost.findImage`. */
  async findImage(uri: string): Promise<ResolvedImage | undefined> {
    return this.#options.sites.findImage?.(uri);
  }

  /** A new environment, not initialised yet. Rejects as `SiteDriver.blueprint` does, or with the system's error. */
  async make(
    fn: FunctionVersion,
    initializationType: InitializationType,
    owner: EnvironmentOwner,
  ): Promise<Environment> {
    const { clock, logs, credentials, endpointUrl } = this.#options;
    const { runtime, open } = await this.blueprint(fn);
    const site = await open();
    const logStream = logs.stream(fn.scope, fn.logging.group, streamName(fn, clock));
    const log = new EnvironmentLog(logStream, fn, clock);
    const plan = await site
      .plan({
        logStream: logStream.name,
        initializationType,
        credentials: credentials(fn),
        endpointUrl: endpointUrl(),
      })
      .catch(async (error: unknown) => {
        await site.close();
        throw error;
      });
    return new Environment({
      fn,
      initializationType,
      runtimeVersion: {
        ...(runtime.version === undefined ? {} : { runtimeVersion: runtime.version }),
        ...(runtime.versionArn === undefined ? {} : { runtimeVersionArn: runtime.versionArn }),
      },
      clock,
      log,
      owner,
      standby: site.standby,
      plan,
      context: {
        clock,
        site,
        log,
        facts: {
          functionName: fn.name,
          functionVersion: fn.version,
          handler: fn.handler ?? '',
          accountId: fn.scope.account,
        },
      },
      release: () => site.close(),
    });
  }
}

/** `2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef` */
function streamName({ version }: FunctionVersion, clock: Clock): string {
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}
