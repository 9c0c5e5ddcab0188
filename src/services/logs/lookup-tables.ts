import type { Call } from '../../aws/call.ts';
import type { Scope } from '../../storage/scope.ts';
import { resourceArn } from './arns.ts';
import type { LogsEngine } from './engine.ts';
import { invalid } from './errors.ts';
import type { ReadTable } from './insights/lookup.ts';
import type { ResultField } from './insights/query.ts';
import { readCsv, writeCsv } from './lookup-csv.ts';
import { lookupTables } from './stored.ts';

/** A table that queries may look values up in. */
export interface LookupTable {
  lookupTableArn: string;
  lookupTableName: string;
  description?: string | undefined;
  kmsKeyId?: string | undefined;
  tableBody: string;
  tableFields: string[];
  recordsCount: number;
  sizeBytes: number;
  createdAt: number;
  lastUpdatedTime: number;
}

type Place = Pick<Call, 'account' | 'region' | 'partition'>;

interface TableChange {
  name: string;
  body: string;
  description?: string | undefined;
  kmsKeyId?: string | undefined;
}

/** Makes a table, or replaces what is in it. @throws ValidationException for what is no CSV with a header */
export function putLookupTable(logs: LogsEngine, place: Place, change: TableChange): LookupTable {
  const { name, body, description, kmsKeyId } = change;
  const [fields, ...records] = readCsv(body);
  if (!fields || fields.some((field) => field.trim() === '')) {
    throw invalid('The CSV content must have a header row with column names.');
  }
  if (new Set(fields).size < fields.length) throw invalid('Column names must be unique.');
  const uneven = records.findIndex((record) => record.length !== fields.length);
  if (uneven >= 0) {
    throw invalid(`Row ${uneven + 2} has ${records[uneven]!.length} values for ${fields.length} columns.`);
  }
  const before = lookupTables(logs).get(place, '', name);
  const now = logs.clock.now();
  const table: LookupTable = {
    lookupTableArn: resourceArn(place, 'lookup-table', name),
    lookupTableName: name,
    description: description ?? before?.description,
    kmsKeyId: kmsKeyId ?? before?.kmsKeyId,
    tableBody: body,
    tableFields: fields,
    recordsCount: records.length,
    sizeBytes: Buffer.byteLength(body),
    createdAt: before?.createdAt ?? now,
    lastUpdatedTime: now,
  };
  lookupTables(logs).put(place, '', name, table);
  return table;
}

/** The tables that queries of an account in a region may look values up in. */
export function tableReader(logs: LogsEngine, scope: Scope): ReadTable {
  return (name) => {
    const table = lookupTables(logs).get(scope, '', name);
    return table && readCsv(table.tableBody);
  };
}

/** What a query came to, as the content of a table. */
export function resultsAsCsv(results: readonly (readonly ResultField[])[]): string {
  const shown = results.map((row) => row.filter(({ field }) => field !== '@ptr'));
  const fields = [...new Set(shown.flatMap((row) => row.map(({ field }) => field)))];
  const valueIn = (row: readonly ResultField[], field: string) =>
    row.find((one) => one.field === field)?.value ?? '';
  return writeCsv([fields, ...shown.map((row) => fields.map((field) => valueIn(row, field)))]);
}
