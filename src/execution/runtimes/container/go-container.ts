import type { ContainerTemplate } from '../../../workloads/workload.ts';
import type { CodeLocation } from '../../runtime.ts';
import { explainGoBuild } from '../go-errors.ts';
import { ContainerRuntime } from './container-runtime.ts';

/** Go in a container, whose agent compiles: this machine need not have Go. */
export class GoContainer extends ContainerRuntime {
  protected override compilation({
    entry,
    stored,
  }: CodeLocation): Pick<ContainerTemplate, 'compiles' | 'explainBuild'> {
    const inline = stored !== undefined;
    return { compiles: true, explainBuild: (output) => explainGoBuild({ ...output, entry, inline }) };
  }
}
