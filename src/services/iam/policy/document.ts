/** A policy as it is evaluated. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html */
export interface PolicyDocument {
  version: string;
  statements: Statement[];
}

export interface Statement {
  sid: string | undefined;
  effect: 'Allow' | 'Deny';
  actions: Matched;
  /** Undefined in the trust policies of roles. */
  resources: Matched | undefined;
  /** Undefined in policies of users, groups and roles. */
  principals: (Principals & { negated: boolean }) | undefined;
  conditions: Condition[];
}

export interface Matched {
  /** `NotAction`, `NotResource`. */
  negated: boolean;
  patterns: string[];
}

/** By kind: AWS, Service, Federated, CanonicalUser. `*` for everyone. */
export interface Principals {
  everyone: boolean;
  byKind: Readonly<Record<string, string[]>>;
}

export interface Condition {
  operator: string;
  key: string;
  values: string[];
}

/** Reads a document that was found to be valid. What is not as it should be is left out. */
export function readDocument(text: string): PolicyDocument {
  const { Version = '2008-10-17', Statement = [] } = JSON.parse(text) as Raw;
  return { version: String(Version), statements: listOf(Statement).map((raw) => readStatement(raw as Raw)) };
}

type Raw = Readonly<Record<string, unknown>>;

function readStatement(raw: Raw): Statement {
  return {
    sid: typeof raw.Sid === 'string' ? raw.Sid : undefined,
    effect: raw.Effect === 'Deny' ? 'Deny' : 'Allow',
    actions: matched(raw, 'Action') ?? { negated: false, patterns: [] },
    resources: matched(raw, 'Resource'),
    principals: readPrincipals(raw),
    conditions: readConditions((raw.Condition ?? {}) as Raw),
  };
}

function matched(raw: Raw, name: string): Matched | undefined {
  if (raw[name] !== undefined) return { negated: false, patterns: textsOf(raw[name]) };
  const not = raw[`Not${name}`];
  return not === undefined ? undefined : { negated: true, patterns: textsOf(not) };
}

function readPrincipals(raw: Raw): Statement['principals'] {
  const negated = raw.Principal === undefined;
  const value = raw.Principal ?? raw.NotPrincipal;
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { negated, everyone: value === '*', byKind: {} };
  const byKind = Object.fromEntries(
    Object.entries(value as Raw).map(([kind, names]) => [kind, textsOf(names)]),
  );
  return { negated, everyone: byKind.AWS?.includes('*') ?? false, byKind };
}

function readConditions(raw: Raw): Condition[] {
  return Object.entries(raw).flatMap(([operator, keys]) =>
    Object.entries(keys as Raw).map(([key, values]) => ({ operator, key, values: textsOf(values) })),
  );
}

/** AWS's grammar allows one thing wherever it allows several. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

export function textsOf(value: unknown): string[] {
  return listOf(value).map(String);
}
