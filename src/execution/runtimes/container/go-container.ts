import type { ContainerTemplate } from '../../../workloads/workload.ts';
import type { CodeLocation } from '../../runtime.ts';
import { moduleFolder } from '../go-build.ts';
import { explainGoBuild } from '../go-errors.ts';
import { type Additions, ContainerRuntime } from './container-runtime.ts';

/** Where the official image has modules, too. */
const MODULES = '/go/pkg/mod';

/** Go in a container, whose agent compiles: this machine need not have Go. */
export class GoContainer extends ContainerRuntime {
  /** A module is compiled as a whole, and the modules that it names are downloaded once for all containers. */
  protected override async additions({ directory }: CodeLocation): Promise<Additions> {
    const module = await moduleFolder(directory);
    if (module === undefined) return {};
    const mounts = module === directory ? [] : [module];
    return { mounts, caches: { [MODULES]: 'go-modules' }, env: { GOMODCACHE: MODULES } };
  }

  protected override compilation({
    entry,
    stored,
  }: CodeLocation): Pick<ContainerTemplate, 'compiles' | 'explainBuild'> {
    const inline = stored !== undefined;
    return { compiles: true, explainBuild: (output) => explainGoBuild({ ...output, entry, inline }) };
  }
}
