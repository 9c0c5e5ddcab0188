import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import type { Clock } from '../../clock/clock.ts';
import type { CodeCache } from '../code/code-cache.ts';
import type { FunctionVersion } from '../function-host.ts';
import type { RuntimeSdks } from '../sdk/runtime-sdks.ts';
import { type Blueprint, makeBlueprint } from './blueprint.ts';
import { Environment, type EnvironmentOwner } from './environment.ts';
import { EnvironmentLog } from './environment-log.ts';
import {
  extensionVariables,
  needsOwnStart,
  type RoleCredentials,
  runtimeVariables,
  type VariableInput,
} from './environment-variables.ts';
import type { LogWriter } from './log-writer.ts';
import type { InitializationType } from './platform-records.ts';
import type { ProgramDriver } from './program.ts';
import type { LocalRuntimes } from './runtimes.ts';
import type { Shell, Shells, StandbyCommand } from './shells.ts';

export interface EnvironmentFactoryOptions {
  /** Processes live in real time, however fast the other clock runs. */
  clock: Clock;
  driver: ProgramDriver;
  code: CodeCache;
  runtimes: LocalRuntimes;
  sdks: RuntimeSdks;
  shells: Shells;
  logs: LogWriter;
  credentials(fn: FunctionVersion): RoleCredentials;
  /** Where the AWS API answers. */
  endpointUrl(): string;
  /** The daemon's PATH. */
  path: string;
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
    const making = makeBlueprint(fn, this.#options);
    this.#blueprints.set(fn, making);
    // What is missing may be there at the next try: an interpreter, an object store.
    making.catch(() => this.#blueprints.delete(fn));
    return making;
  }

  /** Unpacks the code, and starts a process that may become the version's first environment. */
  async prepare(fn: FunctionVersion): Promise<Blueprint> {
    const blueprint = await this.blueprint(fn);
    const command = standbyCommand(blueprint);
    if (command) this.#options.shells.warm(command);
    return blueprint;
  }

  /** A new environment, not initialised yet. Rejects with CannotStart, a StorageError, or the system's error. */
  async make(
    fn: FunctionVersion,
    initializationType: InitializationType,
    owner: EnvironmentOwner,
  ): Promise<Environment> {
    const { clock, driver, shells, logs } = this.#options;
    const blueprint = await this.blueprint(fn);
    const command = standbyCommand(blueprint);
    const shell = await shells.take(command);
    const logStream = logs.stream(fn.scope, fn.logging.group, streamName(fn, clock));
    const log = new EnvironmentLog(logStream, fn, clock);
    const variables = this.#variables(blueprint, shell, logStream.name, initializationType);
    const managed = blueprint.runtime.command !== undefined;
    const standby = shell.standby;
    shell.standby = undefined; // the environment's from here on
    return new Environment({
      fn,
      initializationType,
      runtimeVersion: {
        runtimeVersion: blueprint.runtime.version,
        runtimeVersionArn: blueprint.runtime.versionArn,
      },
      clock,
      log,
      owner,
      standby,
      plan: {
        cwd: blueprint.taskRoot,
        extensions: blueprint.extensions,
        extensionEnvironment: extensionVariables(variables),
        program: {
          command: blueprint.command,
          cwd: blueprint.taskRoot,
          env: runtimeVariables(variables),
          frames: managed,
          standby: false,
          memoryMb: fn.memoryMb,
        },
      },
      context: {
        clock,
        driver,
        api: shell.api,
        log,
        facts: {
          functionName: fn.name,
          functionVersion: fn.version,
          handler: fn.handler ?? '',
          accountId: fn.scope.account,
        },
      },
      release: () => shell.close(),
    });
  }

  #variables(
    blueprint: Blueprint,
    shell: Shell,
    logStream: string,
    initializationType: InitializationType,
  ): VariableInput {
    const { credentials, endpointUrl, path } = this.#options;
    const { runtime, taskRoot, fn } = blueprint;
    return {
      blueprint,
      api: shell.address,
      logStream,
      initializationType,
      credentials: credentials(fn),
      endpointUrl: endpointUrl(),
      path,
      temporaryFolder: shell.temporaryFolder,
      runtimeFolder: runtime.command ? dirname(runtime.command.at(-1)!) : taskRoot,
    };
  }
}

/** The command of a process that may wait for such a function; undefined where each needs one of its own. */
function standbyCommand({ fn, runtime, ownLibraries }: Blueprint): StandbyCommand | undefined {
  return runtime.command && !ownLibraries && !needsOwnStart(fn.environment) ? runtime.command : undefined;
}

/** `2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef` */
function streamName({ version }: FunctionVersion, clock: Clock): string {
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version}]${randomBytes(16).toString('hex')}`;
}
