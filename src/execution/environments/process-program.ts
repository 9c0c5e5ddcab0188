import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { deferred } from '../../support/deferred.ts';
import { ENVIRONMENT_LABEL } from '../../workloads/process/leftovers.ts';
import type { MemoryWatch } from '../../workloads/process/memory-watch.ts';
import { throttle } from '../../workloads/throttle.ts';
import type { OutputPipe } from './output-pipes.ts';
import { OutputReader } from './output-reader.ts';
import type { OutputListener, Program, ProgramExit, ProgramPlan } from './program.ts';

/** How long after its end we still wait for the last of a process's output. */
const OUTPUT_GRACE: Milliseconds = 250;
const EVENTS_FD = 4;
/**
 * Memory that the machine's programs count for themselves and AWS's do not, in MB: what libraries share, and a
 * toolchain that is not built for a small sandbox.
 */
const MEMORY_SLACK = 32;

export interface ProcessProgramContext {
  id: string;
  clock: Clock;
  memory: MemoryWatch;
  /** Put before the command, so that the system ends the process together with the daemon; may be empty. */
  wrapper: readonly string[];
  /** What it writes to; without it each of its descriptors gets a socket of its own. */
  pipe: OutputPipe | undefined;
  spawned(pid: number): void;
  ended(): void;
}

/** A program as a process of this machine, leader of its own group. */
export class ProcessProgram implements Program {
  onOutput: OutputListener = () => {};
  readonly #context: ProcessProgramContext;
  readonly #exited = deferred<ProgramExit>();
  readonly #child: ChildProcess;
  readonly #outputs: readonly Readable[];
  #readers: readonly OutputReader[] = [];
  #unwatch: () => void = () => {};
  #outOfMemory = false;
  #ended = false;

  constructor(plan: ProgramPlan, context: ProcessProgramContext) {
    this.#context = context;
    const child = spawnInto(
      context.pipe,
      plan,
      [...context.wrapper, ...plan.command],
      this.#labelled(plan.env),
    );
    this.#child = child;
    const ofItsOwn = child.stdio.slice(1, EVENTS_FD).filter((stream) => stream instanceof Readable);
    this.#outputs = context.pipe ? [context.pipe.output] : ofItsOwn;
    child.on('error', (failure) => this.#finish({ code: null, signal: null, failure }));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    child.stdin?.on('error', () => {}); // it ended before it read; its exit tells that
    if (child.pid === undefined) return;
    context.spawned(child.pid);
    this.#read(plan.frames);
    if (plan.memoryMb !== undefined) this.#watch(plan.memoryMb);
  }

  get exited(): Promise<ProgramExit> {
    return this.#exited.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get events(): Socket | undefined {
    return (this.#child.stdio as readonly unknown[])[EVENTS_FD] as Socket | undefined;
  }

  begin({ env, cwd, memoryMb }: Pick<ProgramPlan, 'env' | 'cwd' | 'memoryMb'>): void {
    this.#child.stdin?.end(`${JSON.stringify({ env: this.#labelled(env), cwd })}\n`);
    if (memoryMb !== undefined) this.#watch(memoryMb);
  }

  flushOutput(): void {
    for (const reader of this.#readers) reader.flush();
  }

  terminate(): void {
    this.#signal('SIGTERM');
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  peakMemoryMb(): number | undefined {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1');
      const match = /^VmHWM:\s+(\d+) kB/m.exec(status);
      return match ? Number(match[1]) / 1024 : undefined;
    } catch {
      return undefined; // it has ended, or the system has no /proc
    }
  }

  /** By the label, what it leaves in sessions of its own is found. */
  #labelled(env: ProgramPlan['env']): Record<string, string> {
    return { ...env, [ENVIRONMENT_LABEL]: this.#context.id };
  }

  #read(frames: boolean): void {
    this.#readers = this.#outputs.map((output) => {
      const reader = new OutputReader(frames, (message, timestamp) => this.onOutput(message, timestamp));
      output.on('data', (bytes: Buffer) => reader.push(bytes));
      output.on('end', () => reader.end());
      output.on('error', () => {}); // a pipe that breaks with its process
      return reader;
    });
    const lifts = this.#outputs.map((output) => throttle(output, this.#context.clock));
    this.#child.on('exit', () => {
      for (const lift of lifts) lift();
    });
  }

  #watch(memoryMb: number): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#ended) return;
    this.#unwatch = this.#context.memory.watch({
      pid,
      limitMb: memoryMb + MEMORY_SLACK,
      onExceeded: () => {
        this.#outOfMemory = true;
        this.kill();
      },
    });
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.kill(); // what it started ends with it
    const exit = { code, signal, ...(this.#outOfMemory ? { outOfMemory: true } : {}) };
    const timer = this.#context.clock.after(OUTPUT_GRACE, () => this.#finish(exit));
    const finishOnceRead = () => {
      if (this.#outputs.some(({ closed }) => !closed)) return;
      timer.cancel();
      this.#finish(exit);
    };
    for (const output of this.#outputs) output.on('close', finishOnceRead);
    finishOnceRead();
  }

  #finish(exit: ProgramExit): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unwatch();
    this.#child.stdin?.destroy();
    for (const output of this.#outputs) output.destroy();
    this.#context.ended();
    this.#exited.resolve(exit);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#ended) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: the group has ended already, which is what we want
    }
  }
}

/** Starts a process whose output goes into `pipe`. */
function spawnInto(
  pipe: OutputPipe | undefined,
  { cwd, standby, frames, events }: ProgramPlan,
  [file, ...args]: readonly string[],
  env: Record<string, string>,
): ChildProcess {
  const output = pipe?.descriptor ?? 'pipe';
  try {
    return spawn(file!, args, {
      cwd,
      env,
      detached: true,
      stdio: [
        standby ? 'pipe' : 'ignore',
        output,
        output,
        frames ? output : 'ignore',
        ...(events ? (['pipe'] as const) : []),
      ],
    });
  } catch (error) {
    pipe?.output.destroy();
    throw error;
  } finally {
    if (pipe) closeSync(pipe.descriptor);
  }
}
