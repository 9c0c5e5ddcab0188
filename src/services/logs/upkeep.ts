import type { ClockTimer } from '../../clock/clock.ts';
import type { LogsEngine } from './engine.ts';

const PERIOD = 3_600_000;
/** Rows that are removed at a time: some milliseconds, in which the daemon does nothing else. */
const CHUNK = 1_000;

/** Removes what is expired or deleted, in pieces, and counts what groups hold, every hour of the clock. */
export class Upkeep {
  readonly #logs: LogsEngine;
  readonly #onError: (error: unknown) => void;
  readonly #timer: ClockTimer;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor({ logs, onError }: { logs: LogsEngine; onError(error: unknown): void }) {
    this.#logs = logs;
    this.#onError = onError;
    this.#timer = logs.clock.every(PERIOD, () => this.#start(true));
  }

  /** Something was deleted whose events are still there. */
  removalsWaiting(): void {
    this.#start(false);
  }

  async settle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer.cancel();
    await this.settle();
  }

  #start(hourly: boolean): void {
    if (this.#stopped) return;
    const before = this.#running ?? Promise.resolve();
    const run = before.then(() => this.#run(hourly)).catch((error) => this.#onError(error));
    this.#running = run.finally(() => {
      if (this.#running === tail) this.#running = undefined;
    });
    const tail = this.#running;
  }

  async #run(hourly: boolean): Promise<void> {
    const { events, database, groups, streams } = this.#logs;
    await this.#inPieces(() => database.transaction(() => events.removeSome(CHUNK)));
    if (!hourly) return;
    for (const group of groups.all()) {
      await this.#expire(group.id, this.#logs.horizon(group));
      const bytes = streams.bytesOf(group.id);
      if (bytes !== group.stored_bytes) groups.set(group.id, 'stored_bytes', bytes);
      if (this.#stopped) return;
    }
  }

  async #expire(groupId: number, horizon: number): Promise<void> {
    if (horizon <= 0) return;
    const { events, streams, database } = this.#logs;
    for (const { id, first_event: first } of streams.ofGroup(groupId)) {
      if (first === null || first >= horizon) continue;
      await this.#inPieces(() =>
        database.transaction(() => {
          const { bytes, more } = events.expire(id, horizon, CHUNK);
          const [left] = events.forward(id, { timestamp: -1, seq: 0 }, Number.MAX_SAFE_INTEGER, 1);
          streams.lessen(id, bytes, left?.timestamp ?? null);
          return more;
        }),
      );
    }
  }

  /** Repeats `step` while it returns true, letting others run in between. */
  async #inPieces(step: () => boolean): Promise<void> {
    while (!this.#stopped && step()) await new Promise((resolve) => setImmediate(resolve));
  }
}
