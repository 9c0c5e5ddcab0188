import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseTooNew, DatabaseUnreadable, DataFolderInUse, errorCode } from '../errors.ts';
import { connect } from './connection.ts';

/** 'lamb': SQLite's header field that says whose file this is. */
export const APPLICATION_ID = 0x6c616d62;

/** Up to this size a file is read and checked as a whole, which takes 2 to 4 ms a megabyte of each start. */
const CHECKED_SIZE = 512 * 1024;

const HEADER_SIZE = 100;
const MAGIC = 'SQLite format 3\0';

/**
 * Looks at a database file without touching it or the files beside it: whether it is free, ours, of a version we
 * know, and (up to half a megabyte) undamaged. Opening it for writing to find out would already change it: SQLite folds the
 * write-ahead log of a killed process into the file when it closes.
 *
 * That the main file alone tells the version and the schema is an invariant of `database.ts`: both change only
 * while the file is not in WAL mode.
 *
 * @returns false when there is no file yet, or an empty one
 * @throws DataFolderInUse, DatabaseUnreadable, DatabaseTooNew
 */
export function inspect(file: string, knownVersion: number): boolean {
  if (sizeOf(file) === 0) return false;
  // First, because closing a plain descriptor drops every lock that this process has on the file.
  refuseIfLocked(file);
  const image = readStart(file);
  checkHeader(file, image, knownVersion);
  if (sizeOf(`${file}-journal`) === 0 && image.length === sizeOf(file))
    checkContent(file, image, sizeOf(`${file}-wal`) === 0);
  return true;
}

/** 0 when there is none. */
function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw new DatabaseUnreadable(file, (error as Error).message, error);
  }
}

/**
 * Asks for a lock through a read-only connection. Exclusive mode keeps it from making a shared-memory file; that
 * mode can't be had read-only, so the attempt fails either way, and only how it fails matters.
 */
function refuseIfLocked(file: string): void {
  const probe = openProbe(file);
  try {
    probe.pragma('locking_mode = EXCLUSIVE');
    probe.pragma('schema_version');
  } catch (error) {
    if (errorCode(error)?.startsWith('SQLITE_BUSY')) throw new DataFolderInUse(file, error);
  } finally {
    probe.close();
  }
}

function openProbe(file: string) {
  try {
    return connect(file, { readonly: true });
  } catch (error) {
    throw new DatabaseUnreadable(file, (error as Error).message, error);
  }
}

/** The whole file, or only its header when it is large. */
function readStart(file: string): Buffer {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const image = Buffer.alloc(size <= CHECKED_SIZE ? size : HEADER_SIZE);
      return image.subarray(0, readSync(descriptor, image, 0, image.length, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new DatabaseUnreadable(file, (error as Error).message, error);
  }
}

/** https://www.sqlite.org/fileformat2.html#the_database_header */
function checkHeader(file: string, image: Buffer, knownVersion: number): void {
  if (image.length < HEADER_SIZE || image.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw new DatabaseUnreadable(file, 'it is not a SQLite database');
  if (image.readUInt32BE(68) !== APPLICATION_ID)
    throw new DatabaseUnreadable(file, 'it is a SQLite database of another program');
  const version = image.readInt32BE(60);
  if (version > knownVersion) throw new DatabaseTooNew(file, version, knownVersion);
}

/**
 * Opens a copy in memory, which reads the schema. Beside a write-ahead log the main file may be half-way through
 * a checkpoint: then its pages need not fit each other yet, and only the schema is checked.
 */
function checkContent(file: string, image: Buffer, complete: boolean): void {
  // A memory database can't be in WAL mode.
  image.fill(1, 18, 20);
  if (!complete) writePageCount(image);
  try {
    const copy = connect(image);
    try {
      const verdict = complete ? copy.pragma('quick_check(1)', { simple: true }) : 'ok';
      copy.prepare('SELECT count(*) FROM sqlite_schema').get();
      if (verdict !== 'ok') throw new DatabaseUnreadable(file, `it is damaged (${String(verdict)})`);
    } finally {
      copy.close();
    }
  } catch (error) {
    if (error instanceof DatabaseUnreadable) throw error;
    throw new DatabaseUnreadable(file, `it is damaged (${(error as Error).message})`, error);
  }
}

/** The header may already count pages that the interrupted checkpoint had yet to write. */
function writePageCount(image: Buffer): void {
  const field = image.readUInt16BE(16);
  const pageSize = field === 1 ? 65_536 : field;
  if (pageSize > 0) image.writeUInt32BE(Math.floor(image.length / pageSize), 28);
}
