import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { deferred } from '../../support/deferred.ts';
import type { DriverState, LogLine, Workload, WorkloadDriver, WorkloadTemplate } from '../workload.ts';
import { CodeAccess } from './code-access.ts';
import { ContainerEvents } from './container-events.ts';
import { Containers, type FoundContainer } from './containers.ts';
import { DockerWorkload } from './docker-workload.ts';
import { engineMessage, isUnavailable, unavailableReason } from './engine/engine-errors.ts';
import { explainStart } from './explain.ts';
import { labelOf } from './labels.ts';
import type { FunctionNetwork } from './network.ts';
import { type CodeRoutes, Reach } from './reach.ts';
import { Sandbox } from './sandbox.ts';
import { SandboxPool } from './sandbox-pool.ts';

export interface DockerDriverOptions {
  docker: Docker;
  network: FunctionNetwork;
  /** The engine in words, for health: `Docker 27.1 at unix:///var/run/docker.sock`. */
  engine: string;
  clock: Clock;
  /** Kept with the daemon's data; what carries it as label is the daemon's own. */
  daemonId: string;
  secret: string;
  /** CPUs a container may use; 0 for all. */
  cpuLimit: number;
  pidsLimit: number;
  /** Keep a container of each runtime in use started ahead. */
  standby: boolean;
  /** Volumes hold what later runs of this daemon have use for. */
  keepVolumes: boolean;
  routes: CodeRoutes;
  onNotice(message: string): void;
}

/** The next standby must not compete for the processor with the start that took the last one. */
const REFILL_PAUSE: Milliseconds = 250;
/** A hundred containers are removed in half of it. An engine that hangs must not keep the daemon from stopping. */
const REMOVAL_PATIENCE: Milliseconds = 20_000;

/** Runs workloads as server processes in containers; see docs/decisions/006-functions-in-containers.md. */
export class DockerDriver implements WorkloadDriver {
  readonly name = 'docker';
  readonly #options: DockerDriverOptions;
  readonly #reach = new Reach();
  readonly #containers: Containers;
  readonly #code: CodeAccess;
  readonly #pool: SandboxPool;
  readonly #events: ContainerEvents;
  readonly #workloads = new Set<DockerWorkload>();
  /** Containers being made and removed. */
  readonly #busy = new Set<Promise<void>>();
  /** Resolves when what an earlier daemon left was looked at. */
  readonly #looked = deferred<void>();
  #firstLook = true;
  #lost: Error | undefined;
  #disposed = false;

  constructor(options: DockerDriverOptions) {
    const { docker, network, clock, daemonId, secret, cpuLimit, pidsLimit, routes } = options;
    this.#options = options;
    this.#containers = new Containers({
      docker,
      network,
      reach: this.#reach,
      defaults: { daemonId, cpuLimit, pidsLimit },
      secret,
    });
    this.#code = new CodeAccess(network, routes);
    this.#pool = new SandboxPool(clock);
    this.#events = new ContainerEvents({
      docker,
      clock,
      onDied: (id, code) => this.#find(id)?.died(code),
      onOutOfMemory: (id) => this.#find(id)?.noteOutOfMemory(),
      onDisconnected: (id) => this.#find(id)?.look(),
      onConnected: () => this.#onConnected(),
      onLost: (error) => this.#onLost(error),
    });
  }

  state(): DriverState {
    const standbys = this.#pool.standbys;
    const notice = this.#lost ? lostNotice(this.#lost) : this.#code.notice;
    return {
      name: this.name,
      workloads: this.#workloads.size,
      standbys,
      containers: this.#pool.size,
      engine: this.#options.engine,
      label: labelOf(this.#options.daemonId),
      ...(this.#reach.known
        ? { access: this.#reach.direct ? 'container addresses' : 'published ports' }
        : {}),
      ...(this.#code.routeName === undefined ? {} : { code: this.#code.routeName }),
      ...(notice === undefined ? {} : { notice }),
    };
  }

  start(template: WorkloadTemplate, onLog: (line: LogLine) => void): Workload {
    if (this.#disposed) throw new Error('the Docker driver was stopped');
    const place = () =>
      this.#place(workload).catch((error: unknown) => workload.failToStart(explainStart(error)));
    const workload: DockerWorkload = new DockerWorkload(template, onLog, this.#options.clock, place);
    this.#workloads.add(workload);
    void workload.exited.then(() => this.#workloads.delete(workload));
    void place();
    return workload;
  }

  warm(template: WorkloadTemplate): void {
    if (this.#disposed || !this.#options.standby || !isForAnyone(template)) return;
    const spec = this.#containers.specOf(template);
    void this.#looked.promise.then(() => {
      if (this.#disposed || this.#pool.hasStandby(spec)) return;
      // A standby that can't be had is no one's trouble: who needs a container is told why there is none.
      this.#open({ ...template, owner: '' }, spec, undefined).greeted.catch(() => {});
    });
  }

  async release(owner: string): Promise<void> {
    this.#pool.release(owner);
  }

  async recovered(): Promise<string[]> {
    await this.#looked.promise;
    const owners = [...this.#pool].map((one) => one.formerOwner);
    return [...new Set(owners.filter((owner) => owner !== undefined))];
  }

  async clean(): Promise<void> {
    await this.#discard([...this.#pool].filter(({ empty }) => empty));
    const strays = this.#strays(await this.#containers.list());
    await Promise.all(strays.map(({ id }) => this.#containers.remove(id)));
    await this.#containers.removeVolumes();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#looked.resolve();
    const done = new AbortController();
    const late = this.#options.clock.sleep(REMOVAL_PATIENCE, done.signal).then(
      () => this.#options.onNotice('Docker is slow to remove what was ours; the next start removes the rest'),
      () => {}, // it was in time
    );
    await Promise.race([this.#removeAll(), late]);
    done.abort();
    this.#events[Symbol.dispose]();
  }

  async #removeAll(): Promise<void> {
    await this.#discard([...this.#pool]);
    this.#events[Symbol.dispose]();
    try {
      for (const { id } of await this.#containers.list()) await this.#containers.remove(id);
      if (!this.#options.keepVolumes) await this.#containers.removeVolumes();
      await this.#options.network.remove();
    } catch (error) {
      this.#options.onNotice(leftNotice(error, this.#containers.left));
    }
  }

  /** Resolves when their containers are gone, and those of all that ended before. */
  async #discard(sandboxes: readonly Sandbox[]): Promise<void> {
    for (const sandbox of sandboxes) this.#pool.discard(sandbox);
    await Promise.all(sandboxes.map(({ ended }) => ended));
    await Promise.all(this.#busy);
  }

  async #place(workload: DockerWorkload): Promise<void> {
    const { template } = workload;
    await this.#looked.promise;
    if (this.#disposed) throw new Error('the daemon is stopping');
    const spec = this.#containers.specOf(template);
    const sandbox = this.#pool.take(template, spec) ?? this.#open(template, spec, template.owner);
    sandbox.expect(workload);
    try {
      await sandbox.greeted;
      await sandbox.run(workload);
    } catch (error) {
      // Someone took the container, or its network, away.
      if (sandbox.over && !this.#disposed && workload.takeSecondChance()) return this.#place(workload);
      throw error;
    }
    void workload.exited.then(() => this.#pool.noteEnd(sandbox));
    this.#options.clock.after(REFILL_PAUSE, () => this.warm(template));
  }

  /** A new container, which is on its way when this returns. */
  #open(template: WorkloadTemplate, spec: string, owner: string | undefined): Sandbox {
    const sandbox = this.#sandbox(spec, owner);
    this.#pool.add(sandbox);
    this.#track(
      this.#containers
        .start(template, (id) => sandbox.created(id))
        .then(
          async (started) => {
            if (sandbox.over) await this.#containers.remove(started.container.id);
            else sandbox.open(started).catch(() => this.#pool.discard(sandbox));
          },
          (error: Error) => {
            sandbox.fail(error);
            this.#pool.discard(sandbox);
          },
        ),
    );
    return sandbox;
  }

  #sandbox(spec: string, owner: string | undefined): Sandbox {
    const { clock } = this.#options;
    const route = (sandbox: Sandbox) => this.#code.route(sandbox);
    const sandbox = new Sandbox(spec, owner, { clock, reach: this.#reach, route });
    void sandbox.ended.then(() => this.#track(this.#removeEnded(sandbox)));
    return sandbox;
  }

  #find(containerId: string): Sandbox | undefined {
    for (const sandbox of this.#pool) if (sandbox.containerId === containerId) return sandbox;
    return undefined;
  }

  /** Whether it was given up or ended by itself. One without a container yet is seen to by who starts that. */
  async #removeEnded({ containerId }: Sandbox): Promise<void> {
    if (containerId !== undefined) await this.#containers.remove(containerId);
  }

  /** What the end of the driver has to wait for. A failure is no loss: what is left is found again by its label. */
  #track(work: Promise<void>): void {
    const tracked = work.catch(() => {}).finally(() => this.#busy.delete(tracked));
    this.#busy.add(tracked);
  }

  #onLost(error: Error): void {
    if (!this.#disposed && !this.#lost) this.#options.onNotice(lostNotice(error));
    this.#lost ??= error;
  }

  /** Docker answers, for the first time or again: brings what we think there is in line with what there is. */
  async #onConnected(): Promise<void> {
    const found = await this.#containers.list();
    if (this.#lost) this.#options.onNotice('Docker answers again');
    this.#lost = undefined;
    const running = new Set(found.filter((one) => one.running).map(({ id }) => id));
    for (const sandbox of this.#pool)
      if (sandbox.running && !running.has(sandbox.containerId!)) sandbox.died(null);
    const adopt = this.#firstLook;
    this.#firstLook = false;
    await Promise.all(this.#strays(found).map((one) => this.#takeOver(one, adopt)));
    this.#looked.resolve();
  }

  /** Those that nothing here knows of: an earlier daemon's, and what Docker made or kept while it could not tell us. */
  #strays(found: readonly FoundContainer[]): FoundContainer[] {
    const used = new Set([...this.#pool].map((one) => one.containerId));
    return found.filter((one) => !used.has(one.id) && !this.#containers.isBeingMade(one));
  }

  /** Keeps a healthy container that an earlier daemon used for a function, and removes any other. */
  async #takeOver(found: FoundContainer, adopt: boolean): Promise<void> {
    if (adopt && found.running && found.spec !== '') {
      const sandbox = this.#sandbox(found.spec, undefined);
      sandbox.created(found.id);
      this.#pool.add(sandbox);
      try {
        const started = await this.#containers.adopt(found, this.#options.clock.now() / 1000);
        await sandbox.open(started, 'found');
        if (sandbox.formerOwner !== undefined) sandbox.assign(sandbox.formerOwner);
        return;
      } catch {
        this.#pool.discard(sandbox); // it was not healthy
      }
    }
    await this.#containers.remove(found.id).catch(() => {}); // is tried again at the next connection
  }
}

function lostNotice({ message }: Error): string {
  return `Docker does not answer (${message}); once it does, functions come back by themselves`;
}

/** `left`: containers that could not be removed. */
function leftNotice(error: unknown, left: number): string {
  const what =
    left === 0 ? 'what is left' : `${left} container${left === 1 ? '' : 's'} and what else is left`;
  if (isUnavailable(error))
    return `Docker does not answer (${unavailableReason(error)}); the next start removes ${what}`;
  return `Docker did not remove all that was ours (${engineMessage(error)}); the next start removes ${what}`;
}

/** Without mounts a container can serve any function of its runtime. */
function isForAnyone({ container }: WorkloadTemplate): boolean {
  return container !== undefined && container.mounts.length === 0;
}
