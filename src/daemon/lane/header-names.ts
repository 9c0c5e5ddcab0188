/** What is looked at. Of what is not named here nothing depends on. */
const KEPT = new Set([
  'authorization',
  'connection',
  'content-length',
  'host',
  'x-amz-content-sha256',
  'x-amz-invocation-type',
  'x-amz-log-type',
  'x-amz-security-token',
  'x-amzn-trace-id',
]);
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
    if (meaning !== undefined && this.#known.size < MOST_KNOWN) this.#known.set(spelling, meaning);
    return meaning;
  }
}

function meaningOf(name: string): Meaning {
  if (KEPT.has(name)) return name;
  if (UNUSUAL.has(name) || name.startsWith('sec-')) return undefined;
  return name.startsWith('x-amz-') && !WITHOUT_EFFECT.has(name) ? undefined : '';
}
