/** What the storage layer can refuse. Every message says which file is meant and what a person can do about it. */
export abstract class StorageError extends Error {
  /** The file or folder concerned, as an absolute path; of an object store elsewhere its URL. */
  readonly file: string;

  constructor(file: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.file = file;
  }
}

/** Another daemon has the data folder open. Nothing was changed. */
export class DataFolderInUse extends StorageError {
  override readonly name = 'DataFolderInUse';

  constructor(file: string, cause?: unknown) {
    super(file, `${file} is in use by another lambdock: stop that one, or use another --data-dir`, cause);
  }
}

/** The file is damaged, or not ours, or can't be opened. It is left exactly as it was found. */
export class DatabaseUnreadable extends StorageError {
  override readonly name = 'DatabaseUnreadable';

  constructor(file: string, reason: string, cause?: unknown) {
    super(
      file,
      `${file} can't be used as lambdock's database: ${reason}. ` +
        'It was left as it is: move it away together with its -wal file, or use another --data-dir',
      cause,
    );
  }
}

/** The file was written by a later version. It is left exactly as it was found. */
export class DatabaseTooNew extends StorageError {
  override readonly name = 'DatabaseTooNew';

  constructor(file: string, found: number, known: number) {
    super(
      file,
      `${file} was written by a newer lambdock (format ${found}; this one knows up to ${known}). ` +
        'It was left as it is: update lambdock, move the file away together with its -wal file, or use another --data-dir',
    );
  }
}

/** The disk (or the quota) is full. What was being written is not there, not even in part. */
export class StorageFull extends StorageError {
  override readonly name = 'StorageFull';

  constructor(file: string, cause?: unknown) {
    super(file, `no space left to write ${file}`, cause);
  }
}

/** What is wrong with an object store, and what a person can do about it. */
export interface Outage {
  /** As `MinIO at http://127.0.0.1:9000 can't be reached (ECONNREFUSED)`. */
  what: string;
  /** Each a sentence without its full stop, as `start it`. */
  ways: readonly string[];
  /** It may pass by itself. Otherwise somebody has to change something. */
  transient: boolean;
  cause?: unknown;
}

/** The object store is away or refuses. Whether what was being done to an object has happened is not known. */
export class ObjectStoreUnavailable extends StorageError {
  override readonly name = 'ObjectStoreUnavailable';
  readonly what: string;
  readonly ways: readonly string[];
  readonly transient: boolean;

  constructor(endpoint: string, { what, ways, transient, cause }: Outage) {
    super(endpoint, [what, ways.join(', or ')].filter(Boolean).join(': '), cause);
    this.what = what;
    this.ways = ways;
    this.transient = transient;
  }
}

/** A bucket or key that can't be the name of an object. */
export class InvalidObjectName extends Error {
  override readonly name = 'InvalidObjectName';
  readonly part: 'bucket' | 'key';

  constructor(part: 'bucket' | 'key', message: string) {
    super(message);
    this.part = part;
  }
}

/** The `code` of errors from Node and SQLite. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** StorageFull when the file system reported a full disk or quota while writing `file`, else `error` itself. */
export function orStorageFull(error: unknown, file: string): unknown {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT' ? new StorageFull(file, error) : error;
}
