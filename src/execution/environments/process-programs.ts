import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock/clock.ts';
import { processIdentity } from '../../workloads/process/identity.ts';
import { MemoryWatch } from '../../workloads/process/memory-watch.ts';
import type { ProcessRecords } from '../../workloads/process/process-driver.ts';
import { Strays } from '../../workloads/process/strays.ts';
import type { OutputPipes } from './output-pipes.ts';
import { ProcessProgram } from './process-program.ts';
import type { Program, ProgramDriver, ProgramPlan } from './program.ts';

/** As records name whom a process was started for. */
const OWNER = 'lambda';

export interface ProcessProgramsOptions {
  clock: Clock;
  /** See `parentDeathWrapper`. */
  wrapper: readonly string[];
  pipes: OutputPipes;
  /** What a daemon that is killed could not end, and the system did not, the next one ends by these. */
  records: Pick<ProcessRecords, 'add' | 'remove'>;
}

/** Runs environments as processes of this machine. */
export class ProcessPrograms implements ProgramDriver {
  readonly name = 'process';
  readonly apiHost = '127.0.0.1';
  readonly #options: ProcessProgramsOptions;
  readonly #memory: MemoryWatch;
  readonly #strays: Strays;
  readonly #running = new Set<ProcessProgram>();

  constructor(options: ProcessProgramsOptions) {
    this.#options = options;
    this.#memory = new MemoryWatch(options.clock);
    this.#strays = new Strays(options.clock);
  }

  start(plan: ProgramPlan): Program {
    const { clock, wrapper, records, pipes } = this.#options;
    const id = randomUUID();
    const program: ProcessProgram = new ProcessProgram(plan, {
      id,
      clock,
      memory: this.#memory,
      wrapper,
      pipe: pipes.take(),
      spawned: (pid) => {
        const startedAt = processIdentity(pid);
        if (startedAt) records.add({ id, owner: OWNER, pid, startedAt });
      },
      ended: () => {
        this.#running.delete(program);
        this.#strays.follow(id, () => records.remove(id));
      },
    });
    if (!program.ended) this.#running.add(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = [...this.#running];
    for (const program of running) program.kill();
    await Promise.all(running.map(({ exited }) => exited));
    await this.#strays[Symbol.asyncDispose]();
    await this.#options.pipes[Symbol.asyncDispose]();
    this.#memory[Symbol.dispose]();
  }
}
