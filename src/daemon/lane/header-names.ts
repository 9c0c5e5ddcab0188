import type { IncomingHttpHeaders } from 'node:http';

/** What is looked at, not yet found; of what is not named here nothing depends on. Copies of it have one shape. */
const NONE: IncomingHttpHeaders = {
  authorization: undefined,
  connection: undefined,
  'content-length': undefined,
  host: undefined,
  'x-amz-content-sha256': undefined,
  'x-amz-invocation-type': undefined,
  'x-amz-log-type': undefined,
  'x-amz-security-token': undefined,
  'x-amzn-trace-id': undefined,
};
const WITHOUT_EFFECT = new Set(['x-amz-date', 'x-amz-user-agent']);
/** They change how a body is read, who may call, or what is done. */
const UNUSUAL = new Set(['content-encoding', 'expect', 'origin', 'trailer', 'transfer-encoding', 'upgrade']);
/** Clients spell a few dozen; who makes up more is not remembered. */
const MOST_KNOWN = 256;

/** A header's name in lower case where it is looked at, '' where it has no effect, undefined where it is unusual. */
export type Meaning = string | undefined;

/** Tells what a header's name means. Each spelling is looked at once: this is asked for each line of each request. */
export class HeaderNames {
  readonly #known = new Map<string, Meaning>();

  meaning(spelling: string): Meaning {
    const known = this.#known.get(spelling);
    if (known !== undefined) return known;
    const meaning = meaningOf(spelling.toLowerCase());
    if (meaning !== undefined && this.#known.size < MOST_KNOWN) this.#known.set(copyOf(spelling), meaning);
    return meaning;
  }
}

/** For the headers that are looked at. */
export function noHeaders(): IncomingHttpHeaders {
  return { ...NONE };
}

/** A part of a string keeps all of it in memory: here that would be a request's head. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function meaningOf(name: string): Meaning {
  if (Object.hasOwn(NONE, name)) return name;
  if (UNUSUAL.has(name) || name.startsWith('sec-')) return undefined;
  return name.startsWith('x-amz-') && !WITHOUT_EFFECT.has(name) ? undefined : '';
}
