import { createHash } from 'node:crypto';
import { ObjectDamaged, type ObjectStore } from './object-store.ts';

export interface Migration {
  from: ObjectStore;
  to: ObjectStore;
  bucket: string;
  /** Remove each object from where it was, once it is known to be where it goes. */
  deleteSource: boolean;
  signal: AbortSignal;
  onProgress(progress: MigrationProgress): void;
}

export interface MigrationProgress {
  copied: number;
  /** Were there already, with the same content: an earlier migration was broken off. */
  present: number;
  bytes: number;
  /** Keys of objects whose stored bytes are not those that were put. They stay where they are. */
  damaged: readonly string[];
}

/**
 * Copies all objects of a bucket from one store to another. What arrived is looked at before an object counts as copied.
 * Broken off at any point it can be begun again. Rejects with the stores' errors, or with the signal's reason.
 */
export async function migrateObjects(migration: Migration): Promise<MigrationProgress> {
  const { from, bucket, onProgress, signal } = migration;
  const damaged: string[] = [];
  const progress = { copied: 0, present: 0, bytes: 0, damaged };
  let after: string | undefined;
  do {
    const page = await from.list(bucket, after === undefined ? {} : { after });
    for (const { key, sha256, size } of page.objects) {
      signal.throwIfAborted();
      try {
        progress[await moveObject(migration, key, sha256)]++;
        progress.bytes += size;
      } catch (error) {
        if (!(error instanceof ObjectDamaged)) throw error;
        damaged.push(key);
      }
      onProgress(progress);
    }
    after = page.next;
  } while (after !== undefined);
  return progress;
}

async function moveObject(
  { from, to, bucket, deleteSource }: Migration,
  key: string,
  sha256: string,
): Promise<'copied' | 'present'> {
  const there = await to.head(bucket, key);
  // What it says of itself will do, unless it is going to be the only one.
  const present = there?.sha256 === sha256 && (!deleteSource || (await isIntact(to, bucket, key, sha256)));
  if (!present) {
    const object = await from.get(bucket, key);
    if (!object) throw new ObjectDamaged(`object ${bucket}/${key} went away while it was copied`);
    await to.put(bucket, key, object.body, object.contentType);
    if (!(await isIntact(to, bucket, key, sha256)))
      throw new Error(`object ${bucket}/${key} is not the same where it was copied to`);
  }
  if (deleteSource) await from.delete(bucket, key);
  return present ? 'present' : 'copied';
}

async function isIntact(store: ObjectStore, bucket: string, key: string, sha256: string): Promise<boolean> {
  try {
    const content = await store.read(bucket, key);
    return content !== undefined && createHash('sha256').update(content).digest('hex') === sha256;
  } catch (error) {
    if (error instanceof ObjectDamaged) return false;
    throw error;
  }
}
