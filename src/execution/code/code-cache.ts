import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { sha256 } from '../../platform/packages.ts';
import { errorCode, orStorageFull } from '../../storage/errors.ts';
import type { ObjectStore } from '../../storage/objects/object-store.ts';
import type { PackageReference } from '../function-host.ts';
import { unpackArchive } from './unpack.ts';

/** The package is not in the object store (any more). */
export class PackageMissing extends Error {
  override readonly name = 'PackageMissing';
}

/** Folders that nobody has used for this long are removed. */
const UNUSED_FOR: Milliseconds = 7 * 24 * 3_600_000;
const SHA256 = /^[0-9a-f]{64}$/;
/**
 * Above /var/task there is nothing. Above our folders there may be the package of a project that keeps its data folder within, and
 * Node.js would take the function's files for what that says they are: with this it looks no further.
 */
const SCOPE_END = 'package.json';

export interface CodeCacheOptions {
  /** May be shared among daemons. */
  folder: string;
  objects: Pick<ObjectStore, 'read'>;
  clock: Clock;
}

/** Packages and layers, each unpacked once, in a folder named by its digest. */
export class CodeCache {
  readonly #options: CodeCacheOptions;
  readonly #folders = new Map<string, Promise<string>>();

  constructor(options: CodeCacheOptions) {
    this.#options = options;
  }

  /** The folder with the package's files. Rejects with PackageMissing, BadArchive or StorageFull. */
  folder(reference: PackageReference): Promise<string> {
    return this.#once(reference.sha256, () => this.#unpack(reference));
  }

  /** One folder with all the layers' files, of equal ones the last; undefined when there are none. */
  async layers(references: readonly PackageReference[]): Promise<string | undefined> {
    if (references.length === 0) return undefined;
    if (references.length === 1) return this.folder(references[0]!);
    const key = sha256(`layers\0${references.map((one) => one.sha256).join('\0')}`);
    return this.#once(key, () =>
      this.#make(key, async (unfinished) => {
        for (const reference of references) {
          const layer = await this.folder(reference);
          await cp(layer, unfinished, { recursive: true, verbatimSymlinks: true, force: true });
        }
      }),
    );
  }

  /** Removes what nobody has used for a week. */
  async sweep(): Promise<void> {
    const { folder } = this.#options;
    const now = Date.now(); // the file system's time, whatever the clock says
    for (const name of await readdir(folder).catch(() => [])) {
      if (this.#folders.has(name) || name === SCOPE_END) continue;
      const path = join(folder, name);
      const state = await stat(path).catch(() => undefined);
      if (state && now - state.mtimeMs > UNUSED_FOR) await rm(path, { recursive: true, force: true });
    }
  }

  #once(key: string, make: () => Promise<string>): Promise<string> {
    const known = this.#folders.get(key);
    if (known) return known;
    const making = make();
    this.#folders.set(key, making);
    // What failed may go well the next time: a full disk, an object store that was away.
    making.catch(() => this.#folders.delete(key));
    return making;
  }

  #unpack({ bucket, key, sha256: digest }: PackageReference): Promise<string> {
    if (!SHA256.test(digest)) throw new Error(`${digest} is no digest`);
    return this.#make(digest, async (unfinished) => {
      const zip = await this.#options.objects.read(bucket, key);
      if (!zip) throw new PackageMissing(`${bucket}/${key} is not in the object store`);
      await unpackArchive(zip, unfinished);
    });
  }

  /** What a process leaves that is killed midway is never taken for the folder. */
  async #make(name: string, fill: (unfinished: string) => Promise<void>): Promise<string> {
    const { folder } = this.#options;
    const path = join(folder, name);
    if (await touch(path)) return path;
    const unfinished = join(folder, `unfinished-${randomUUID()}`);
    try {
      await mkdir(unfinished, { recursive: true, mode: 0o755 });
      await writeFile(join(folder, SCOPE_END), '{}\n');
      await fill(unfinished);
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      // Another daemon was quicker.
      if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '') && (await touch(path))) return path;
      throw orStorageFull(error, path);
    }
    return path;
  }
}

/** Whether the folder is there; if so, it was used now. */
async function touch(path: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch {
    return false;
  }
}
