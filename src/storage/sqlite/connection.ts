import { createRequire } from 'node:module';
import BetterSqlite3 from 'better-sqlite3';
import { DatabaseUnreadable, errorCode, StorageFull } from '../errors.ts';

/** better-sqlite3's own handle; only the files in this folder see it. */
export type Connection = BetterSqlite3.Database;
export type PreparedStatement = BetterSqlite3.Statement;

const require = createRequire(import.meta.url);

/** Opens a file, or an image of one in memory. Locks are never waited for. */
export function connect(file: string | Buffer, options: { readonly?: boolean } = {}): Connection {
  const nativeBinding = nativeBindingFile();
  return new BetterSqlite3(file, { ...options, timeout: 0, ...(nativeBinding && { nativeBinding }) });
}

/** Without the path better-sqlite3 searches a dozen folders for its addon, which costs 3 ms at each start. */
function nativeBindingFile(): string | undefined {
  try {
    return require.resolve('better-sqlite3/build/Release/better_sqlite3.node');
  } catch (error) {
    if (errorCode(error) === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The typed error for what SQLite reported about `file` while it was in use; other errors as they are. */
export function translate(error: unknown, file: string): unknown {
  const code = errorCode(error);
  if (code === 'SQLITE_FULL') return new StorageFull(file, error);
  if (code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT'))
    return new DatabaseUnreadable(file, (error as Error).message, error);
  return error;
}
