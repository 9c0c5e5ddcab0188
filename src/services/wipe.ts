import type { Database } from '../storage/sqlite/database.ts';

/** Counters, whose numbers are never given twice. */
const KEPT = ['log_sequence'];

/**
 * Deletes all that AWS's services keep, whose tables are named after them; returns how many functions there were. Nothing of the
 * services may run meanwhile: what they remember would be of rows that are gone.
 */
export function wipeServices(database: Database): number {
  const tables = database
    .prepare<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name GLOB 'iam_*' OR name GLOB 'lambda_*' OR name GLOB 'log_*')",
    )
    .all()
    .map(({ name }) => name)
    .filter((name) => !KEPT.includes(name));
  const count = database.prepare<{ functions: number }>('SELECT count(*) AS functions FROM lambda_functions');
  return database.transaction(() => {
    const { functions } = count.get()!;
    // Rows may refer to each other in any order.
    database.prepare('PRAGMA defer_foreign_keys = ON').run();
    for (const table of tables) database.prepare(`DELETE FROM ${table}`).run();
    return functions;
  });
}
