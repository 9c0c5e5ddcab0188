import type { Clock, ClockTimer, Milliseconds } from '../../../clock/clock.ts';
import type { AsyncEvent, DueEvent, EventStore } from './event-store.ts';

/** Takes asynchronous invocations: what was enqueued is tried, also when the daemon is killed in between. */
export interface AsyncQueue {
  enqueue(event: AsyncEvent): void;
}

export interface DispatcherOptions {
  store: EventStore;
  clock: Clock;
  /** Tries an event once, and removes it from the store or gives it another time there. */
  attempt(id: number): Promise<void>;
  onError(error: unknown): void;
}

/**
 * How many events of one function are under way at once, and of all. AWS would start hundreds of environments for a full
 * queue, which a machine for development has no memory for.
 */
const MOST_OF_ONE = 10;
const MOST_OF_ALL = 50;
/** No timer lasts longer, so that a clock that was set anew is noticed. */
const LONGEST_WAIT: Milliseconds = 3_600_000;

interface Waiting {
  due: number[];
  running: number;
}

/** Decides when which event is tried. All that it knows is in the store: it can be started from there. */
export class Dispatcher implements AsyncQueue, AsyncDisposable {
  readonly #options: DispatcherOptions;
  readonly #functions = new Map<string, Waiting>();
  /** Those that are due or under way. */
  readonly #known = new Set<number>();
  readonly #running = new Set<Promise<void>>();
  /** Events that are due until here were taken from the store. */
  #loaded: Milliseconds = -1;
  #timer: ClockTimer | undefined;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier daemon left. */
  start(): void {
    this.#load();
  }

  enqueue(event: AsyncEvent): void {
    const { store, clock } = this.#options;
    this.#take(store.add(event, clock.now()));
    this.#dispatch();
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** Starts nothing any more. What is under way is not waited for: it is tried again by the next daemon. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    return Promise.resolve();
  }

  #load(): void {
    if (this.#stopped) return;
    const { store, clock } = this.#options;
    const now = clock.now();
    for (const event of store.due(this.#loaded, now)) this.#take(event);
    this.#loaded = now;
    this.#arm();
    this.#dispatch();
  }

  /** Sets the timer for the next event that is not due yet. */
  #arm(): void {
    const { store, clock } = this.#options;
    this.#timer?.cancel();
    this.#loaded = Math.min(this.#loaded, clock.now()); // it may have been set back
    const next = store.next(this.#loaded);
    if (next === undefined) return;
    const wait = Math.min(LONGEST_WAIT, Math.max(0, next - clock.now()));
    this.#timer = clock.after(wait, () => this.#guard(() => this.#load()));
  }

  #take({ id, function: name }: DueEvent): void {
    if (this.#known.has(id)) return;
    this.#known.add(id);
    const waiting = this.#functions.get(name) ?? { due: [], running: 0 };
    waiting.due.push(id);
    this.#functions.set(name, waiting);
  }

  #dispatch(): void {
    // A copy: what is moved to the end of a map that is walked would come again.
    for (const [name, waiting] of [...this.#functions]) {
      if (this.#running.size >= MOST_OF_ALL || this.#stopped) return;
      const free = Math.min(MOST_OF_ONE - waiting.running, MOST_OF_ALL - this.#running.size);
      for (const id of waiting.due.splice(0, free)) this.#run(name, waiting, id);
      if (waiting.due.length > 0) {
        // Whoever waits longest is next: the one that just had its turn goes to the end.
        this.#functions.delete(name);
        this.#functions.set(name, waiting);
      }
    }
  }

  #run(name: string, waiting: Waiting, id: number): void {
    waiting.running++;
    const running = this.#options
      .attempt(id)
      .catch((error: unknown) => this.#options.onError(error))
      .then(() => {
        this.#running.delete(running);
        this.#known.delete(id);
        waiting.running--;
        if (waiting.running === 0 && waiting.due.length === 0) this.#functions.delete(name);
        if (!this.#stopped) this.#guard(() => this.#continue());
      });
    this.#running.add(running);
  }

  #continue(): void {
    this.#arm();
    this.#dispatch();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
