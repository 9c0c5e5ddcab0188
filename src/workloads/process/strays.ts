import { readdir, readFile } from 'node:fs/promises';
import type { Clock, ClockTimer, Milliseconds } from '../../clock/clock.ts';
import { labelIn } from './leftovers.ts';

/** Reloads come in bursts; one look at all processes of the machine serves many. */
const LOOK_AFTER: Milliseconds = 500;
/** What is found may have started another one since the list of processes was read. */
const MOST_LOOKS = 3;

/**
 * Ends what workloads left behind in sessions of their own, where a signal to their group does not reach it. It is
 * recognised by the label it inherited: what cleared its environment can't be found. Linux only; elsewhere nothing is.
 */
export class Strays implements AsyncDisposable {
  readonly #clock: Clock;
  #ended = new Map<string, () => void>();
  #timer: ClockTimer | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A workload has ended. `onGone` is called soon after, when nothing that carries its label is left. */
  follow(id: string, onGone: () => void): void {
    this.#ended.set(id, onGone);
    this.#timer ??= this.#clock.after(LOOK_AFTER, () => this.#look());
  }

  /** Looks a last time, at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer?.cancel();
    this.#look();
    await this.#looking;
  }

  #look(): void {
    this.#timer = undefined;
    const ended = this.#ended;
    this.#ended = new Map();
    if (ended.size === 0) return;
    this.#looking = this.#looking.then(async () => {
      if (process.platform === 'linux') await endLabelled(ended);
      for (const onGone of ended.values()) onGone();
    });
  }
}

async function endLabelled(ids: ReadonlyMap<string, unknown>): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look++) {
    let found = false;
    for (const pid of (await readdir('/proc')).map(Number)) {
      if (!(pid > 1) || pid === process.pid || !ids.has((await label(pid)) ?? '')) continue;
      found = true;
      end(pid);
    }
    if (!found) return;
  }
}

async function label(pid: number): Promise<string | undefined> {
  try {
    return labelIn(await readFile(`/proc/${pid}/environ`, 'utf8'));
  } catch {
    return undefined; // gone, or another user's
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ended between the look and the signal
  }
}
