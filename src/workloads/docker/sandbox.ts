import type Docker from 'dockerode';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { deferred } from '../../support/deferred.ts';
import { TAIL_LINES } from '../explain-exit.ts';
import type { LogLine, WorkloadTemplate } from '../workload.ts';
import type { AgentAddress, AgentCommand, AgentProcess } from './agent-connection.ts';
import { AgentLink } from './agent-link.ts';
import type { DockerWorkload, Host } from './docker-workload.ts';
import { isNotFound } from './engine/engine-errors.ts';
import { Liveness } from './liveness.ts';
import { LogFollower } from './log-follower.ts';
import { type CodeRoute, type ContainerPlace, type Reach, SERVER_PORTS } from './reach.ts';
import { revisionOf, startCommand } from './start-command.ts';

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
  readonly #workloads = new Map<string, DockerWorkload>();
  readonly #adoptable = new Map<string, AgentProcess>();
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
  #latest: DockerWorkload | undefined;
  /** Of the code that ran in it. */
  readonly #versions = new Set<string>();
  #stderrTail: string[] = [];
  #outOfMemory = false;
  #over = false;
  #closed = false;
  /** Workloads that wait for the agent's greeting. */
  readonly #expected = new Set<DockerWorkload>();

  constructor(spec: string, owner: string | undefined, context: SandboxContext) {
    this.spec = spec;
    this.#owner = owner;
    this.#context = context;
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
    return this.#workloads.size === 0 && this.#expected.size === 0;
  }

  /** Old versions that are busy with long requests, and a spare, have all its published ports. */
  get full(): boolean {
    const ports = this.#started?.place.published.size ?? 0;
    return ports > 0 && this.#workloads.size + this.#expected.size >= SERVER_PORTS.length - 1;
  }

  /** Functions whose processes an earlier daemon left in it. */
  get formerOwner(): string | undefined {
    return [...this.#adoptable.values()][0]?.functionId;
  }

  /** Whether a process of this very template, one that was not asked to end, is in it. */
  runs(template: WorkloadTemplate): boolean {
    return [...this.#expected, ...this.#workloads.values()].some(
      (one) => one.template === template && !one.stopping && !one.ended,
    );
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
      onLine: (line) => this.#onLine(line),
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
    this.#expected.add(workload);
    void workload.exited.then(() => this.#expected.delete(workload));
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
    const former = this.#takeFormer(workload.template);
    if (former) {
      this.#workloads.set(former.process, workload);
      this.#forgetAtEnd(workload);
      this.#expected.delete(workload);
      this.#latest = workload;
      workload.adopt(this, former.process, former.port);
      return;
    }
    const route = workload.template.container?.code ? await this.#context.route(this) : undefined;
    if (this.#over) throw new Error('the container ended');
    if (!workload.begin(this)) return;
    this.#latest = workload;
    this.#stderrTail = [];
    this.#workloads.set(workload.process, workload);
    this.#expected.delete(workload);
    this.#forgetAtEnd(workload);
    await this.#start(workload, route);
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
    const outOfMemory = this.#outOfMemory;
    for (const workload of this.#workloads.values()) workload.lost(signal ? null : code, signal, outOfMemory);
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
    return this.#stderrTail;
  }

  retryWithContent(workload: DockerWorkload): boolean {
    if (workload.process !== workload.id) return false;
    const failed = workload.process;
    this.#workloads.delete(failed);
    this.send({ command: 'stop', process: failed, grace: 0 });
    workload.process = `${workload.id}-content`;
    this.#workloads.set(workload.process, workload);
    this.#start(workload, undefined).catch((error: Error) =>
      workload.failToStart({ kind: 'setup', message: `the code can't be read: ${error.message}` }),
    );
    return true;
  }

  async #start(workload: DockerWorkload, route: CodeRoute | undefined): Promise<void> {
    const { template } = workload;
    this.#versions.add(revisionOf(template));
    // Code that was changed once is likely to be changed again.
    const spare = template.container!.edited || this.#versions.size > 1;
    this.send(await startCommand(workload, route, spare));
  }

  /** The process of an earlier daemon that runs this template's code; all others of its are ended. */
  #takeFormer(template: WorkloadTemplate): AgentProcess | undefined {
    const former = [...this.#adoptable.values()];
    this.#adoptable.clear();
    const revision = revisionOf(template);
    const match =
      revision === ''
        ? undefined
        : former.find(
            (one) => one.revision === revision && one.state === 'ready' && one.functionId === template.owner,
          );
    for (const { process } of former)
      if (process !== match?.process) this.send({ command: 'stop', process, grace: 0 });
    return match;
  }

  #forgetAtEnd(workload: DockerWorkload): void {
    void workload.exited.then(() => {
      for (const [process, one] of this.#workloads) if (one === workload) this.#workloads.delete(process);
    });
  }

  #onGreeting(processes: readonly AgentProcess[], address: AgentAddress): void {
    const first = this.#agent === undefined;
    this.#agent = address;
    this.#context.reach.learn(this.#started!.place, address);
    if (first) {
      for (const process of processes) this.#adoptable.set(process.process, process);
    } else {
      const there = new Set(processes.map(({ process }) => process));
      // What ended while nobody listened.
      for (const [process, workload] of this.#workloads)
        if (workload.port !== 0 && !there.has(process)) workload.lost(null, null, false);
    }
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
    this.#workloads.get(String(message.process))?.receive(message);
  }

  #onLine(line: LogLine): void {
    if (line.stream === 'stderr') {
      this.#stderrTail.push(line.text);
      if (this.#stderrTail.length > TAIL_LINES) this.#stderrTail.shift();
    }
    this.#latest?.onLog(line);
  }
}
