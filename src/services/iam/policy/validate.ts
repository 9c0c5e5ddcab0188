import { malformedPolicy } from '../errors.ts';
import { listOf, textsOf } from './document.ts';
import { failsLegacyParsing, resourceProblem } from './resources.ts';
import { type Raw, statementsOf } from './syntax.ts';

const LEGACY = 'The policy failed legacy parsing';

/**
 * Checks a policy of a user, a group or a role as IAM does, and in its order: of several mistakes it tells the first.
 *
 * @throws MalformedPolicyDocumentException
 */
export function validateIdentityPolicy(text: string): void {
  const document = parse(text);
  const statements = document === undefined ? undefined : statementsOf(document);
  if (!statements) throw malformedPolicy('Syntax errors in policy.');
  if ((document as Raw).Version !== '2012-10-17') {
    throw malformedPolicy('Policy document must be version 2012-10-17 or greater.');
  }
  if (statements.some(isLegacyProblem)) throw malformedPolicy(LEGACY);
  requireUniqueSids(statements);
  for (const statement of statements) requireParts(statement);
  for (const statement of statements) checkResources(statement);
  for (const statement of statements) checkActions(statement);
}

/** @throws MalformedPolicyDocumentException */
export function requireUniqueSids(statements: readonly Raw[]): void {
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy('Statement IDs (SID) in a single policy must be unique.');
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isLegacyProblem({ Effect, Resource, NotResource, Condition = {} }: Raw): boolean {
  if (Effect !== 'Allow' && Effect !== 'Deny') return true;
  if (textsOf(Resource ?? NotResource ?? []).some(failsLegacyParsing)) return true;
  return Object.entries(Condition as Raw).some(
    ([operator, keys]) =>
      /^(\w+:)?Date/.test(operator) &&
      Object.values(keys as Raw).some((values) => !textsOf(values).every(isDate)),
  );
}

const DATE =
  /^[+-]?\d+(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?([tT](\d{1,2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?)?([zZ]|[+-]\d{2}:?\d{2})?)?$/;
const LARGEST = 2n ** 63n - 1n;

function isDate(text: string): boolean {
  return /^-?\d+$/.test(text) ? BigInt(text) <= LARGEST : DATE.test(text) || text.includes('${');
}

function requireParts({ Action, NotAction, Resource, NotResource, Principal, NotPrincipal }: Raw): void {
  if ((Principal ?? NotPrincipal) !== undefined) {
    throw malformedPolicy('Policy document should not specify a principal.');
  }
  if (isMissing(Action ?? NotAction)) throw malformedPolicy('Policy statement must contain actions.');
  if (isMissing(Resource ?? NotResource)) throw malformedPolicy('Policy statement must contain resources.');
}

function isMissing(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function checkResources({ Resource, NotResource }: Raw): void {
  for (const resource of textsOf(Resource ?? NotResource)) {
    const problem = resourceProblem(resource);
    if (problem !== undefined) throw malformedPolicy(problem);
  }
}

function checkActions({ Action, NotAction }: Raw): void {
  for (const action of listOf(Action ?? NotAction)) {
    const problem = actionProblem(String(action));
    if (problem !== undefined) throw malformedPolicy(problem);
  }
}

export function actionProblem(action: string): string | undefined {
  if (action === '*') return undefined;
  const [vendor, ...rest] = action.split(':');
  if (rest.length === 0) {
    return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
  }
  if (rest.length > 1) return 'Actions/Condition can contain only one colon.';
  return /^[\w.-]+$/.test(vendor!) ? undefined : `Vendor ${vendor} is not valid`;
}
