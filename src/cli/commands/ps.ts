import { describeSourceError } from '../../execution/source.ts';
import type { ListedFunction, StatusAnswer } from '../api.ts';
import type { DaemonClient } from '../client.ts';
import { Refused } from '../client.ts';
import type { Command } from '../command.ts';
import { locateDaemon } from '../connect.ts';
import type { Output } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { endpointUrl, listFunctions } from '../find-function.ts';
import type { Style } from '../style.ts';
import { type Column, tableLines } from '../table.ts';
import { printable, textWidth } from '../text-width.ts';

interface Row {
  function: ListedFunction;
  status: StatusAnswer | undefined;
}

const AT_ONCE = 16;

/** Lists functions with their state, newest first. */
export const ps: Command = async ({ flags, context }) => {
  const { client } = await locateDaemon(flags, context);
  const rows = await withStatus(client, await listFunctions(client));
  if (flags.json) {
    const output = rows.map((row) => ({
      ...row.function,
      ...row.status,
      endpoint: endpointUrl(client, row.function.id),
    }));
    context.out.line(JSON.stringify(output, null, 2));
    return EXIT.ok;
  }
  if (rows.length === 0) {
    context.out.line(`No functions at ${client.url}. Make one with: lambdock dev <file or folder>`);
    return EXIT.ok;
  }
  const { style } = context.out;
  for (const line of overview(rows, client, context.out)) context.out.line(line);
  for (const {
    function: { title },
    status,
  } of rows) {
    if (status?.state === 'failed' && status.lastError)
      context.out.line(
        `${style.red('failed')} ${printable(title)}: ${printable(describeSourceError(status.lastError))}`,
      );
  }
  return EXIT.ok;
};

interface RowColumn extends Column {
  cell(row: Row): string;
}

/** The table, with as much of an id and its URL, which ends with the id, as fits without breaking lines. */
function overview(rows: readonly Row[], client: DaemonClient, { style, columns: width }: Output): string[] {
  const id: RowColumn = { title: 'ID', cell: (row) => row.function.id };
  const endpoint: RowColumn = { title: 'ENDPOINT', cell: (row) => endpointUrl(client, row.function.id) };
  const about: RowColumn[] = [
    { title: 'TITLE', flexible: true, cell: (row) => printable(row.function.title) },
    { title: 'RUNTIME', cell: (row) => `${row.function.runtime} ${row.function.version}` },
    {
      title: 'STATE',
      cell: (row) => row.status?.state ?? 'gone',
      paint: (state) => paintState(state, style),
    },
  ];
  const lines = (columns: RowColumn[], fit?: number) =>
    tableLines(
      columns,
      rows.map((row) => columns.map(({ cell }) => cell(row))),
      { width: fit, paintTitles: style.dim },
    );
  const fits = (table: string[]) => table.every((line) => textWidth(line) <= (width ?? Infinity));
  const whole = [
    [id, ...about, endpoint],
    [...about, endpoint],
  ].map((columns) => lines(columns));
  return (
    whole.find(fits) ?? [
      ...lines([id, ...about], width),
      style.dim(`Endpoints: ${endpointUrl(client, '<id>')}`),
    ]
  );
}

function paintState(state: string, style: Style): string {
  if (state === 'ready') return style.green(state);
  if (state === 'failed' || state === 'restarting') return style.red(state);
  return state === 'idle' ? style.dim(state) : style.yellow(state);
}

async function withStatus(client: DaemonClient, functions: readonly ListedFunction[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (let from = 0; from < functions.length; from += AT_ONCE) {
    const batch = functions.slice(from, from + AT_ONCE);
    rows.push(
      ...(await Promise.all(
        batch.map(async (item) => ({ function: item, status: await statusOf(client, item.id) })),
      )),
    );
  }
  return rows;
}

/** Undefined for a function that was deleted since it was listed. */
async function statusOf(client: DaemonClient, id: string): Promise<StatusAnswer | undefined> {
  try {
    return await client.call<StatusAnswer>('GET', `/lambda/${id}/status`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}
