import type {
  CreateLookupTableCommandInput,
  CreateLookupTableCommandOutput,
  DeleteLookupTableCommandInput,
  DeleteLookupTableCommandOutput,
  DescribeLookupTablesCommandInput,
  DescribeLookupTablesCommandOutput,
  GetLookupTableCommandInput,
  GetLookupTableCommandOutput,
  UpdateLookupTableCommandInput,
  UpdateLookupTableCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Call } from '../../../aws/call.ts';
import type { Operation } from '../../../aws/service.ts';
import { alreadyExists, invalidParameter, limitExceeded, notFound } from '../errors.ts';
import type { Logs } from '../logs.ts';
import { type LookupTable, putLookupTable, resultsAsCsv } from '../lookup-tables.ts';
import { pageOf } from '../pages.ts';
import { lookupTables } from '../stored.ts';
import { checkTags } from '../tags.ts';

const MOST_TABLES = 100;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLookupTable.html */
export function createLookupTable(
  logs: Logs,
): Operation<CreateLookupTableCommandInput, CreateLookupTableCommandOutput> {
  return (input, call) => {
    const { lookupTableName: name, description, kmsKeyId, tags = {} } = input;
    const tables = lookupTables(logs);
    if (tables.get(call, '', name!)) throw alreadyExists('The specified lookup table already exists.');
    if (tables.countOf(call, '') >= MOST_TABLES) throw limitExceeded();
    checkTags(tags);
    const body = bodyOf(logs, call, input);
    return logs.database.transaction(() => {
      const made = putLookupTable(logs, call, { name: name!, body, description, kmsKeyId });
      logs.tags.put(call, made.lookupTableArn, tags);
      return { lookupTableArn: made.lookupTableArn, createdAt: made.createdAt };
    });
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateLookupTable.html */
export function updateLookupTable(
  logs: Logs,
): Operation<UpdateLookupTableCommandInput, UpdateLookupTableCommandOutput> {
  return (input, call) => {
    const { lookupTableName: name } = tableAt(logs, call, input.lookupTableArn!);
    const { description, kmsKeyId } = input;
    const body = bodyOf(logs, call, input);
    const { lookupTableArn, lastUpdatedTime } = putLookupTable(logs, call, {
      name,
      body,
      description,
      kmsKeyId,
    });
    return { lookupTableArn, lastUpdatedTime };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLookupTable.html */
export function getLookupTable(
  logs: Logs,
): Operation<GetLookupTableCommandInput, GetLookupTableCommandOutput> {
  return ({ lookupTableArn }, call) => {
    const {
      tableFields: _,
      recordsCount: __,
      createdAt: ___,
      ...table
    } = tableAt(logs, call, lookupTableArn!);
    return table;
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLookupTables.html */
export function describeLookupTables(
  logs: Logs,
): Operation<DescribeLookupTablesCommandInput, DescribeLookupTablesCommandOutput> {
  return ({ lookupTableNamePrefix: prefix = '', maxResults: limit, nextToken }, call) => {
    const found = lookupTables(logs)
      .ofParent(call, '')
      .filter(({ lookupTableName }) => lookupTableName.startsWith(prefix));
    const page = pageOf('DescribeLookupTables', found, ({ lookupTableName }) => lookupTableName, {
      limit,
      nextToken,
    });
    const shown = page.items.map(({ tableBody: _, createdAt: __, ...table }) => table);
    return { lookupTables: shown, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLookupTable.html */
export function deleteLookupTable(
  logs: Logs,
): Operation<DeleteLookupTableCommandInput, DeleteLookupTableCommandOutput> {
  return ({ lookupTableArn }, call) => {
    const { lookupTableName } = tableAt(logs, call, lookupTableArn!);
    logs.database.transaction(() => {
      lookupTables(logs).delete(call, '', lookupTableName);
      logs.tags.deleteAll(call, lookupTableArn!);
    });
    return {};
  };
}

function tableAt(logs: Logs, call: Call, arn: string): LookupTable {
  const table = lookupTables(logs).get(call, '', arn.split(':lookup-table:')[1] ?? '');
  if (table?.lookupTableArn !== arn) throw notFound('The specified lookup table does not exist.');
  return table;
}

/** The content that a request has, or that of the results which it names. */
function bodyOf(
  logs: Logs,
  call: Call,
  { tableBody, queryId }: { tableBody?: string | undefined; queryId?: string | undefined },
): string {
  if ((tableBody === undefined) === (queryId === undefined)) {
    throw invalidParameter('Either tableBody or queryId must be specified, but not both.');
  }
  if (tableBody !== undefined) return tableBody;
  const query = logs.queries.get(call, queryId!);
  if (query?.status !== 'Complete' && query?.status !== 'Cancelled') {
    throw invalidParameter('The specified query is not complete.');
  }
  return resultsAsCsv(query.results);
}
