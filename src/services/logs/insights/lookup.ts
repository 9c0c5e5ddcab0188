import type { Command } from './ast.ts';
import { QueryError } from './lexer.ts';
import type { Stage } from './stage.ts';
import { asText } from './values.ts';

/** The rows of a lookup table, the first of which names the columns. */
export type TableRows = readonly (readonly string[])[];

/** Undefined where there is no table of that name. */
export type ReadTable = (name: string) => TableRows | undefined;

type Lookup = Extract<Command, { kind: 'lookup' }>;

/**
 * Adds what a table knows of a row. Of several rows of the table that fit it is the first.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Lookup.html
 *
 * @throws QueryError
 */
export function lookup(command: Lookup, next: Stage, { readTable }: { readTable?: ReadTable }): Stage {
  const { table, keys, outputs, overwrite, start, end } = command;
  const [header, ...records] = readTable?.(table) ?? [];
  if (!header) throw new QueryError(`Lookup table ${table} does not exist`, start, end);
  const indexOf = (column: string): number => {
    const index = header.indexOf(column);
    if (index < 0) throw new QueryError(`Lookup table ${table} has no column ${column}`, start, end);
    return index;
  };
  const columns = keys.map(({ column }) => indexOf(column));
  const added = outputs.map((name) => ({ name, index: indexOf(name) }));
  const byKey = new Map<string, readonly string[]>();
  for (const record of records) {
    const key = JSON.stringify(columns.map((index) => record[index]));
    if (!byKey.has(key)) byKey.set(key, record);
  }
  return {
    push: (row) => {
      const found = byKey.get(JSON.stringify(keys.map(({ field }) => asText(row.get(field)))));
      for (const { name, index } of added) {
        if (overwrite || row.get(name) === undefined) row.set(name, found?.[index]);
      }
      return next.push(row);
    },
    end: () => next.end(),
  };
}
