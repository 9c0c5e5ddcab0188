import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isoDate } from '../clock/clock.ts';
import type { Runtime } from '../execution/runtime.ts';
import type { FunctionId } from '../execution/source.ts';
import { failWith } from './code-store.ts';
import { type FunctionStore, unknownFunction } from './function-store.ts';
import { type FunctionRecord, RequestError } from './functions.ts';

/** Functions that were deleted, whose rows and code are kept so that this can be undone. */
export class DeletedFunctions {
  readonly #store: FunctionStore;

  constructor(store: FunctionStore) {
    this.#store = store;
  }

  /** See FunctionService.undelete. */
  async restore(id: FunctionId): Promise<void> {
    const { locks, options } = this.#store;
    const source = options.table.get(id)?.source;
    const restore = () => locks.run(id, () => this.#restore(id));
    // In the order in which linking takes the two locks. A row's path never changes.
    await (source?.kind === 'linked' ? locks.run(`path ${source.path}`, restore) : restore());
  }

  async #restore(id: FunctionId): Promise<void> {
    const { table, journal, clock } = this.#store.options;
    const record = table.get(id);
    if (!record) throw unknownFunction(id);
    if (!record.disabled) return;
    const runtime = this.#store.runtimeOf(record);
    if (!runtime) {
      const missing = `${record.runtime} ${record.version}`;
      throw new RequestError(409, `the function needs ${missing}, which lambdock has no more`);
    }
    const live = { ...record, disabled: false, update_date: isoDate(clock) };
    await (record.source.kind === 'linked'
      ? this.#restoreLinked(live, record.source, runtime)
      : this.#restoreInline(live, runtime));
    journal.record({ type: 'function.restored', id, title: record.title });
  }

  async #restoreInline(live: FunctionRecord, runtime: Runtime): Promise<void> {
    const { code: store } = this.#store;
    const { id, source } = live;
    if (source.kind === 'linked') return;
    const code = store.describe(await store.repair({ id, source }, runtime), runtime);
    await store.replace(id, code, code);
    try {
      this.#enable({ ...live, source: { kind: 'inline', sha256: code.sha256 } }, runtime);
    } catch (error) {
      await failWith(error, () => store.release(code));
    }
  }

  async #restoreLinked(
    live: FunctionRecord,
    { path, directory, entry }: { path: string; directory: string; entry: string },
    runtime: Runtime,
  ): Promise<void> {
    const other = this.#store.options.table.findLinked(path);
    if (other)
      throw new RequestError(409, `${path} is now linked to another function, ${other.title} (${other.id})`);
    const file = join(directory, entry);
    if (!(await isFile(file)))
      throw new RequestError(409, `the function was linked to ${file}, which is not there any more`);
    this.#enable(live, runtime);
  }

  /** Both or none. RequestError 404 when a reset has removed the row meanwhile. */
  #enable(live: FunctionRecord, runtime: Runtime): void {
    const { table, deployments } = this.#store.options;
    if (!table.enable(live)) throw unknownFunction(live.id);
    try {
      deployments.deploy(this.#store.specOf(live, runtime));
    } catch (error) {
      table.update({ ...live, disabled: true });
      throw error;
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
