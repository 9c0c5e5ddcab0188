import { join } from 'node:path';
import type { WorkloadTemplate } from '../../workloads/workload.ts';
import { type CodeLocation, loadCommand, type RuntimeDefinition } from '../runtime.ts';
import type { FunctionId } from '../source.ts';
import { isTypeScript, TypeScriptBundler } from '../typescript/bundler.ts';
import type { RuntimeContext } from './context.ts';
import { ToolRuntime } from './tool-runtime.ts';

/** Node.js. JavaScript is loaded as it is, TypeScript is bundled first. */
export class NodeRuntime extends ToolRuntime {
  readonly #bundler: TypeScriptBundler;

  constructor(definition: RuntimeDefinition, context: RuntimeContext) {
    super(definition, context);
    this.#bundler = new TypeScriptBundler(join(context.cacheDirectory, 'typescript'));
  }

  protected override async prepareFile(code: CodeLocation, signal: AbortSignal): Promise<WorkloadTemplate> {
    const load = loadCommand(code);
    const [template, artifact] = await Promise.all([
      this.#launch(code.functionId),
      isTypeScript(code.entry) ? this.#bundler.bundle(code, signal) : undefined,
    ]);
    if (artifact !== undefined) load.artifact = artifact;
    return { ...template, load };
  }

  override standby(): Promise<WorkloadTemplate> {
    return this.#launch('');
  }

  override forget(functionId: FunctionId): Promise<void> {
    return this.#bundler.forget(functionId);
  }

  override [Symbol.asyncDispose](): Promise<void> {
    return this.#bundler[Symbol.asyncDispose]();
  }

  async #launch(owner: string): Promise<WorkloadTemplate> {
    const { path } = await this.usableToolchain();
    return this.template({ owner, toolchain: path, cwd: this.definition.directory });
  }
}
