import { describeSourceError } from '../../execution/source.ts';
import type { ListedFunction, StatusAnswer } from '../api.ts';
import type { DaemonClient } from '../client.ts';
import { Refused } from '../client.ts';
import type { Command } from '../command.ts';
import { locateDaemon } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { endpointUrl, listFunctions } from '../find-function.ts';
import type { Style } from '../style.ts';
import { tableLines } from '../table.ts';
import { printable } from '../text-width.ts';

interface Row {
  function: ListedFunction;
  status: StatusAnswer | undefined;
}

const AT_ONCE = 16;
const STATE_COLUMN = 3;

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
  const { style, columns } = context.out;
  const lines = tableLines(
    [
      // Also the end of the endpoint.
      { title: 'ID', expendable: true },
      { title: 'TITLE', flexible: true },
      { title: 'RUNTIME' },
      { title: 'STATE' },
      { title: 'ENDPOINT' },
    ],
    rows.map((row) => [
      row.function.id,
      printable(row.function.title),
      `${row.function.runtime} ${row.function.version}`,
      row.status?.state ?? 'gone',
      endpointUrl(client, row.function.id),
    ]),
    {
      width: columns,
      paint: (text, row, column) => {
        if (row < 0) return style.dim(text);
        return column === STATE_COLUMN ? paintState(text, style) : text;
      },
    },
  );
  for (const line of lines) context.out.line(line);
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
