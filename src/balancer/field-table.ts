/** What a proxy does with a header field that concerns one connection only (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** Fields that a message may not ask to be dropped by naming them in Connection: requests would change meaning. */
const NEVER_CONNECTION_SPECIFIC = new Set(['content-length', 'host', 'transfer-encoding', 'connection']);

/**
 * Finds the role of a header name, whatever its case. Most names are ruled out by their length alone,
 * which spares lower-casing every header of every message.
 */
export class FieldTable<Role> {
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #lengths: boolean[] = [];

  /** `roles` pairs lower-case names with their role; hop-by-hop fields that it leaves out get `hopByHop`. */
  constructor(hopByHop: Role, roles: Iterable<readonly [string, Role]>) {
    this.#roles = new Map([...HOP_BY_HOP.map((name) => [name, hopByHop] as const), ...roles]);
    const longest = Math.max(...[...this.#roles.keys()].map((name) => name.length));
    this.#lengths = Array.from({ length: longest + 1 }, () => false);
    for (const name of this.#roles.keys()) this.#lengths[name.length] = true;
  }

  get(name: string): Role | undefined {
    return this.#lengths[name.length] === true ? this.#roles.get(name.toLowerCase()) : undefined;
  }
}

/**
 * The lower-case names of the fields that the Connection headers among `headers` (name, value, name, value …) declare
 * to be for this connection only; undefined when they name nothing but the usual options.
 */
export function connectionNames(headers: readonly string[]): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]!.length !== 'connection'.length || headers[i]!.toLowerCase() !== 'connection') continue;
    const value = headers[i + 1]!;
    if (value === 'keep-alive' || value === 'close') continue;
    for (const token of value.split(',')) {
      const name = token.trim().toLowerCase();
      if (NEVER_CONNECTION_SPECIFIC.has(name)) continue;
      names ??= new Set();
      names.add(name);
    }
  }
  return names;
}
