import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentSpec } from '../execution/deployment.ts';
import type { Runtime } from '../execution/runtime.ts';
import type { FunctionId, FunctionSource } from '../execution/source.ts';
import { errorCode, ObjectStoreUnavailable } from '../storage/errors.ts';
import { ObjectDamaged, type ObjectStore } from '../storage/objects/object-store.ts';
import { type FunctionRecord, RequestError } from './functions.ts';
import { type PackageKey, Packages, sha256 } from './packages.ts';

/** Where the platform contract has code stored; the key is the function's id. */
export const CODE_BUCKET = 'aws-lambda-clone';

/** Code that came through the API. */
export interface InlineCode extends PackageKey {
  bytes: Uint8Array;
}

type Row = Pick<FunctionRecord, 'id' | 'source'>;

/**
 * The code of functions in its two places: the object store, which keeps it, and unpacked on the disk, from where it
 * runs. The row tells which code is a function's; where the two disagree with it, a process was killed midway.
 */
export class CodeStore {
  readonly #objects: ObjectStore;
  readonly #packages: Packages;

  constructor(objects: ObjectStore, packagesDirectory: string) {
    this.#objects = objects;
    this.#packages = new Packages(packagesDirectory);
  }

  describe(bytes: Uint8Array, runtime: Runtime): InlineCode {
    return { bytes, sha256: sha256(bytes), codeFile: runtime.definition.codeFile };
  }

  isSame(source: FunctionSource, bytes: Uint8Array): boolean {
    return source.kind === 'inline' && source.sha256 === sha256(bytes);
  }

  /** The package of a function; undefined for one that is linked or whose runtime is gone. */
  keyOf({ source }: Row, runtime: Runtime | undefined): PackageKey | undefined {
    if (source.kind === 'linked' || !runtime) return undefined;
    return { sha256: source.sha256, codeFile: runtime.definition.codeFile };
  }

  /** Where a function's code runs from. */
  locate({ id, source }: Row, runtime: Runtime): Pick<DeploymentSpec, 'directory' | 'entry' | 'stored'> {
    if (source.kind === 'linked') return { directory: source.directory, entry: source.entry };
    const entry = runtime.definition.codeFile;
    const { sha256 } = source;
    const directory = this.#packages.directory({ sha256, codeFile: entry });
    return { directory, entry, stored: { bucket: CODE_BUCKET, key: id, sha256 } };
  }

  /** Stores and unpacks a new function's code. Leaves nothing behind when it rejects. */
  async add(id: FunctionId, code: InlineCode): Promise<void> {
    this.#packages.retain(code);
    const results = await Promise.allSettled([
      this.#put(id, code.bytes),
      this.#packages.materialize(code, code.bytes),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    const away = failed.reason instanceof ObjectStoreUnavailable;
    await failWith(failed.reason, () => (away ? this.release(code) : this.undoAdd(id, code)));
  }

  /** While the object store is away the object stays, if there is one; it is nobody's, and a sweep finds it. */
  async undoAdd(id: FunctionId, code: InlineCode): Promise<void> {
    await this.release(code);
    await unlessAway(() => this.delete(id));
  }

  /** Stores and unpacks other code for a function. The old stays unpacked until it is released. */
  async replace(id: FunctionId, old: PackageKey | undefined, code: InlineCode): Promise<void> {
    this.#packages.retain(code);
    try {
      await this.#packages.materialize(code, code.bytes);
      if (old?.sha256 !== code.sha256) await this.#put(id, code.bytes);
    } catch (error) {
      await failWith(error, () => this.release(code));
    }
  }

  async undoReplace(id: FunctionId, old: PackageKey | undefined, code: InlineCode): Promise<void> {
    await this.release(code);
    const bytes = old && old.sha256 !== code.sha256 && (await this.#packages.read(old));
    if (bytes) await this.#put(id, bytes);
  }

  /** Retains the code of a stored function. True when it has to be unpacked again. */
  adopt(row: Row, runtime: Runtime): boolean {
    const key = this.keyOf(row, runtime);
    if (!key) return false;
    this.#packages.retain(key);
    return !this.#packages.has(key);
  }

  /** Unpacks code once more that is retained already. */
  unpack(code: InlineCode): Promise<void> {
    return this.#packages.materialize(code, code.bytes);
  }

  /** To be called once a function does not run from this package any more. */
  async release(key: PackageKey | undefined): Promise<void> {
    if (key) await this.#packages.release(key);
  }

  /**
   * The stored code, if it is there, undamaged, and the one that the row tells of; as it is unpacked while the object
   * store is away.
   */
  async read(row: Row & { source: { kind: 'inline' } }, runtime: Runtime | undefined) {
    try {
      const bytes = await this.#readObject(row.id);
      return bytes && this.isSame(row.source, bytes) ? bytes : undefined;
    } catch (error) {
      const key = error instanceof ObjectStoreUnavailable && this.keyOf(row, runtime);
      const unpacked = key && (await this.#packages.read(key));
      if (unpacked) return unpacked;
      throw error;
    }
  }

  /**
   * The code that the row tells of, put back into the object store when only its package is left; or, when neither
   * place has that, the code that is stored. Rejects when there is none.
   */
  async repair(row: Row & { source: { kind: 'inline' } }, runtime: Runtime | undefined): Promise<Buffer> {
    const stored = await this.#readObject(row.id);
    if (stored && this.isSame(row.source, stored)) return stored;
    const key = this.keyOf(row, runtime);
    const unpacked = key && (await this.#packages.read(key));
    if (unpacked) await this.#put(row.id, unpacked);
    const bytes = unpacked ?? stored;
    if (!bytes) throw new Error(`object ${CODE_BUCKET}/${row.id} is missing or damaged`);
    return bytes;
  }

  /** Stores the row's code again, where it is not stored and its package is there. */
  async putBack(row: Row & { source: { kind: 'inline' } }, runtime: Runtime | undefined): Promise<void> {
    const stored = await this.#readObject(row.id);
    if (stored && this.isSame(row.source, stored)) return;
    const key = this.keyOf(row, runtime);
    const unpacked = key && (await this.#packages.read(key));
    if (unpacked) await this.#put(row.id, unpacked);
  }

  /** RequestError 409 when the file can't be read now. */
  async readLinked({ directory, entry }: { directory: string; entry: string }): Promise<string> {
    const path = join(directory, entry);
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new RequestError(409, `code can't be read from ${path} (${errorCode(error) ?? String(error)})`);
    }
  }

  /** Under which ids which code is stored. */
  async *stored(): AsyncGenerator<{ id: FunctionId; sha256: string }> {
    let after: string | undefined;
    do {
      const page = await this.#objects.list(CODE_BUCKET, after === undefined ? {} : { after });
      for (const { key, sha256 } of page.objects) yield { id: key, sha256 };
      after = page.next;
    } while (after !== undefined);
  }

  async delete(id: FunctionId): Promise<void> {
    await this.#objects.delete(CODE_BUCKET, id);
  }

  /** Removes unpacked code that is no function's. */
  sweepPackages(signal: AbortSignal): Promise<void> {
    return this.#packages.sweep(signal);
  }

  async #put(id: FunctionId, bytes: Uint8Array): Promise<void> {
    await this.#objects.put(CODE_BUCKET, id, bytes, 'text/plain; charset=utf-8');
  }

  async #readObject(id: FunctionId): Promise<Buffer | undefined> {
    try {
      return await this.#objects.read(CODE_BUCKET, id);
    } catch (error) {
      if (error instanceof ObjectDamaged) return undefined;
      throw error;
    }
  }
}

/** Does what can as well be left undone while the object store is away. */
export async function unlessAway(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ObjectStoreUnavailable)) throw error;
  }
}

/** Rejects with `error` once `undo` is done; with both when that fails, too. */
export async function failWith(error: unknown, undo: () => Promise<void>): Promise<never> {
  try {
    await undo();
  } catch (undoError) {
    throw new AggregateError([error, undoError], 'a failed change could not be undone');
  }
  throw error;
}
