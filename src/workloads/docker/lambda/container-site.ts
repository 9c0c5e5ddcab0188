import type Docker from 'dockerode';
import type { Clock } from '../../../clock/clock.ts';
import type { LaunchPlan } from '../../../execution/environments/launch-plan.ts';
import type { Program, ProgramPlan } from '../../../execution/environments/program.ts';
import type { Session, Site } from '../../../execution/environments/site.ts';
import { ApiServer } from '../../../execution/runtime-api/api-server.ts';
import type { ContainerBlueprint } from './container-blueprint.ts';
import { ContainerMemory } from './container-memory.ts';
import { ContainerProgram } from './container-program.ts';
import { containerVariables } from './container-variables.ts';
import { ExecProgram } from './exec-program.ts';
import type { FunctionContainer } from './function-container.ts';
import type { FunctionContainers } from './function-containers.ts';
import type { HostView } from './host-view.ts';
import { openTemporary } from './image-contents.ts';

export interface ContainerSiteOptions {
  blueprint: ContainerBlueprint;
  containers: FunctionContainers;
  view: HostView;
  clock: Clock;
  /** Where the AWS API answers, as containers reach it. */
  endpointUrl: string;
}

const KEEPER: readonly [string, ...string[]] = [
  '/bin/sh',
  '-c',
  'trap "exit 0" TERM; while :; do sleep 3600 & wait; done',
];

/** One environment as a container, and another one where its first start has failed. */
export class ContainerSite implements Site {
  readonly api = new ApiServer();
  readonly standby = undefined;
  readonly #options: ContainerSiteOptions;
  readonly #address: string;
  #port = 0;
  /** Made, and not started yet. */
  #ready: Promise<Docker.Container> | undefined;
  /** What has the container go on while other programs run in it. */
  #keeper: Promise<Docker.Container> | undefined;
  /** Programs beside each other. */
  #beside = 0;
  readonly #ids = new Set<string>();
  #closed = false;

  static async open(options: ContainerSiteOptions): Promise<ContainerSite> {
    const { bind, name } = options.view;
    const site = new ContainerSite(options, name);
    site.#port = await site.api.listen(bind, name);
    return site;
  }

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
    this.#ready = this.#create(this.#alone ? plan.program : this.#keeperPlan());
    await this.#ready;
    return plan;
  }

  start(plan: ProgramPlan): Program {
    return this.#alone ? this.#startAlone(plan) : this.#startBeside(plan);
  }

  /** Whether the runtime has the container to itself. */
  get #alone(): boolean {
    return Object.keys(this.#options.blueprint.extensions).length === 0;
  }

  #startAlone(plan: ProgramPlan): Program {
    const container = this.#ready ?? this.#create(plan);
    this.#ready = undefined;
    return new ContainerProgram(container, plan.frames, {
      clock: this.#options.clock,
      again: () => this.#create(plan),
      memory: (one) => new ContainerMemory(one),
      remove: ({ id }) => this.#remove(id),
    });
  }

  /** Starts one of several programs; when all have ended, so has the container, and the next one gets another. */
  #startBeside(plan: ProgramPlan): Program {
    this.#keeper ??= this.#startKeeper();
    const keeper = this.#keeper;
    this.#beside++;
    const program = new ExecProgram(keeper, plan, {
      clock: this.#options.clock,
      memory: (one) => new ContainerMemory(one),
    });
    void program.exited.then(() => {
      if (--this.#beside > 0) return;
      this.#keeper = undefined;
      keeper.then(
        ({ id }) => this.#remove(id),
        () => {}, // told by the program's exit
      );
    });
    return program;
  }

  async #startKeeper(): Promise<Docker.Container> {
    const container = await (this.#ready ?? this.#create(this.#keeperPlan()));
    this.#ready = undefined;
    await container.start();
    return container;
  }

  #keeperPlan(): Pick<ProgramPlan, 'command' | 'cwd' | 'env'> {
    return { command: KEEPER, cwd: this.#options.blueprint.cwd, env: {} };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.api.close();
    await this.#ready?.catch(() => {}); // told to who planned
    await Promise.all([...this.#ids].map((id) => this.#remove(id)));
  }

  async #create({
    command,
    cwd,
    env,
  }: Pick<ProgramPlan, 'command' | 'cwd' | 'env'>): Promise<Docker.Container> {
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
    else if (blueprint.closedTemporary) await openTemporary(container);
    return container;
  }

  async #remove(id: string): Promise<void> {
    this.#ids.delete(id);
    await this.#options.containers.remove(id);
  }
}
