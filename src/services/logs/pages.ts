import { BAD_TOKEN, invalidParameter } from './errors.ts';

/** A place in a list, as a token that says nothing to its holder. `list` keeps tokens of different lists apart. */
export function writeToken(list: string, place: unknown): string {
  return Buffer.from(JSON.stringify([list, place])).toString('base64url');
}

/** @throws InvalidParameterException for what we have not written */
export function readToken<T>(list: string, token: string): T {
  try {
    const [name, place] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [string, T];
    if (name === list) return place;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
  }
  throw invalidParameter(BAD_TOKEN);
}

export interface PageRequest {
  nextToken?: string | undefined;
  limit?: number | undefined;
}

export interface Page<T> {
  items: T[];
  nextToken: string | undefined;
}

/** A page of a list that is in memory as a whole, in the order of `keyOf`. */
export function pageOf<T>(
  list: string,
  all: readonly T[],
  keyOf: (item: T) => string,
  { nextToken, limit = 50 }: PageRequest,
): Page<T> {
  const after = nextToken === undefined ? undefined : readToken<string>(list, nextToken);
  const sorted = all
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === undefined || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const page = sorted.slice(0, limit);
  const more = sorted.length > page.length;
  return {
    items: page.map(({ item }) => item),
    nextToken: more ? writeToken(list, page.at(-1)!.key) : undefined,
  };
}
