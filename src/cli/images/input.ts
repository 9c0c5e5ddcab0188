import type { RuntimeDefinition } from '../../execution/runtime.ts';
import type { DockerConfig } from '../../workloads/docker/engine/docker-config.ts';
import type { Engine } from '../../workloads/docker/engine/engine.ts';
import type { PlanOptions } from '../../workloads/docker/images/image-plan.ts';
import type { CliContext } from '../context.ts';

/** What the actions of `lambdock images` work with. */
export interface ImagesInput {
  engine: Engine;
  auths: DockerConfig['auths'];
  context: CliContext;
  /** All runtimes there are. */
  known: readonly RuntimeDefinition[];
  /** Those that were named; undefined when none was. */
  named: readonly RuntimeDefinition[] | undefined;
  plan: PlanOptions;
  json: boolean;
}
