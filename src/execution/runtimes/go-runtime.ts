import { join } from 'node:path';
import type { WorkloadTemplate } from '../../workloads/workload.ts';
import { type CodeLocation, loadCommand, type RuntimeDefinition } from '../runtime.ts';
import type { FunctionId } from '../source.ts';
import type { RuntimeContext } from './context.ts';
import { GoBuilder } from './go-build.ts';
import { ToolRuntime } from './tool-runtime.ts';

/** Go: each version of a function is a binary of its own, so nothing can be started ahead of it. */
export class GoRuntime extends ToolRuntime {
  readonly #builder: GoBuilder;

  constructor(definition: RuntimeDefinition, context: RuntimeContext) {
    super(definition, context);
    this.#builder = new GoBuilder(join(definition.directory, 'server'), context);
  }

  protected override async prepareFile(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate> {
    const { functionId, directory } = code;
    const { path } = await this.usableToolchain();
    const artifact = await this.#builder.build(path, code, signal);
    return this.template({
      owner: functionId,
      toolchain: path,
      cwd: directory,
      load: { ...loadCommand(code), artifact },
    });
  }

  override forget(functionId: FunctionId): Promise<void> {
    return this.#builder.forget(functionId);
  }

  override async standby(): Promise<undefined> {
    return undefined;
  }
}
