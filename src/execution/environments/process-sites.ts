import { dirname } from 'node:path';
import type { CodeCache } from '../code/code-cache.ts';
import type { FunctionVersion } from '../function-host.ts';
import type { RuntimeSdks } from '../sdk/runtime-sdks.ts';
import { makeBlueprint, type ProcessBlueprint } from './blueprint.ts';
import {
  extensionVariables,
  needsOwnStart,
  runtimeVariables,
  type VariableInput,
} from './environment-variables.ts';
import type { LaunchPlan } from './launch-plan.ts';
import type { ProgramDriver } from './program.ts';
import type { LocalRuntimes } from './runtimes.ts';
import type { Shell, Shells, StandbyCommand } from './shells.ts';
import type { Blueprint, Session, Site, SiteDriver } from './site.ts';

export interface ProcessSitesOptions {
  driver: ProgramDriver;
  code: CodeCache;
  runtimes: LocalRuntimes;
  sdks: RuntimeSdks;
  shells: Shells;
  /** The daemon's PATH. */
  path: string;
}

/** Environments as processes of this machine. */
export class ProcessSites implements SiteDriver {
  readonly #options: ProcessSitesOptions;

  constructor(options: ProcessSitesOptions) {
    this.#options = options;
  }

  async blueprint(fn: FunctionVersion): Promise<Blueprint> {
    const { shells } = this.#options;
    const blueprint = await makeBlueprint(fn, this.#options);
    const command = standbyCommand(blueprint);
    const { version, versionArn, warning } = blueprint.runtime;
    return {
      runtime: { version, versionArn, ...(warning === undefined ? {} : { warning }) },
      warm: () => command && shells.warm(command),
      open: async () => this.#site(blueprint, await shells.take(command)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { shells, driver } = this.#options;
    for (const part of [shells, driver]) await part[Symbol.asyncDispose]();
  }

  #site(blueprint: ProcessBlueprint, shell: Shell): Site {
    const { driver } = this.#options;
    const { standby } = shell;
    shell.standby = undefined; // the environment's from here on
    return {
      api: shell.api,
      standby,
      plan: async (session) => this.#plan(blueprint, shell, session),
      start: (plan) => driver.start(plan),
      close: () => shell.close(),
    };
  }

  #plan(blueprint: ProcessBlueprint, shell: Shell, session: Session): LaunchPlan {
    const { fn, runtime, taskRoot, command, extensions } = blueprint;
    const variables: VariableInput = {
      ...session,
      blueprint,
      api: shell.address,
      path: this.#options.path,
      temporaryFolder: shell.temporaryFolder,
      runtimeFolder: runtime.command ? dirname(runtime.command.at(-1)!) : taskRoot,
    };
    return {
      cwd: taskRoot,
      extensions,
      extensionEnvironment: extensionVariables(variables),
      program: {
        command,
        cwd: taskRoot,
        env: runtimeVariables(variables),
        frames: runtime.command !== undefined,
        events: runtime.command !== undefined,
        standby: false,
        memoryMb: fn.memoryMb,
      },
    };
  }
}

/** The command of a process that may wait for such a function; undefined where each needs one of its own. */
function standbyCommand({ fn, runtime, ownLibraries }: ProcessBlueprint): StandbyCommand | undefined {
  return runtime.command && !ownLibraries && !needsOwnStart(fn.environment) ? runtime.command : undefined;
}
