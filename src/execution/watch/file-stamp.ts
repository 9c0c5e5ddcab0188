import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { Milliseconds } from '../../clock/clock.ts';

/** Beyond this size a file is compared by size and time of change only. */
const LARGEST_HASHED = 1024n * 1024n;

/** File systems count time in steps: 4 ms on ext4, up to 2 s on FAT. Two writes within one step look like one. */
const COARSEST_TIMESTAMP: Milliseconds = 2_000;

/** What is known of a file's content without keeping it. */
export interface FileStamp {
  size: bigint;
  mtimeNs: bigint;
  ctimeNs: bigint;
  ino: bigint;
  /** Absent for large and unreadable files. */
  hash?: string;
  /** Read so soon after the last write that another write could leave the same times behind. */
  recent: boolean;
}

/**
 * Stamps the file at an absolute path, following symbolic links. Content is read only where times, size and inode do not
 * already vouch for `previous`. Undefined when there is no regular file.
 */
export async function stampFile(
  path: string,
  previous: FileStamp | undefined,
): Promise<FileStamp | undefined> {
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    if (isAbsence(error) || isDenial(error)) return undefined;
    throw error;
  }
  if (!stats.isFile()) return undefined;
  if (previous && !previous.recent && sameTimes(previous, stats)) return previous;
  const { size, mtimeNs, ctimeNs, ino } = stats;
  const stamp: FileStamp = { size, mtimeNs, ctimeNs, ino, recent: isRecent(stats) };
  if (size > LARGEST_HASHED) return stamp;
  try {
    // What the kernel makes up says that it is empty, and some of it (/proc/kmsg) is never read to its end.
    const content = size === 0n ? '' : await readFile(path);
    // It may have been truncated since: then this is a file that is empty, whatever its size was.
    stamp.size = BigInt(content.length);
    stamp.hash = createHash('sha256').update(content).digest('base64');
  } catch (error) {
    if (isAbsence(error)) return undefined;
    if (!isDenial(error)) throw error;
  }
  return stamp;
}

/** Whether two stamps are of the same content. A new name, time or inode alone changes nothing. */
export function sameContent(one: FileStamp, other: FileStamp): boolean {
  if (one.hash !== undefined || other.hash !== undefined) return one.hash === other.hash;
  return one.size === other.size && one.mtimeNs === other.mtimeNs && one.ino === other.ino;
}

function sameTimes(stamp: FileStamp, stats: BigIntStats): boolean {
  return (
    stamp.mtimeNs === stats.mtimeNs &&
    stamp.ctimeNs === stats.ctimeNs &&
    stamp.size === stats.size &&
    stamp.ino === stats.ino
  );
}

/** Compares with the wall's time and not with a Clock's: the kernel's stamps know nothing of scaled time. */
function isRecent(stats: BigIntStats): boolean {
  const written = Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
  return Date.now() - written < COARSEST_TIMESTAMP;
}

/** The path leads nowhere: gone, a parent gone, or a link to itself. */
export function isAbsence(error: unknown): boolean {
  return hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP');
}

/** The path is there and not for us. */
export function isDenial(error: unknown): boolean {
  return hasCode(error, 'EACCES', 'EPERM');
}

/** Whether it is a system's error with one of these codes, as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
