import { listOf } from './document.ts';
import { parseOperator } from './operators.ts';

export type Raw = Readonly<Record<string, unknown>>;

const DOCUMENT = new Set(['Version', 'Id', 'Statement']);
const STATEMENT = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
]);
const VERSIONS = new Set(['2008-10-17', '2012-10-17']);

/** The statements of a document whose form is that of a policy; undefined for any other. */
export function statementsOf(document: unknown): Raw[] | undefined {
  if (!isRecord(document) || !onlyHas(document, DOCUMENT)) return undefined;
  const { Version, Id, Statement } = document;
  if (Version !== undefined && (typeof Version !== 'string' || !VERSIONS.has(Version))) return undefined;
  if (Id !== undefined && typeof Id !== 'string') return undefined;
  const statements = listOf(Statement);
  return statements.length > 0 && statements.every(isStatement) ? (statements as Raw[]) : undefined;
}

function isStatement(value: unknown): boolean {
  if (!isRecord(value) || !onlyHas(value, STATEMENT)) return false;
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = value;
  return (
    (Sid === undefined || typeof Sid === 'string') &&
    typeof Effect === 'string' &&
    /^(allow|deny)$/i.test(Effect) &&
    oneOfTexts(Action, NotAction) &&
    oneOfTexts(Resource, NotResource) &&
    !(Principal !== undefined && NotPrincipal !== undefined) &&
    isPrincipal(Principal ?? NotPrincipal) &&
    isCondition(Condition)
  );
}

function oneOfTexts(one: unknown, other: unknown): boolean {
  return !(one !== undefined && other !== undefined) && isTexts(one ?? other ?? []);
}

function isTexts(value: unknown): boolean {
  return listOf(value).every((item) => typeof item === 'string');
}

function isPrincipal(value: unknown): boolean {
  if (value === undefined || value === '*') return true;
  return isRecord(value) && Object.values(value).every(isTexts);
}

/** Numbers and truth values are taken as their texts. An operator with no keys may be called anything. */
function isCondition(value: unknown): boolean {
  if (value === undefined) return true;
  if (!isRecord(value)) return false;
  return Object.entries(value).every(([operator, keys]) => {
    if (!isRecord(keys)) return false;
    const entries = Object.values(keys);
    if (entries.length > 0 && !parseOperator(operator)) return false;
    return entries.every((values) =>
      listOf(values).every((item) => isRecord(item) === false && item !== null && !Array.isArray(item)),
    );
  });
}

function onlyHas(value: Raw, names: ReadonlySet<string>): boolean {
  return Object.keys(value).every((name) => names.has(name));
}

export function isRecord(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
