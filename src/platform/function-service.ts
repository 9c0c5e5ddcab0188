import { type Clock, isoDate } from '../clock/clock.ts';
import type { DeploymentStatus, Deployments } from '../execution/deployment.ts';
import type { LogBuffer } from '../execution/log-buffer.ts';
import type { Runtime, RuntimeCatalogue } from '../execution/runtime.ts';
import type { FunctionId } from '../execution/source.ts';
import type { Journal } from '../journal/journal.ts';
import type { ObjectStore } from '../storage/objects/object-store.ts';
import { failWith } from './code-store.ts';
import { DeletedFunctions } from './deleted-functions.ts';
import { checkCode, checkTitle, findRuntime } from './function-rules.ts';
import { FunctionStore, type InlineRecord, inlineRevision, isInline } from './function-store.ts';
import {
  type CreateInput,
  type FunctionRecord,
  type FunctionService,
  type FunctionTable,
  type LinkInput,
  type ListQuery,
  RequestError,
} from './functions.ts';
import { LinkedFunctions } from './linked-functions.ts';
import { sha256 } from './packages.ts';
import { type Condition, checkCondition, revisionOf } from './revision.ts';
import { Upkeep } from './upkeep.ts';

export interface FunctionServiceOptions {
  clock: Clock;
  table: FunctionTable;
  objects: ObjectStore;
  catalogue: RuntimeCatalogue;
  deployments: Deployments;
  journal: Journal;
  /** Absolute folder for unpacked code; made when missing. */
  packagesDirectory: string;
  maxCodeBytes: number;
  /** A function was deleted, and nothing of it runs any more: what is only remembered of it can go. */
  onRemoved?(id: FunctionId): void;
}

/**
 * Functions and all that belongs to one: its row, its code, its deployment. A call that fails leaves nothing of
 * itself; calls for one function take effect one after the other, in the order in which they came.
 */
export class DefaultFunctionService implements FunctionService, AsyncDisposable {
  readonly #options: FunctionServiceOptions;
  readonly #store: FunctionStore;
  readonly #linked: LinkedFunctions;
  readonly #deleted: DeletedFunctions;
  readonly #upkeep: Upkeep;

  constructor(options: FunctionServiceOptions) {
    this.#options = options;
    this.#store = new FunctionStore(options);
    this.#linked = new LinkedFunctions(this.#store);
    this.#deleted = new DeletedFunctions(this.#store);
    this.#upkeep = new Upkeep(this.#store);
  }

  /** RequestError 400 or 413 for input that can't be used; StorageFull, ObjectStoreUnavailable. */
  async create(input: CreateInput): Promise<FunctionId> {
    const { catalogue, journal, maxCodeBytes, clock } = this.#options;
    const { code: store, ids, locks } = this.#store;
    checkTitle(input.title);
    const runtime = findRuntime(catalogue, input.runtime, input.version);
    const code = store.describe(checkCode(input.code, maxCodeBytes), runtime);
    const id = ids.next();
    await locks.run(id, async () => {
      await store.add(id, code);
      const date = isoDate(clock);
      const { title, version } = input;
      const source = { kind: 'inline', sha256: code.sha256 } as const;
      const dates = { reg_date: date, update_date: date };
      const record = { id, title, runtime: input.runtime, version, source, disabled: false, ...dates };
      try {
        this.#store.insertAndDeploy(record, runtime);
      } catch (error) {
        await failWith(error, () => store.undoAdd(id, code));
      }
      journal.record({ type: 'function.created', id, title });
    });
    return id;
  }

  /**
   * RequestError 400 or 413 for input that can't be used, 404, 409 for the code of a linked function, FunctionChanged;
   * StorageFull, ObjectStoreUnavailable.
   */
  async update(
    id: FunctionId,
    changes: Partial<CreateInput>,
    condition?: Condition,
  ): Promise<string | undefined> {
    const { catalogue, maxCodeBytes, clock, journal } = this.#options;
    if (changes.title !== undefined) checkTitle(changes.title);
    const bytes = changes.code === undefined ? undefined : checkCode(changes.code, maxCodeBytes);
    return this.#store.locks.run(id, async () => {
      const before = this.get(id);
      if (condition && condition !== 'any') checkCondition(condition, await this.#store.revision(before));
      const { title, runtime, version } = { ...before, ...changes };
      const after = { ...before, title, runtime, version, update_date: isoDate(clock) };
      const sameRuntime = runtime === before.runtime && version === before.version;
      // Checked only where needed: a runtime that is gone must not keep a function from being renamed.
      const target = sameRuntime && !bytes ? undefined : findRuntime(catalogue, runtime, version);
      if (before.source.kind === 'linked')
        refuseToChangeLinked(before.source.path, { code: bytes !== undefined, runtime: !sameRuntime });
      const sameCode = !bytes || this.#store.code.isSame(before.source, bytes);
      if (target && isInline(before) && !(sameRuntime && sameCode))
        await this.#redeploy(before, after, target, bytes ?? (await this.#store.repairedCode(before)));
      else this.#store.update(after);
      journal.record({ type: 'function.updated', id, title });
      return this.#store.revision(this.get(id)).catch(unlessUnreadable);
    });
  }

  /** Keeps the row, marked deleted, and the stored code. Resolves when nothing of it runs any more. */
  async remove(id: FunctionId): Promise<void> {
    const { catalogue, clock, deployments, journal, onRemoved } = this.#options;
    const { code, locks } = this.#store;
    await locks.run(id, async () => {
      const record = this.get(id);
      this.#store.update({ ...record, disabled: true, update_date: isoDate(clock) });
      // Told before requests under way have ended: from here on nobody reaches it.
      journal.record({ type: 'function.deleted', id, title: record.title });
      await deployments.remove(id);
      onRemoved?.(id);
      await catalogue.forget(id);
      await code.release(code.keyOf(record, this.#store.runtimeOf(record)));
    });
  }

  undelete(id: FunctionId): Promise<void> {
    return this.#deleted.restore(id);
  }

  get(id: FunctionId): FunctionRecord {
    return this.#store.get(id);
  }

  /** A linked function's code is read from its file; RequestError 409 when that can't be read now. */
  async read(id: FunctionId): Promise<{ record: FunctionRecord; code: string; revision: string }> {
    const { code: store, locks } = this.#store;
    const record = this.get(id);
    const { source } = record;
    if (source.kind === 'linked') {
      const code = await store.readLinked(source);
      return { record, code, revision: revisionOf(record, sha256(code)) };
    }
    const stored = await store.read({ id, source }, this.#store.runtimeOf(record));
    if (stored) return { record, code: stored.toString(), revision: revisionOf(record, source.sha256) };
    // The function was changed since, or a process was killed between storing its code and its row.
    return locks.run(id, async () => {
      const code = await this.#store.repairedCode(this.get(id) as InlineRecord);
      const repaired = this.get(id) as InlineRecord;
      return { record: repaired, code: code.toString(), revision: inlineRevision(repaired) };
    });
  }

  list(query: ListQuery): { records: FunctionRecord[]; count: number } {
    return this.#options.table.list(query);
  }

  link(input: LinkInput): Promise<FunctionRecord> {
    return this.#linked.link(input);
  }

  status({ id }: FunctionRecord): DeploymentStatus {
    return this.#options.deployments.status(id) ?? { state: 'idle', replicas: { desired: 0, ready: 0 } };
  }

  /** RequestError 404; 503 when the function's runtime is gone. */
  logs(id: FunctionId): LogBuffer {
    this.get(id);
    const logs = this.#options.deployments.logs(id);
    if (!logs) throw new RequestError(503, `function ${id} is not deployed`);
    return logs;
  }

  /** Makes all stored functions known again, as after the daemon's start, without starting any. */
  restore(): void {
    this.#upkeep.restore();
  }

  /** Runtimes of functions that are not deleted, as `node 20`. */
  runtimesInUse(): Set<string> {
    return new Set(this.#options.table.all().map((record) => `${record.runtime} ${record.version}`));
  }

  /** Removes what a killed process left behind. Call it once after `restore`; everything else works meanwhile. */
  sweep(): Promise<void> {
    return this.#upkeep.sweep();
  }

  /** Does what had to wait for the object store. */
  resume(): Promise<void> {
    return this.#upkeep.resume();
  }

  /**
   * Deletes every function there is for good, with code, logs and journal; returns how many there were. Functions that
   * are created meanwhile stay, for otherwise a busy creator would keep it from ever ending.
   */
  async reset(): Promise<number> {
    const { table, journal } = this.#options;
    const ids = table.all().map((record) => record.id);
    await Promise.all(ids.map((id) => this.#removeUnlessGone(id)));
    await this.#upkeep.purge();
    journal.clear();
    journal.record({ type: 'daemon.reset' });
    return ids.length;
  }

  /** Resolves when nothing of it touches the store any more. Functions go on running. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#upkeep[Symbol.asyncDispose]();
  }

  /** Other code, the same in another runtime, or both. */
  async #redeploy(
    before: InlineRecord,
    after: FunctionRecord,
    runtime: Runtime,
    bytes: Buffer,
  ): Promise<void> {
    const { table, deployments } = this.#options;
    const { code: store } = this.#store;
    const old = store.keyOf(this.get(before.id), this.#store.runtimeOf(before));
    const code = store.describe(bytes, runtime);
    const record = { ...after, source: { kind: 'inline', sha256: code.sha256 } as const };
    await store.replace(before.id, old, code);
    try {
      this.#store.update(record);
      deployments.deploy(this.#store.specOf(record, runtime));
    } catch (error) {
      await failWith(error, () => {
        table.update(before);
        return store.undoReplace(before.id, old, code);
      });
    }
    await store.release(old);
  }

  async #removeUnlessGone(id: FunctionId): Promise<void> {
    try {
      await this.remove(id);
    } catch (error) {
      if (!(error instanceof RequestError && error.status === 404)) throw error;
    }
  }
}

function refuseToChangeLinked(path: string, changed: { code: boolean; runtime: boolean }): void {
  if (changed.code)
    throw new RequestError(409, `code is linked to ${path}: change it there, and it is reloaded by itself`);
  if (changed.runtime)
    throw new RequestError(409, `runtime and version follow from ${path}: link it again to change them`);
}

function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof RequestError && error.status === 409)) throw error;
}
