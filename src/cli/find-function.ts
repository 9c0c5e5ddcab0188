import type { ListAnswer, ListedFunction } from './api.ts';
import { CliError } from './cli-error.ts';
import type { DaemonClient } from './client.ts';
import { EXIT } from './exit-codes.ts';
import { printable } from './text-width.ts';

const PAGE = 100;

/** All functions, newest first. */
export async function listFunctions(client: DaemonClient): Promise<ListedFunction[]> {
  const found: ListedFunction[] = [];
  for (let page = 1; ; page++) {
    const query = `limit=${PAGE}&page=${page}&sort=reg_date&asc=false`;
    const answer = await client.call<ListAnswer>('GET', `/lambda/list?${query}`);
    found.push(...answer.lambdas);
    if (page >= answer.pages || answer.lambdas.length === 0) return found;
  }
}

/** The one function meant by an id, a title, or the first characters of an id. Rejects with CliError when none or several are. */
export async function findFunction(client: DaemonClient, wanted: string): Promise<ListedFunction> {
  const all = await listFunctions(client);
  const exact = all.filter(({ id, title }) => id === wanted || title === wanted);
  const matches = exact.length > 0 || wanted === '' ? exact : all.filter(({ id }) => id.startsWith(wanted));
  if (matches.length === 1) return matches[0]!;
  if (matches.length === 0)
    throw new CliError(`There is no function "${printable(wanted)}"`, EXIT.notFound, [
      'list them with: lambdock ps',
    ]);
  throw new CliError(
    `"${printable(wanted)}" could be any of ${matches.length} functions`,
    EXIT.usage,
    matches.slice(0, 10).map(({ id, title }) => `${id}  ${printable(title)}`),
  );
}

/** Where a function is called. */
export function endpointUrl(client: DaemonClient, id: string): string {
  return `${client.url}/endpoint/${id}`;
}
