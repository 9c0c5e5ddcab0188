import type { Runtime } from '../execution/runtime.ts';
import type { FunctionId } from '../execution/source.ts';
import { type FunctionStore, isInline } from './function-store.ts';
import type { FunctionRecord } from './functions.ts';

/** What is done with all functions at once, when the daemon starts and when it is reset. */
export class Upkeep implements AsyncDisposable {
  readonly #store: FunctionStore;
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<void>>();

  constructor(store: FunctionStore) {
    this.#store = store;
  }

  /** Makes all stored functions known again without starting any. */
  restore(): void {
    const { table, deployments, journal } = this.#store.options;
    for (const record of table.all()) {
      const runtime = this.#store.runtimeOf(record);
      if (!runtime) {
        const message = `${record.title} needs ${record.runtime} ${record.version}, which lambdock has no more`;
        journal.record({ type: 'notice', id: record.id, message });
        continue;
      }
      const packageMissing = this.#store.code.adopt(record, runtime);
      deployments.adopt(this.#store.specOf(record, runtime));
      if (packageMissing) this.#inBackground(record, () => this.#unpackAgain(record.id, runtime));
    }
  }

  /** Removes what a killed process left behind. Everything else works meanwhile. */
  async sweep(): Promise<void> {
    await this.#store.code.sweepPackages(this.#closing.signal);
    await this.#deleteCode((id) => this.#store.options.table.get(id) === undefined);
  }

  /** Deletes for good what is left of deleted functions: rows, code, packages. */
  async purge(): Promise<void> {
    this.#store.options.table.purge();
    await this.#deleteCode((id) => !this.#store.isLive(id));
    await this.#store.code.sweepPackages(this.#closing.signal);
  }

  /** Resolves when nothing of it touches the store any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#background);
  }

  async #deleteCode(isGarbage: (id: FunctionId) => boolean): Promise<void> {
    const { code, locks } = this.#store;
    for await (const id of code.storedIds()) {
      if (this.#closing.signal.aborted) return;
      if (!isGarbage(id)) continue;
      // Under the lock, as a function that is just being created has code before it has a row.
      await locks.run(id, async () => {
        if (isGarbage(id)) await code.delete(id);
      });
    }
  }

  async #unpackAgain(id: FunctionId, runtime: Runtime): Promise<void> {
    const { code, locks, options } = this.#store;
    await locks.run(id, async () => {
      if (this.#closing.signal.aborted || !this.#store.isLive(id)) return;
      const record = this.#store.get(id);
      if (!isInline(record)) return;
      await code.unpack(code.describe(await this.#store.repairedCode(record), runtime));
      // A request may have come before the code was there.
      options.deployments.deploy(this.#store.specOf(this.#store.get(id), runtime));
    });
  }

  #inBackground(record: FunctionRecord, task: () => Promise<void>): void {
    const running = task()
      .catch((error: Error) => {
        if (this.#closing.signal.aborted) return;
        const message = `the code of ${record.title} can't be restored: ${error.message}`;
        this.#store.options.journal.record({ type: 'notice', id: record.id, message });
      })
      .finally(() => this.#background.delete(running));
    this.#background.add(running);
  }
}
