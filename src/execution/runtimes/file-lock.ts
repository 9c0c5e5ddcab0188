import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import type { Clock, Milliseconds } from '../../clock/clock.ts';
import { processIdentity } from '../../workloads/process/identity.ts';

const RETRY: Milliseconds = 100;

/** A process, told apart from a later one with the same pid. */
interface Holder {
  pid: number;
  identity: string;
}

/**
 * Holds a lock among processes while `work` runs: a file that says who holds it. The lock of a process that has
 * ended is taken over.
 */
export async function withFileLock<T>(
  path: string,
  clock: Clock,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  while (!(await tryLock(path))) {
    if (!(await removeStale(path))) await clock.sleep(RETRY, signal);
  }
  try {
    return await work();
  } finally {
    await unlink(path);
  }
}

/** Linking a written file makes the lock appear together with its content. */
async function tryLock(path: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }));
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(draft);
  }
}

/** True when a stale lock was removed, or was gone already. */
async function removeStale(path: string): Promise<boolean> {
  const holder = await readHolder(path);
  if (holder === undefined) return true;
  if (processIdentity(holder.pid) === holder.identity) return false;
  // Renamed before it is looked at again: of two who see the stale lock only one gets it, and never a fresh one.
  const taken = `${path}.${randomUUID()}`;
  try {
    await rename(path, taken);
  } catch {
    return true; // somebody else was faster
  }
  const removed = await readHolder(taken);
  if (removed && removed.identity !== holder.identity) await link(taken, path); // a fresh one after all: put it back
  await unlink(taken);
  return true;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
