import { createHash, randomUUID } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { errorCode, orStorageFull } from '../errors.ts';

/** A blob that is on the disk and stays there until it is released. */
export interface PinnedBlob {
  sha256: string;
  size: number;
  release(): void;
}

export interface SweepResult {
  /** Files of puts that never ended. */
  temporary: number;
  /** Blobs that no object has. */
  orphans: number;
}

/**
 * Contents by their SHA-256: `ab/abcd…`. Files are written under `tmp/` and renamed, so a blob is there completely
 * or not at all.
 *
 * A blob is removed when no object has its content any more. Between a put's rename and its row in the index, and
 * between a get's look-up and its open, the blob is pinned. Whether a blob is pinned and referenced is decided in one
 * turn of the event loop with its removal; that is enough, as the database's lock keeps other processes away.
 */
export class BlobFolder {
  readonly #folder: string;
  readonly #referenced: (sha256: string) => boolean;
  readonly #pins = new Map<string, number>();
  readonly #writing = new Set<string>();

  constructor(folder: string, referenced: (sha256: string) => boolean) {
    this.#folder = folder;
    this.#referenced = referenced;
  }

  /**
   * Stores a content, synced to the disk. The caller releases it once the index refers to it, or won't.
   *
   * @throws StorageFull, or what `body` failed with; nothing is left behind
   */
  async write(body: Uint8Array | Readable): Promise<PinnedBlob> {
    const name = randomUUID();
    const temporary = join(this.#folder, 'tmp', name);
    this.#writing.add(name);
    let release: (() => void) | undefined;
    try {
      await mkdir(join(this.#folder, 'tmp'), { recursive: true, mode: 0o700 });
      const { sha256, size } = await writeSynced(temporary, body);
      release = this.pin(sha256);
      await this.#moveIn(temporary, sha256);
      return { sha256, size, release };
    } catch (error) {
      await rm(temporary, { force: true });
      release?.();
      throw orStorageFull(error, this.#folder);
    } finally {
      this.#writing.delete(name);
    }
  }

  /** Keeps a blob from being removed until the returned function is called (once). */
  pin(sha256: string): () => void {
    this.#pins.set(sha256, (this.#pins.get(sha256) ?? 0) + 1);
    return () => {
      const others = (this.#pins.get(sha256) ?? 1) - 1;
      if (others > 0) {
        this.#pins.set(sha256, others);
      } else {
        this.#pins.delete(sha256);
        this.collect(sha256);
      }
    };
  }

  /** Opens a blob for reading. What is open stays readable when the blob is removed. Rejects with ENOENT when it is not there. */
  open(sha256: string): Promise<FileHandle> {
    return open(this.#path(sha256), 'r');
  }

  /** Removes a blob that nothing needs; true when it did. */
  collect(sha256: string): boolean {
    if (this.#pins.has(sha256) || this.#referenced(sha256)) return false;
    try {
      unlinkSync(this.#path(sha256));
      return true;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** Removes what a killed process left behind. Safe beside everything else; `signal` ends it early. */
  async sweep(signal: AbortSignal): Promise<SweepResult> {
    const result = { temporary: 0, orphans: 0 };
    for (const name of await namesIn(join(this.#folder, 'tmp'))) {
      if (signal.aborted) return result;
      if (this.#writing.has(name)) continue;
      await rm(join(this.#folder, 'tmp', name), { force: true });
      result.temporary += 1;
    }
    for (const part of await namesIn(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(part)) continue;
      for (const name of await namesIn(join(this.#folder, part))) {
        if (signal.aborted) return result;
        if (/^[0-9a-f]{64}$/.test(name) && name.startsWith(part) && this.collect(name)) result.orphans += 1;
      }
    }
    return result;
  }

  async #moveIn(temporary: string, sha256: string): Promise<void> {
    const path = this.#path(sha256);
    const parent = join(path, '..');
    const created = await mkdir(parent, { recursive: true });
    await rename(temporary, path);
    await syncFolder(parent);
    if (created !== undefined) await syncFolder(this.#folder);
  }

  #path(sha256: string): string {
    return join(this.#folder, sha256.slice(0, 2), sha256);
  }
}

async function writeSynced(
  path: string,
  body: Uint8Array | Readable,
): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body instanceof Uint8Array ? [body] : body) {
      const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      hash.update(bytes);
      size += bytes.length;
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest('hex'), size };
}

/** Makes a rename in it survive a power cut. Windows can't open folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
