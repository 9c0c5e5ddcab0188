import type Docker from 'dockerode';
import type { Clock } from '../../../clock/clock.ts';
import type { LaunchPlan } from '../../../execution/environments/launch-plan.ts';
import type { Program, ProgramPlan } from '../../../execution/environments/program.ts';
import type { Session, Site } from '../../../execution/environments/site.ts';
import { ApiServer } from '../../../execution/runtime-api/api-server.ts';
import type { ContainerBlueprint } from './container-blueprint.ts';
import { ContainerProgram } from './container-program.ts';
import { containerVariables } from './container-variables.ts';
import type { FunctionContainer } from './function-container.ts';
import type { FunctionContainers } from './function-containers.ts';
import type { HostView } from './host-view.ts';

export interface ContainerSiteOptions {
  blueprint: ContainerBlueprint;
  containers: FunctionContainers;
  view: HostView;
  clock: Clock;
  /** Where the AWS API answers, as containers reach it. */
  endpointUrl: string;
}

/** One environment as a container, and another one where its first start has failed. */
export class ContainerSite implements Site {
  readonly api = new ApiServer();
  readonly standby = undefined;
  readonly #options: ContainerSiteOptions;
  readonly #address: string;
  /** Made, and not started yet. */
  #ready: Promise<Docker.Container> | undefined;
  readonly #ids = new Set<string>();
  #closed = false;

  static async open(options: ContainerSiteOptions): Promise<ContainerSite> {
    const { bind, name } = options.view;
    const site = new ContainerSite(options, name);
    site.#port = await site.api.listen(bind, name);
    return site;
  }

  #port = 0;

  private constructor(options: ContainerSiteOptions, address: string) {
    this.#options = options;
    this.#address = address;
  }

  async plan(session: Session): Promise<LaunchPlan> {
    const { blueprint, endpointUrl } = this.#options;
    const { fn, cwd, command, extensions } = blueprint;
    const inside = { ...session, endpointUrl };
    const variables = containerVariables(blueprint, inside, `${this.#address}:${this.#port}`);
    const plan: LaunchPlan = {
      cwd,
      extensions,
      extensionEnvironment: variables.extensions,
      program: {
        command,
        cwd,
        env: variables.runtime,
        frames: blueprint.frames,
        standby: false,
        memoryMb: fn.memoryMb,
      },
    };
    this.#ready = this.#create(plan.program);
    await this.#ready;
    return plan;
  }

  start(plan: ProgramPlan): Program {
    const container = this.#ready ?? this.#create(plan);
    this.#ready = undefined;
    return new ContainerProgram(container, plan.frames, {
      clock: this.#options.clock,
      peakMemoryMb: () => undefined,
      started: () => {},
      remove: () => void container.then(({ id }) => this.#remove(id)).catch(() => {}),
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.api.close();
    await this.#ready?.catch(() => {}); // told to who planned
    await Promise.all([...this.#ids].map((id) => this.#remove(id)));
  }

  async #create({ command, cwd, env }: ProgramPlan): Promise<Docker.Container> {
    const { blueprint, containers } = this.#options;
    const { fn, image, mounts } = blueprint;
    const spec: Omit<FunctionContainer, 'network'> = {
      image: image.id,
      functionName: fn.name,
      command,
      cwd,
      env,
      memoryMb: fn.memoryMb,
      mounts,
    };
    const container = await containers.create(spec);
    this.#ids.add(container.id);
    if (this.#closed) await this.#remove(container.id);
    return container;
  }

  async #remove(id: string): Promise<void> {
    this.#ids.delete(id);
    await this.#options.containers.remove(id);
  }
}
