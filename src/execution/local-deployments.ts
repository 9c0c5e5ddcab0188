import type { ClockTimer, Milliseconds } from '../clock/clock.ts';
import type { DeploymentSpec, DeploymentStatus, Deployments, Lease } from './deployment.ts';
import { type DeploymentContext, FunctionDeployment } from './function-deployment.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { Runtime } from './runtime.ts';
import type { FunctionId } from './source.ts';

export interface LocalDeploymentsOptions extends DeploymentContext {
  /** A function without requests for this long gives its processes back; 0 keeps them for ever. */
  idleTimeout: Milliseconds;
  /** Above this many functions with processes, those unused longest give theirs back. */
  maxRunning: number;
}

const SWEEP_PERIOD: Milliseconds = 5_000;
/**
 * New functions that are started before anyone asks for them. With more on their way, whoever asks for one would wait
 * behind all those that nobody asked for: the others start with their first request.
 */
const LOADS_AHEAD = 8;

/** Functions on this machine, through a driver. */
export class LocalDeployments implements Deployments {
  readonly #options: LocalDeploymentsOptions;
  readonly #context: DeploymentContext;
  readonly #deployments = new Map<FunctionId, FunctionDeployment>();
  #sweep: ClockTimer | undefined;

  constructor(options: LocalDeploymentsOptions) {
    this.#options = options;
    this.#context = options;
  }

  get size(): number {
    return this.#deployments.size;
  }

  deploy(spec: DeploymentSpec): void {
    const existing = this.#deployments.get(spec.id);
    if (existing) existing.redeploy(spec);
    else if (this.#loading() < LOADS_AHEAD) this.#add(spec).redeploy(spec);
    else this.#add(spec);
  }

  adopt(spec: DeploymentSpec): void {
    if (!this.#deployments.has(spec.id)) this.#add(spec);
  }

  /** Starts one that is asleep. Unknown ids are fine. */
  wake(id: FunctionId): void {
    this.#deployments.get(id)?.wake();
  }

  async remove(id: FunctionId): Promise<void> {
    const deployment = this.#deployments.get(id);
    this.#deployments.delete(id);
    await deployment?.remove();
  }

  has(id: FunctionId): boolean {
    return this.#deployments.has(id);
  }

  claim(id: FunctionId): Lease | undefined {
    return this.#deployments.get(id)?.claim();
  }

  acquire(id: FunctionId, signal: AbortSignal): Promise<Lease> | undefined {
    return this.#deployments.get(id)?.acquire(signal);
  }

  status(id: FunctionId): DeploymentStatus | undefined {
    return this.#deployments.get(id)?.status();
  }

  logs(id: FunctionId): LogBuffer | undefined {
    return this.#deployments.get(id)?.logs;
  }

  /** Has the driver start a process ahead for a language, so that the next function of it starts at once. */
  async warm(runtime: Runtime): Promise<void> {
    const template = await runtime.standby();
    if (template) this.#options.driver.warm(template);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweep?.cancel();
    await Promise.all([...this.#deployments.keys()].map((id) => this.remove(id)));
  }

  #add(spec: DeploymentSpec): FunctionDeployment {
    this.#sweep ??= this.#options.clock.every(SWEEP_PERIOD, () => this.#giveBack());
    const deployment = new FunctionDeployment(spec, this.#context);
    this.#deployments.set(spec.id, deployment);
    return deployment;
  }

  #loading(): number {
    let count = 0;
    for (const deployment of this.#deployments.values()) if (deployment.loading) count++;
    return count;
  }

  /** Puts to sleep what nobody used for long, and the least recently used above the bound. */
  #giveBack(): void {
    const { idleTimeout, maxRunning, clock } = this.#options;
    const running = [...this.#deployments.values()].filter((one) => one.stoppable);
    running.sort((a, b) => a.lastUsed - b.lastUsed);
    const surplus = running.length - maxRunning;
    running.forEach((one, index) => {
      const unused = idleTimeout > 0 && clock.now() - one.lastUsed >= idleTimeout;
      if (unused || index < surplus) void one.sleep();
    });
  }
}
