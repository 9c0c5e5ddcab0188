import { join } from 'node:path';
import type { WorkloadTemplate } from '../../workloads/workload.ts';
import { type CodeLocation, loadCommand, type RuntimeDefinition } from '../runtime.ts';
import type { RuntimeContext } from './context.ts';
import { PythonEnvironments, pythonOf } from './python-environment.ts';
import { ToolRuntime } from './tool-runtime.ts';

const REQUIREMENTS = 'requirements.txt';

/** Python: the server and what functions require live in an environment of ours, never in the user's Python. */
export class PythonRuntime extends ToolRuntime {
  readonly #environments: PythonEnvironments;

  constructor(definition: RuntimeDefinition, context: RuntimeContext) {
    super(definition, context);
    this.#environments = new PythonEnvironments(context);
  }

  protected override async prepareFile(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate> {
    const template = await this.#launch(code.functionId, signal, join(code.directory, REQUIREMENTS));
    return { ...template, load: loadCommand(code) };
  }

  override standby(): Promise<WorkloadTemplate> {
    return this.#launch('', new AbortController().signal);
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.#environments[Symbol.asyncDispose]();
  }

  async #launch(
    owner: string,
    signal: AbortSignal,
    functionRequirements?: string,
  ): Promise<WorkloadTemplate> {
    const { directory } = this.definition;
    const environment = await this.#environments.ensure(
      {
        python: await this.usableToolchain(),
        runtimeRequirements: join(directory, REQUIREMENTS),
        ...(functionRequirements === undefined ? {} : { functionRequirements }),
      },
      signal,
    );
    const path = this.context.baseEnv.PATH;
    return this.template({
      owner,
      toolchain: pythonOf(environment),
      cwd: directory,
      env: {
        VIRTUAL_ENV: environment,
        PATH: path ? `${join(environment, 'bin')}:${path}` : join(environment, 'bin'),
      },
    });
  }
}
