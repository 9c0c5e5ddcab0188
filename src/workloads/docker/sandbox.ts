import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { deferred } from '../../support/deferred.ts';
import type { WorkloadTemplate } from '../workload.ts';
import type { AgentAddress, AgentCommand, AgentProcess } from './agent-connection.ts';
import { AgentLink } from './agent-link.ts';
import type { DockerWorkload, Host } from './docker-workload.ts';
import { isNotFound } from './engine/engine-errors.ts';
import { Liveness } from './liveness.ts';
import { LogFollower } from './log-follower.ts';
import { type CodeRoute, type ContainerPlace, type Reach, SERVER_PORTS } from './reach.ts';
import { SandboxProcesses } from './sandbox-processes.ts';

export interface SandboxContext {
  clock: Clock;
  reach: Reach;
  /** The way in which code gets into containers; undefined: over the agent's connection. */
  route(sandbox: Sandbox): Promise<CodeRoute | undefined>;
}

/** A started container of ours. */
export interface StartedContainer {
  container: Docker.Container;
  place: ContainerPlace;
  token: string;
  /** When it was started; its output from then on is read. Absent: all of it. */
  since?: number;
}

/** From a container's start to its agent's greeting. */
const AGENT_TIMEOUT: Milliseconds = 30_000;
/** An agent that has been running greets at once. */
const GREETING_TIMEOUT: Milliseconds = 2_000;
const PROBE_TIMEOUT: Milliseconds = 2_000;
/** How long after a process's end the last of its output may take to come through Docker. */
const OUTPUT_SETTLES: Milliseconds = 150;

/** One container and the agent in it, in which server processes of one function run. */
export class Sandbox implements Host {
  /** Digest of all that decided how the container is made. */
  readonly spec: string;
  #owner: string | undefined;
  readonly #context: SandboxContext;
  readonly #processes: SandboxProcesses;
  readonly #probes = new Map<string, (results: Record<string, unknown>) => void>();
  readonly #greeted = deferred<void>();
  readonly #ended = deferred<void>();
  readonly #liveness: Liveness;
  #containerId: string | undefined;
  /** How its container ended before it was known to have started. */
  #earlyEnd: { code: number | null } | undefined;
  /** There was reason to look at it before that. */
  #lookLater = false;
  #started: StartedContainer | undefined;
  #link: AgentLink | undefined;
  #agent: AgentAddress | undefined;
  #logs: LogFollower | undefined;
  #outOfMemory = false;
  #over = false;
  #closed = false;

  constructor(spec: string, owner: string | undefined, context: SandboxContext) {
    this.spec = spec;
    this.#owner = owner;
    this.#context = context;
    this.#processes = new SandboxProcesses(this, (command) => this.send(command));
    const ask = () => this.send({ command: 'ping' });
    this.#liveness = new Liveness(context.clock, ask, () => this.close());
  }

  /** Whose processes it runs; undefined as long as it waits to be used. */
  get owner(): string | undefined {
    return this.#owner;
  }

  /** Gives it to a function for good. Its name is for people who look at `docker ps`. */
  assign(owner: string): void {
    if (this.#owner === owner) return;
    this.#owner = owner;
    this.#rename();
  }

  #rename(): void {
    const { container } = this.#started ?? {};
    if (!container || !this.#owner) return;
    const name = `lambdock-${this.#owner}-${container.id.slice(0, 8)}`;
    container.rename({ name }).catch(() => {}); // it is as good under its first one
  }

  /** Resolves when its agent has greeted; rejects when it never will. */
  get greeted(): Promise<void> {
    return this.#greeted.promise;
  }

  /** Resolves when the container runs no more, and its output was read. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get over(): boolean {
    return this.#over;
  }

  get containerId(): string | undefined {
    return this.#containerId;
  }

  /** Its container was running, and no end of it is known. */
  get running(): boolean {
    return this.#started !== undefined && !this.#over;
  }

  get empty(): boolean {
    return this.#processes.size === 0;
  }

  /** Old versions that are busy with long requests, and a spare, have all its published ports. */
  get full(): boolean {
    const ports = this.#started?.place.published.size ?? 0;
    return ports > 0 && this.#processes.size >= SERVER_PORTS.length - 1;
  }

  /** Functions whose processes an earlier daemon left in it. */
  get formerOwner(): string | undefined {
    return this.#processes.formerOwner;
  }

  /** Whether a process of this very template, one that was not asked to end, is in it. */
  runs(template: WorkloadTemplate): boolean {
    return this.#processes.has(template);
  }

  /** Its container exists, but does not run yet. */
  created(containerId: string): void {
    this.#containerId = containerId;
    this.#earlyEnd = undefined;
  }

  /** Gives it the container that was started for it, and greets the agent. */
  async open(started: StartedContainer, how: 'new' | 'found' = 'new'): Promise<void> {
    const { clock, reach } = this.#context;
    this.#started = started;
    this.#containerId = started.container.id;
    this.#rename();
    const addresses = reach.agentAddresses(started.place);
    this.#logs = new LogFollower({
      container: started.container,
      clock,
      ...(started.since === undefined ? {} : { since: started.since }),
      onLine: (line) => this.#processes.onLine(line),
    });
    const link = new AgentLink({
      clock,
      token: started.token,
      addresses,
      onMessage: (message) => this.#receive(message),
      onGreeting: (processes, address) => this.#onGreeting(processes, address),
      // It breaks a moment before Docker tells that the container was killed: no request should wait for that.
      onBroken: () => this.look(),
    });
    this.#link = link;
    // Without an address its network was taken away between its making and its start.
    if (this.#closed || addresses.length === 0) this.close();
    if (this.#earlyEnd) this.died(this.#earlyEnd.code);
    if (this.#lookLater) this.look();
    const patience = how === 'new' ? AGENT_TIMEOUT : GREETING_TIMEOUT;
    const timer = clock.after(patience, () => this.fail(new Error('the container’s agent does not answer')));
    try {
      await link.connect();
    } catch (error) {
      this.fail(error as Error);
    } finally {
      timer.cancel();
    }
    await this.greeted;
  }

  /** There will be no container for it. */
  fail(error: Error): void {
    this.#greeted.reject(error);
    this.#link?.[Symbol.dispose]();
  }

  /** Says that a workload will run in it, once the agent has greeted. */
  expect(workload: DockerWorkload): void {
    this.#processes.expect(workload);
  }

  /** Lets go of the container, whose removal is someone else's. What runs in it is told to have ended. */
  close(): void {
    this.#closed = true;
    this.#link?.[Symbol.dispose]();
    this.#logs?.close();
    this.#end(null);
  }

  /** Starts a process for the workload, or hands it the one that an earlier daemon started for the same code. */
  async run(workload: DockerWorkload): Promise<void> {
    if (this.#processes.adopt(workload)) return;
    const route = workload.template.container?.code ? await this.#context.route(this) : undefined;
    if (this.#over) throw new Error('the container ended');
    await this.#processes.start(workload, route);
  }

  /** Has the agent try to GET each URL; resolves with what it got: a status, or an error's text. */
  probe(urls: readonly string[]): Promise<Record<string, unknown>> {
    const probe = `probe-${this.#probes.size + 1}`;
    return new Promise((resolve) => {
      const timer = this.#context.clock.after(PROBE_TIMEOUT * 2, () => resolve({}));
      this.#probes.set(probe, (results) => {
        timer.cancel();
        resolve(results);
      });
      this.send({ command: 'probe', probe, urls, timeout: PROBE_TIMEOUT });
    });
  }

  /** Its container was told to have ended. */
  died(code: number | null): void {
    if (this.#started) this.#end(code);
    else this.#earlyEnd = { code }; // told by one connection before the other could tell that it runs
  }

  #end(code: number | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#liveness[Symbol.dispose]();
    this.fail(new Error(`the container ended with exit code ${code}`));
    // 137 and 143 are how an engine tells a signal.
    const signal = code === 137 ? 'SIGKILL' : code === 143 ? 'SIGTERM' : null;
    this.#processes.lost(signal ? null : code, signal, this.#outOfMemory);
    const read = this.#logs?.finish() ?? Promise.resolve();
    void read.then(() => this.#ended.resolve());
  }

  noteOutOfMemory(): void {
    this.#outOfMemory = true;
  }

  checkAgent(): void {
    this.#liveness.check();
  }

  /** Looks whether the container still runs, and where it can be reached. */
  look(): void {
    this.#lookLater = this.#started === undefined;
    if (!this.running) return;
    this.#started!.container.inspect().then(
      ({ State: state, NetworkSettings: { Networks: networks } }) => {
        if (!state.Running) this.died(state.ExitCode);
        else if (Object.keys(networks ?? {}).length === 0) this.close();
      },
      (error: unknown) => {
        if (isNotFound(error)) this.died(null);
      },
    );
  }

  send(command: AgentCommand): void {
    this.#link?.send(command);
  }

  addressOf(port: number): AgentAddress {
    return this.#context.reach.serverAddress(this.#started!.place, this.#agent!, port);
  }

  async outputSettled(): Promise<void> {
    await this.#context.clock.sleep(OUTPUT_SETTLES);
  }

  stderrTail(): string[] {
    return this.#processes.stderrTail;
  }

  retryWithContent(workload: DockerWorkload): boolean {
    return this.#processes.retryWithContent(workload);
  }

  #onGreeting(processes: readonly AgentProcess[], address: AgentAddress): void {
    const first = this.#agent === undefined;
    this.#agent = address;
    this.#context.reach.learn(this.#started!.place, address);
    if (first) this.#processes.found(processes);
    else this.#processes.stillThere(processes);
    this.#greeted.resolve();
  }

  #receive(message: Record<string, unknown>): void {
    this.#liveness.heard();
    if (message.event === 'probed') {
      const probe = String(message.probe);
      this.#probes.get(probe)?.((message.results ?? {}) as Record<string, unknown>);
      this.#probes.delete(probe);
      return;
    }
    this.#processes.receive(message);
  }
}
