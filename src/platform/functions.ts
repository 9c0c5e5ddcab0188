import type { DeploymentStatus } from '../execution/deployment.ts';
import type { LogBuffer } from '../execution/log-buffer.ts';
import type { FunctionId, FunctionSource } from '../execution/source.ts';
import type { Condition } from './revision.ts';

/** A function's metadata, one row. Dates are ISO 8601. */
export interface FunctionRecord {
  id: FunctionId;
  title: string;
  runtime: string;
  version: string;
  source: FunctionSource;
  disabled: boolean;
  reg_date: string;
  update_date: string;
}

export const SORT_FIELDS = [
  'id',
  'title',
  'runtime',
  'version',
  'disabled',
  'reg_date',
  'update_date',
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

export interface ListQuery {
  limit: number;
  /** From 1. */
  page: number;
  sort: SortField;
  asc: boolean;
  /** Only those with this in their title, in any case, in their id or in "runtime version". */
  search?: string | undefined;
}

/** The rows. Implemented with SQLite in `storage/sqlite/function-table.ts`. Every method is one transaction. */
export interface FunctionTable {
  insert(record: FunctionRecord): void;
  /** Replaces a row that is not deleted; false when there is none. */
  update(record: FunctionRecord): boolean;
  /** Replaces the row of a deleted one by one that is not; false when there is none. */
  enable(record: FunctionRecord): boolean;
  /** Also returns deleted ones (`disabled`). */
  get(id: FunctionId): FunctionRecord | undefined;
  /** Deleted ones left out. Equal sort values are ordered by id, in the same direction. */
  list(query: ListQuery): { records: FunctionRecord[]; count: number };
  /** All that are not deleted, oldest first. */
  all(): FunctionRecord[];
  /** The one, not deleted, that is linked to this path, if any. */
  findLinked(path: string): FunctionRecord | undefined;
  /** Removes the rows of deleted functions for good. */
  purge(): void;
}

/** A mistake of the caller's, answered with `status` and `{"error": message}`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 503 | 507;

  constructor(status: RequestError['status'], message: string) {
    super(message);
    this.status = status;
  }
}

export interface CreateInput {
  title: string;
  runtime: string;
  version: string;
  code: string;
}

export interface LinkInput {
  /** Absolute path of a file or folder of this machine. */
  path: string;
  /** A language's name; by default it is told by the handler file. */
  runtime?: string | undefined;
  /** By default the file's or folder's name. */
  title?: string | undefined;
  /** Look for changes on a timer. */
  poll?: boolean | undefined;
  /** Globs of files whose changes don't matter. */
  ignore?: string[] | undefined;
}

/** What the platform API, the CLI's link calls and the console do with functions. Rejects with RequestError. */
export interface FunctionService {
  create(input: CreateInput): Promise<FunctionId>;
  /**
   * With a condition, changes nothing unless that holds. Resolves with the new revision; a linked function whose file can't
   * be read has none.
   */
  update(id: FunctionId, changes: Partial<CreateInput>, condition?: Condition): Promise<string | undefined>;
  remove(id: FunctionId): Promise<void>;
  /**
   * Undoes `remove`; nothing to do for one that is not deleted. RequestError 404 for one that never was or was removed for
   * good, 409 when its runtime or file is gone, or its file linked to another function.
   */
  undelete(id: FunctionId): Promise<void>;
  /** Not-deleted only; RequestError 404 otherwise. */
  get(id: FunctionId): FunctionRecord;
  /** With its code, as they belong together. */
  read(id: FunctionId): Promise<{ record: FunctionRecord; code: string; revision: string }>;
  list(query: ListQuery): { records: FunctionRecord[]; count: number };
  /** Creates or finds the function of a file or folder of the user's, and keeps it reloading from there. */
  link(input: LinkInput): Promise<FunctionRecord>;
  status(record: FunctionRecord): DeploymentStatus;
  logs(id: FunctionId): LogBuffer;
}
