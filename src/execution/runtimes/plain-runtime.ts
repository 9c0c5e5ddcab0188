import type { WorkloadTemplate } from '../../workloads/workload.ts';
import { type CodeLocation, loadCommand } from '../runtime.ts';
import { ToolRuntime } from './tool-runtime.ts';

/** A language whose server loads the code as it is. */
export class PlainRuntime extends ToolRuntime {
  protected override async prepareFile(code: CodeLocation): Promise<WorkloadTemplate> {
    return this.#launch(code.functionId, loadCommand(code));
  }

  override standby(): Promise<WorkloadTemplate> {
    return this.#launch('');
  }

  async #launch(owner: string, load?: WorkloadTemplate['load']): Promise<WorkloadTemplate> {
    const { path } = await this.usableToolchain();
    return this.template({
      owner,
      toolchain: path,
      cwd: this.definition.directory,
      ...(load ? { load } : {}),
    });
  }
}
