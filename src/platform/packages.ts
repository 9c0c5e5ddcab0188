import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, orStorageFull } from '../storage/errors.ts';
import { KeyedMutex } from './keyed-mutex.ts';

/** Which code a package holds, and under which file name. */
export interface PackageKey {
  /** Of the code, lower-case hex. */
  sha256: string;
  codeFile: string;
}

/** Lower-case hex SHA-256. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Unpacked code, one folder for each different content, so that functions with equal code share it. A folder lives
 * as long as a function retains it; running processes have read it by then.
 */
export class Packages {
  readonly #directory: string;
  readonly #holders = new Map<string, number>();
  readonly #locks = new KeyedMutex();
  /** Begins the names of folders that are being written by this process, and by no other. */
  readonly #unfinished = `unfinished-${randomUUID()}`;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The folder of a package, whether it exists or not. */
  directory(key: PackageKey): string {
    return join(this.#directory, folderName(key));
  }

  /** Whether the code file is there. Does not look into it. */
  has(key: PackageKey): boolean {
    return existsSync(join(this.directory(key), key.codeFile));
  }

  /** The code, or undefined when it is absent or not what the key says. */
  async read(key: PackageKey): Promise<Buffer | undefined> {
    const content = await readIfThere(join(this.directory(key), key.codeFile));
    return content && sha256(content) === key.sha256 ? content : undefined;
  }

  /** Keeps a package, existing or about to, from being removed until as many calls of `release`. */
  retain(key: PackageKey): void {
    const name = folderName(key);
    this.#holders.set(name, (this.#holders.get(name) ?? 0) + 1);
  }

  /** Takes back one `retain`; the last one removes the folder. */
  async release(key: PackageKey): Promise<void> {
    const name = folderName(key);
    const holders = (this.#holders.get(name) ?? 0) - 1;
    if (holders > 0) {
      this.#holders.set(name, holders);
      return;
    }
    this.#holders.delete(name);
    // What can't be removed now is found by the next sweep; the caller's change is done either way.
    await this.#removeUnheld(name).catch(() => {});
  }

  /**
   * Makes sure that the folder exists with the code in it; one that is damaged is repaired. Rejects with StorageFull.
   * What a process leaves that is killed midway is never taken for a package.
   */
  materialize(key: PackageKey, code: Uint8Array): Promise<void> {
    return this.#locks.run(folderName(key), async () => {
      if (await this.read(key)) return;
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const unfinished = join(this.#directory, `${this.#unfinished}-${folderName(key)}`);
      try {
        await mkdir(unfinished);
        await writeDurably(join(unfinished, key.codeFile), code);
        await rm(this.directory(key), { recursive: true, force: true });
        await rename(unfinished, this.directory(key));
      } catch (error) {
        await rm(unfinished, { recursive: true, force: true });
        throw orStorageFull(error, this.directory(key));
      }
    });
  }

  /** Removes what no function retains and what a killed process left half written. Stops early when aborted. */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const name of await this.#list()) {
      if (signal?.aborted) return;
      if (!name.startsWith(this.#unfinished)) await this.#removeUnheld(name);
    }
  }

  #removeUnheld(name: string): Promise<void> {
    return this.#locks.run(name, async () => {
      if (this.#holders.has(name)) return;
      await rm(join(this.#directory, name), { recursive: true, force: true });
    });
  }

  async #list(): Promise<string[]> {
    try {
      return await readdir(this.#directory);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}

function folderName({ codeFile, sha256: hash }: PackageKey): string {
  return sha256(`${codeFile}\0${hash}`);
}

/** The row that refers to a package survives a power cut, so the package must, too. */
async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}
