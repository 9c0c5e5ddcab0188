import { TAIL_LINES } from '../explain-exit.ts';
import type { LogLine, WorkloadTemplate } from '../workload.ts';
import type { AgentCommand, AgentProcess } from './agent-connection.ts';
import type { DockerWorkload, Host } from './docker-workload.ts';
import type { CodeRoute } from './reach.ts';
import { revisionOf, startCommand } from './start-command.ts';

/** The server processes of one container: those that run, those to come, and those that an earlier daemon left in it. */
export class SandboxProcesses {
  readonly #host: Host;
  readonly #send: (command: AgentCommand) => void;
  /** By their names for the agent. */
  readonly #running = new Map<string, DockerWorkload>();
  /** Wait for the agent's greeting. */
  readonly #expected = new Set<DockerWorkload>();
  readonly #adoptable = new Map<string, AgentProcess>();
  #latest: DockerWorkload | undefined;
  /** Of the code that ran in it. */
  readonly #versions = new Set<string>();
  #stderrTail: string[] = [];

  constructor(host: Host, send: (command: AgentCommand) => void) {
    this.#host = host;
    this.#send = send;
  }

  /** Of those that run and those to come. */
  get size(): number {
    return this.#running.size + this.#expected.size;
  }

  /** Whose processes an earlier daemon left. */
  get formerOwner(): string | undefined {
    return [...this.#adoptable.values()][0]?.functionId;
  }

  /** The newest lines of stderr since the last start. */
  get stderrTail(): string[] {
    return this.#stderrTail;
  }

  /** Whether a process of this very template, one that was not asked to end, is among them. */
  has(template: WorkloadTemplate): boolean {
    return [...this.#expected, ...this.#running.values()].some(
      (one) => one.template === template && !one.stopping && !one.ended,
    );
  }

  expect(workload: DockerWorkload): void {
    this.#expected.add(workload);
    void workload.exited.then(() => this.#expected.delete(workload));
  }

  /** Hands the workload the process that an earlier daemon started for the same code. False where there is none. */
  adopt(workload: DockerWorkload): boolean {
    const former = this.#takeFormer(workload.template);
    if (!former) return false;
    this.#add(former.process, workload);
    workload.adopt(this.#host, former.process, former.port);
    return true;
  }

  /** Rejects when the code can't be read. */
  async start(workload: DockerWorkload, route: CodeRoute | undefined): Promise<void> {
    if (!workload.begin(this.#host)) return;
    this.#stderrTail = [];
    this.#add(workload.process, workload);
    await this.#tellAgent(workload, route);
  }

  /** False where that was tried. */
  retryWithContent(workload: DockerWorkload): boolean {
    if (workload.process !== workload.id) return false;
    const failed = workload.process;
    this.#running.delete(failed);
    this.#send({ command: 'stop', process: failed, grace: 0 });
    workload.process = `${workload.id}-content`;
    this.#running.set(workload.process, workload);
    this.#tellAgent(workload, undefined).catch((error: Error) =>
      workload.failToStart({ kind: 'setup', message: `the code can't be read: ${error.message}` }),
    );
    return true;
  }

  /** What the agent of a container that was found says it runs. */
  found(processes: readonly AgentProcess[]): void {
    for (const process of processes) this.#adoptable.set(process.process, process);
  }

  /** What the agent runs, after a time in which nobody listened to it: the others have ended. */
  stillThere(processes: readonly AgentProcess[]): void {
    const there = new Set(processes.map(({ process }) => process));
    for (const [process, workload] of this.#running)
      if (workload.port !== 0 && !there.has(process)) workload.lost(null, null, false);
  }

  /** A message of the agent's about one of them. */
  receive(message: Record<string, unknown>): void {
    this.#running.get(String(message.process))?.receive(message);
  }

  /** Output does not tell which of them it is of. */
  onLine(line: LogLine): void {
    if (line.stream === 'stderr') {
      this.#stderrTail.push(line.text);
      if (this.#stderrTail.length > TAIL_LINES) this.#stderrTail.shift();
    }
    this.#latest?.onLog(line);
  }

  /** Their container has ended. */
  lost(code: number | null, signal: string | null, outOfMemory: boolean): void {
    for (const workload of this.#running.values()) workload.lost(code, signal, outOfMemory);
  }

  #add(process: string, workload: DockerWorkload): void {
    this.#latest = workload;
    this.#running.set(process, workload);
    this.#expected.delete(workload);
    void workload.exited.then(() => {
      for (const [name, one] of this.#running) if (one === workload) this.#running.delete(name);
    });
  }

  async #tellAgent(workload: DockerWorkload, route: CodeRoute | undefined): Promise<void> {
    const { template } = workload;
    this.#versions.add(revisionOf(template));
    // Code that was changed once is likely to be changed again.
    const spare = template.container!.edited || this.#versions.size > 1;
    this.#send(await startCommand(workload, route, spare));
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
      if (process !== match?.process) this.#send({ command: 'stop', process, grace: 0 });
    return match;
  }
}
