import { basename, join } from 'node:path';
import type { LoadCommand, WorkloadTemplate } from '../../workloads/workload.ts';
import type { CodeLocation, Runtime, RuntimeDefinition, ToolchainState } from '../runtime.ts';
import { type FunctionId, SourceFailure } from '../source.ts';
import { findToolchain } from '../toolchains/find-toolchain.ts';
import type { RuntimeContext } from './context.ts';
import { checkEntry } from './entry-file.ts';

export interface LaunchPlan {
  owner: string;
  /** Replaces `{toolchain}` in the command. */
  toolchain: string;
  cwd: string;
  env?: Record<string, string>;
  load?: LoadCommand;
}

/** What all languages have in common: a toolchain that is looked for until it is found, and a command made from `runtime.json`. */
export abstract class ToolRuntime implements Runtime, AsyncDisposable {
  readonly definition: RuntimeDefinition;
  protected readonly context: RuntimeContext;
  #toolchain: Promise<ToolchainState> | undefined;

  constructor(definition: RuntimeDefinition, context: RuntimeContext) {
    this.definition = definition;
    this.context = context;
  }

  async prepare(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate> {
    await checkEntry(code);
    return this.prepareFile(code, signal);
  }

  /** `prepare`, once it is known that there is a file. */
  protected abstract prepareFile(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate>;
  abstract standby(): Promise<WorkloadTemplate | undefined>;

  async toolchain(): Promise<ToolchainState> {
    const { toolchain } = this.definition.process;
    this.#toolchain ??= findToolchain(
      { ...toolchain, wanted: this.definition.version },
      this.context.machine,
    );
    const state = await this.#toolchain;
    // Who installs it then need not restart lambdock.
    if (!state.usable) this.#toolchain = undefined;
    return state;
  }

  /** Removes what `prepare` made for a function that is no more. Unknown ids are fine. */
  async forget(_functionId: FunctionId): Promise<void> {}

  /** Ends what `prepare` left running. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** The toolchain's program and version. Rejects with SourceFailure (kind `setup`) that says what to install. */
  protected async usableToolchain(): Promise<{ path: string; version: string }> {
    const { usable, path, version, notice } = await this.toolchain();
    if (!usable || path === undefined || version === undefined)
      throw new SourceFailure({ kind: 'setup', message: notice ?? `${this.definition.runtime} is missing` });
    return { path, version };
  }

  /** A template with the placeholders of the command replaced. */
  protected template({ owner, toolchain, cwd, env, load }: LaunchPlan): WorkloadTemplate {
    const { definition, context } = this;
    const values: Record<string, string> = {
      toolchain,
      runtime: definition.directory,
      server: join(context.serverDirectory, basename(definition.directory)),
    };
    if (load?.artifact !== undefined) values.artifact = load.artifact;
    const [program, ...args] = definition.process.command.map((part) =>
      part.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder),
    );
    const template: WorkloadTemplate = {
      owner,
      command: [program!, ...args],
      cwd,
      env: { ...context.baseEnv, ...env },
      readiness: { kind: 'protocol' },
      startTimeout: context.startTimeout,
    };
    if (load) template.load = load;
    if (context.memoryLimitMb !== undefined) template.memoryLimitMb = context.memoryLimitMb;
    return template;
  }
}
