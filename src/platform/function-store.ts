import type { DeploymentSpec } from '../execution/deployment.ts';
import type { Runtime } from '../execution/runtime.ts';
import type { FunctionId } from '../execution/source.ts';
import { CodeStore } from './code-store.ts';
import { FunctionIds } from './function-id.ts';
import type { FunctionServiceOptions } from './function-service.ts';
import { type FunctionRecord, RequestError } from './functions.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { sha256 } from './packages.ts';
import { revisionOf } from './revision.ts';

export type InlineRecord = FunctionRecord & { source: { kind: 'inline' } };

/** What all that is done with functions has in common: rows, code and deployments brought in step. */
export class FunctionStore {
  readonly options: FunctionServiceOptions;
  readonly ids: FunctionIds;
  readonly code: CodeStore;
  /** One task at a time for each function's id. */
  readonly locks = new KeyedMutex();

  constructor(options: FunctionServiceOptions) {
    this.options = options;
    this.ids = new FunctionIds(options.clock);
    this.code = new CodeStore(options.objects, options.packagesDirectory);
  }

  /** RequestError 404 when it is unknown or deleted. */
  get(id: FunctionId): FunctionRecord {
    const record = this.options.table.get(id);
    if (!record || record.disabled) throw unknownFunction(id);
    return record;
  }

  isLive(id: FunctionId): boolean {
    return this.options.table.get(id)?.disabled === false;
  }

  /** RequestError 404 when it was deleted meanwhile. */
  update(record: FunctionRecord): void {
    if (!this.options.table.update(record)) throw unknownFunction(record.id);
  }

  /** Both or none. */
  insertAndDeploy(record: FunctionRecord, runtime: Runtime): void {
    const { table, deployments } = this.options;
    table.insert(record);
    try {
      deployments.deploy(this.specOf(record, runtime));
    } catch (error) {
      table.update({ ...record, disabled: true });
      throw error;
    }
  }

  specOf(record: FunctionRecord, runtime: Runtime): DeploymentSpec {
    return { id: record.id, runtime, source: record.source, ...this.code.locate(record, runtime) };
  }

  runtimeOf(record: FunctionRecord): Runtime | undefined {
    return this.options.catalogue.find(record.runtime, record.version);
  }

  /** What tells this state of a function from others. RequestError 409 when a linked one's file can't be read now. */
  async revision(record: FunctionRecord): Promise<string> {
    const { source } = record;
    return revisionOf(
      record,
      source.kind === 'inline' ? source.sha256 : sha256(await this.code.readLinked(source)),
    );
  }

  /** The code of a row; when it is lost and other code is stored, that, and the row is corrected. Needs the id's lock. */
  async repairedCode(record: InlineRecord): Promise<Buffer> {
    const bytes = await this.code.repair(record, this.runtimeOf(record));
    if (!this.code.isSame(record.source, bytes)) await this.#correctRow(record, bytes);
    return bytes;
  }

  async #correctRow(record: InlineRecord, bytes: Buffer): Promise<void> {
    const runtime = this.runtimeOf(record);
    if (!runtime) return;
    const code = this.code.describe(bytes, runtime);
    const lost = this.code.keyOf(record, runtime);
    await this.code.replace(record.id, code, code);
    this.update({ ...record, source: { kind: 'inline', sha256: code.sha256 } });
    await this.code.release(lost);
  }
}

export function unknownFunction(id: FunctionId): RequestError {
  return new RequestError(404, `there is no function with id ${id}`);
}

/** The revision of a function whose code came through the API, without a look at that. */
export function inlineRevision(record: InlineRecord): string {
  return revisionOf(record, record.source.sha256);
}

/** Whether its code came through the API. */
export function isInline(record: FunctionRecord): record is InlineRecord {
  return record.source.kind === 'inline';
}
