import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { deferred } from '../../support/deferred.ts';
import { readLines } from '../../workloads/lines.ts';
import { ENVIRONMENT_LABEL } from '../../workloads/process/leftovers.ts';
import type { MemoryWatch } from '../../workloads/process/memory-watch.ts';
import { throttle } from '../../workloads/throttle.ts';
import { FrameReader } from './frame-reader.ts';
import type { OutputListener, Program, ProgramExit, ProgramPlan } from './program.ts';

/** How long after its end we still wait for the last of a process's output. */
const OUTPUT_GRACE: Milliseconds = 250;
const FRAME_FD = 3;
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
  spawned(pid: number): void;
  ended(): void;
}

/** A program as a process of this machine, leader of its own group. */
export class ProcessProgram implements Program {
  onOutput: OutputListener = () => {};
  readonly #context: ProcessProgramContext;
  readonly #exited = deferred<ProgramExit>();
  readonly #child: ChildProcess;
  #flushes: readonly (() => void)[] = [];
  #unwatch: () => void = () => {};
  #outOfMemory = false;
  #ended = false;

  constructor(plan: ProgramPlan, context: ProcessProgramContext) {
    this.#context = context;
    const [file, ...args] = [...context.wrapper, ...plan.command];
    const child = spawn(file!, args, {
      cwd: plan.cwd,
      env: this.#labelled(plan.env),
      detached: true,
      stdio: [plan.standby ? 'pipe' : 'ignore', 'pipe', 'pipe', plan.frames ? 'pipe' : 'ignore'],
    });
    this.#child = child;
    child.on('error', (failure) => this.#finish({ code: null, signal: null, failure }));
    child.on('exit', (code, signal) => this.#onExit(code, signal));
    child.stdin?.on('error', () => {}); // it ended before it read; its exit tells that
    if (child.pid === undefined) return;
    context.spawned(child.pid);
    this.#read(child, plan.frames);
    if (plan.memoryMb !== undefined) this.#watch(plan.memoryMb);
  }

  get exited(): Promise<ProgramExit> {
    return this.#exited.promise;
  }

  get ended(): boolean {
    return this.#ended;
  }

  begin({ env, cwd, memoryMb }: Pick<ProgramPlan, 'env' | 'cwd' | 'memoryMb'>): void {
    this.#child.stdin?.end(`${JSON.stringify({ env: this.#labelled(env), cwd })}\n`);
    if (memoryMb !== undefined) this.#watch(memoryMb);
  }

  flushOutput(): void {
    for (const flush of this.#flushes) flush();
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

  #read(child: ChildProcess, frames: boolean): void {
    const { clock } = this.#context;
    const onLine = (text: string) => this.onOutput(`${text}\n`);
    this.#flushes = [readLines(child.stdout!, onLine), readLines(child.stderr!, onLine)];
    const streams = [child.stdout!, child.stderr!];
    if (frames) {
      const stream = child.stdio[FRAME_FD] as Readable;
      const reader = new FrameReader((message, timestamp) => this.onOutput(message, timestamp));
      stream.on('data', (bytes: Buffer) => reader.push(bytes));
      stream.on('error', () => {}); // a pipe that breaks with its process
      streams.push(stream);
    }
    const lifts = streams.map((stream) => throttle(stream, clock));
    child.on('exit', () => {
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
    this.#child.on('close', () => {
      timer.cancel();
      this.#finish(exit);
    });
  }

  #finish(exit: ProgramExit): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unwatch();
    this.#child.stdin?.destroy();
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
