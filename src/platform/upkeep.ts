import type { Runtime } from '../execution/runtime.ts';
import type { FunctionId } from '../execution/source.ts';
import { ObjectStoreUnavailable } from '../storage/errors.ts';
import { unlessAway } from './code-store.ts';
import { type FunctionStore, isInline } from './function-store.ts';
import type { FunctionRecord } from './functions.ts';

/** What is done with all functions at once, when the daemon starts and when it is reset. */
export class Upkeep implements AsyncDisposable {
  readonly #store: FunctionStore;
  readonly #closing = new AbortController();
  readonly #background = new Set<Promise<void>>();
  /** Functions whose code is to be unpacked once the object store is there. */
  readonly #waiting = new Map<FunctionId, Runtime>();
  #sweeping: Promise<void> | undefined;

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

  /**
   * Removes what a killed process left behind, and puts back what the object store should have and has not, as after
   * one was exchanged for another. Everything else works meanwhile. What needs the object store while it is away is
   * left to `resume`.
   */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = undefined;
    });
    return this.#sweeping;
  }

  /** Does what had to wait for the object store. */
  async resume(): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [id, runtime] of waiting) {
      const record = this.#store.options.table.get(id);
      if (record) this.#inBackground(record, () => this.#unpackAgain(id, runtime));
    }
    await this.sweep();
  }

  /** Deletes for good what is left of deleted functions: rows, code, packages. */
  async purge(): Promise<void> {
    this.#store.options.table.purge();
    await unlessAway(async () => void (await this.#deleteCode((id) => !this.#store.isLive(id))));
    await this.#store.code.sweepPackages(this.#closing.signal);
  }

  /** Resolves when nothing of it touches the store any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#background, this.#sweeping?.catch(() => {})]);
  }

  async #sweep(): Promise<void> {
    await this.#store.code.sweepPackages(this.#closing.signal);
    await unlessAway(async () => {
      const stored = await this.#deleteCode((id) => this.#store.options.table.get(id) === undefined);
      await this.#putBack(stored);
    });
  }

  /** Resolves with what is stored under the ids that are left. */
  async #deleteCode(isGarbage: (id: FunctionId) => boolean): Promise<Map<FunctionId, string>> {
    const { code, locks } = this.#store;
    const left = new Map<FunctionId, string>();
    for await (const { id, sha256 } of code.stored()) {
      if (this.#closing.signal.aborted) break;
      if (!isGarbage(id)) {
        left.set(id, sha256);
        continue;
      }
      // Under the lock, as a function that is just being created has code before it has a row.
      await locks.run(id, async () => {
        if (isGarbage(id)) await code.delete(id);
      });
    }
    return left;
  }

  async #putBack(stored: ReadonlyMap<FunctionId, string>): Promise<void> {
    const { code, locks, options } = this.#store;
    for (const { id, source } of options.table.all()) {
      if (source.kind === 'linked' || stored.get(id) === source.sha256) continue;
      await locks.run(id, async () => {
        if (this.#closing.signal.aborted || !this.#store.isLive(id)) return;
        const record = this.#store.get(id);
        if (isInline(record)) await code.putBack(record, this.#store.runtimeOf(record));
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
        const runtime = this.#store.runtimeOf(record);
        if (error instanceof ObjectStoreUnavailable && runtime) this.#waiting.set(record.id, runtime);
        const message = `the code of ${record.title} can't be restored: ${error.message}`;
        this.#store.options.journal.record({ type: 'notice', id: record.id, message });
      })
      .finally(() => this.#background.delete(running));
    this.#background.add(running);
  }
}
